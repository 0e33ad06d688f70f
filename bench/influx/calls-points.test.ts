import assert from "node:assert/strict";
import { test } from "node:test";
import { counter, requests, START_MS, trend, windowAt } from "../windows/testing/windows.ts";
import { callsPoints, MOST_CALLS } from "./calls-points.ts";

const RUN = { run: "r1", scenario: "soak", profile: "smoke", target: "connector", commit: "abcdef0" };

test("a variant's calls of all statuses are one point, so that one time-out is one of fifty", () => {
  const hold = { phase: "hold", variant: "full" };
  const series = [
    trend("http_req_duration", [[1.2, 49]], { ...hold, status: "2xx" }),
    trend("http_req_duration", [[5_000, 1]], { ...hold, status: "error" }),
    trend("latency", [[1.4, 49]], { ...hold, status: "2xx" }),
    trend("latency", [[5_001, 1]], { ...hold, status: "error" }),
    ...requests(10, 1, { phase: "hold", variant: "none" }),
    ...requests(10, 9, { phase: "warm-up", variant: "none" }),
    counter("data_sent", 800, { phase: "hold" }),
  ];
  const [full, none, warmUp, ...more] = callsPoints(windowAt(3, series), RUN);
  assert.deepEqual(more, []);
  assert.deepEqual(full, {
    measurement: "calls",
    tags: { ...RUN, ...hold },
    fields: {
      n: 50,
      mean: (49 * 1.2 + 5_000) / 50,
      min: 1.2,
      max: 5_000,
      p50: 1.2,
      p90: 1.2,
      p95: 1.2,
      p99: 5_000,
      p99_9: 5_000,
      latency_p50: 1.4,
      latency_p95: 1.4,
      latency_p99: 5_001,
    },
    atMs: START_MS + 3_000,
  });
  assert.deepEqual([none?.tags.phase, none?.fields.p50], ["hold", 1]);
  assert.deepEqual([warmUp?.tags.phase, warmUp?.fields.p50], ["warm-up", 9]);
});

test("of one variant alone the totals tell all, and of very many not every one is told", () => {
  assert.deepEqual(callsPoints(windowAt(0, requests(10, 1, { variant: "full", phase: "hold" })), RUN), []);
  const many = Array.from({ length: MOST_CALLS + 20 }, (_, n) => requests(1, 1, { variant: `v${n}` }));
  assert.equal(callsPoints(windowAt(0, many.flat()), RUN).length, MOST_CALLS);
});
