import assert from "node:assert/strict";
import { test } from "node:test";
import { planned } from "../judge/testing/evidence.ts";
import { counter, gauge, requests, windowAt } from "../windows/testing/windows.ts";
import { afterWindow, lengthOf, startOf } from "./progress.ts";

const plan = planned("spike");

test("a run is as long as its warm-up and its stages", () => {
  const stages = plan.load.stages.reduce((sum, { seconds }) => sum + seconds, 0);
  assert.equal(lengthOf(plan), plan.warmUpSeconds + stages);
  assert.equal(startOf(plan).totalSeconds, lengthOf(plan));
});

test("figures are those of the last window, failures and drops those of the whole run", () => {
  const first = afterWindow(
    startOf(plan),
    windowAt(0, [
      ...requests(100, 5, { phase: "hold" }, 3),
      counter("dropped_iterations", 4),
      gauge("vus", 10, 1, 12),
      gauge("vus_max", 50),
    ]),
    "hold",
  );
  assert.deepEqual(first, {
    ...startOf(plan),
    phase: "hold",
    requestsPerSecond: 100,
    p50Ms: 5,
    p95Ms: 5,
    p99Ms: 5,
    requests: 100,
    failed: 3,
    dropped: 4,
    vus: 10,
    maxVus: 50,
  });
  const second = afterWindow(
    first,
    windowAt(1, requests(20, 9, { phase: "spike" }, 1), { ms: 500 }),
    "spike",
  );
  assert.deepEqual(second, {
    ...first,
    phase: "spike",
    requestsPerSecond: 40,
    p50Ms: 9,
    p95Ms: 9,
    p99Ms: 9,
    requests: 120,
    failed: 4,
  });
});

test("a window without requests shows none, and keeps the phase", () => {
  const before = { ...startOf(plan), phase: "hold", requestsPerSecond: 50, p95Ms: 3, vus: 7 };
  const { phase, requestsPerSecond, p95Ms, vus } = afterWindow(before, windowAt(0, []), undefined);
  assert.deepEqual([phase, requestsPerSecond, p95Ms, vus], ["hold", 0, undefined, 7]);
});
