import assert from "node:assert/strict";
import { test } from "node:test";
import { counter, gauge, requests, START_MS, trend, windowAt } from "../windows/testing/windows.ts";
import type { Series } from "../windows/window.ts";
import { totalsPoint } from "./totals-point.ts";

const RUN = { run: "r1", scenario: "soak", profile: "smoke", target: "ilp", commit: "abcdef0" };
const ZERO_MS = START_MS - 500;

const fieldsOf = (series: readonly Series[], ms = 1000) =>
  totalsPoint(windowAt(3, series, { ms }), RUN, ZERO_MS).fields;

test("all requests of a second are one point without tags of their own, with percentiles of all of them", () => {
  const series = [
    ...requests(75, 1, { phase: "warm-up", variant: "none" }),
    ...requests(25, 4, { phase: "hold", variant: "full" }, 5),
    counter("dropped_iterations", 2),
    gauge("vus", 7),
  ];
  assert.deepEqual(totalsPoint(windowAt(3, series), RUN, ZERO_MS), {
    measurement: "totals",
    tags: RUN,
    fields: {
      elapsed_s: 3.5,
      requests: 100,
      warm_up: 75,
      rate: 100,
      failed: 5,
      failed_rate: 5,
      dropped: 2,
      vus: 7,
      n: 100,
      mean: 1.75,
      min: 1,
      max: 4,
      p50: 1,
      p90: 4,
      p95: 4,
      p99: 4,
      p99_9: 4,
    },
    atMs: START_MS + 3_000,
  });
});

test("packets of which none failed have failed: 0, and so has a second in which nothing was sent", () => {
  const sent = fieldsOf([counter("packets", 40, { phase: "hold" }), counter("packets_fulfilled", 40)], 500);
  assert.deepEqual([sent.requests, sent.rate, sent.failed, sent.failed_rate], [40, 80, 0, 0]);
  const failed = fieldsOf(
    [counter("packets", 40), counter("packets_failed", 10, { outcome: "rejected" })],
    500,
  );
  assert.deepEqual([failed.failed, failed.failed_rate], [10, 20]);
  assert.deepEqual(fieldsOf([gauge("vus", 4)]), {
    elapsed_s: 3.5,
    requests: 0,
    warm_up: 0,
    rate: 0,
    failed: 0,
    failed_rate: 0,
    dropped: 0,
    vus: 4,
  });
});

test("trends that are not asked for are not even read", () => {
  const broken: Series = { ...trend("http_req_waiting", [1]), hdr: "no histogram" } as Series;
  assert.equal(fieldsOf([broken, ...requests(3, 2, {})]).n, 3);
});
