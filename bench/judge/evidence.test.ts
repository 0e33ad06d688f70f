import assert from "node:assert/strict";
import { test } from "node:test";
import { counter, requests, START_MS, trend, windowAt } from "../windows/testing/windows.ts";
import { Evidence } from "./evidence.ts";
import { evidenceOf, planned, resources } from "./testing/evidence.ts";

const basic = planned("basic-load");
const hold = { scenario: "basic-load", phase: "hold" };

test("an instant is the scenario's own answers, p95 and dropped arrivals; the warm-up's are left out", () => {
  const evidence = new Evidence(basic);
  evidence.addWindow(
    windowAt(4, [
      ...requests(90, 2, hold),
      ...requests(10, 8, { ...hold, phase: "ramp" }),
      ...requests(500, 900, { scenario: "warm-up", phase: "warm-up" }),
      counter("dropped_iterations", 7, { scenario: "basic-load" }),
      counter("dropped_iterations", 99, { scenario: "warm-up" }),
    ]),
  );
  assert.deepEqual(evidence.instants, [
    { fromMs: START_MS + 4_000, ms: 1_000, answers: 100, p95Ms: 8, dropped: 7 },
  ]);
});

test("a second without answers has no p95", () => {
  const evidence = new Evidence(basic);
  evidence.addWindow(windowAt(0, []));
  assert.deepEqual(evidence.instants, [
    { fromMs: START_MS, ms: 1_000, answers: 0, p95Ms: undefined, dropped: 0 },
  ]);
});

test("a phase is as long as all its spans", () => {
  const evidence = evidenceOf(basic);
  assert.deepEqual(
    ["warm-up", "ramp", "hold", "spike"].map((phase) => evidence.secondsIn(phase)),
    [2, 7, 18, 0],
  );
});

test("pacing lag is that of the arrivals before the first drop", () => {
  const evidence = new Evidence(basic);
  assert.equal(evidence.pacingLagP99Ms, undefined);
  evidence.addWindow(windowAt(0, [trend("pacing_lag", [[2, 100]], hold)]));
  evidence.addWindow(
    windowAt(1, [
      trend("pacing_lag", [[700, 100]], hold),
      counter("dropped_iterations", 1, { scenario: "basic-load" }),
    ]),
  );
  evidence.addWindow(windowAt(2, [trend("pacing_lag", [[900, 100]], hold)]));
  assert.equal(evidence.pacingLagP99Ms, 2);
});

test("a spread is the mean, the p95 and the greatest of what was seen", () => {
  const evidence = new Evidence(basic);
  const well = { target: null, k6CpuCores: 0, benchLoopDelayMs: 0 };
  for (let i = 1; i <= 20; i++) evidence.addResources(resources(i, { ...well, k6CpuCores: 21 - i }));
  assert.deepEqual(
    evidence.spread(({ k6 }) => k6?.cpuCores),
    { avg: 10.5, p95: 19, max: 20 },
  );
  assert.equal(
    evidence.spread(({ target }) => target?.rssBytes),
    null,
  );
});

test("a spread over a phase reads only seconds that lie wholly in it", () => {
  const evidence = new Evidence(basic);
  for (const [at, phase] of ["ramp", "hold", "hold", "ramp"].entries()) {
    evidence.addWindow(windowAt(at, requests(5, 1, { scenario: "basic-load", phase })));
  }
  const well = { target: null, benchLoopDelayMs: 0 };
  // The hold is from 1 to 3: of the seconds that end here, [1, 2] and [1.5, 2.5] lie in it.
  for (const [end, k6CpuCores] of [
    [1, 100],
    [1.5, 100],
    [2, 1],
    [2.5, 2],
    [3.1, 100],
    [4, 100],
  ] as const) {
    evidence.addResources(resources(end, { ...well, k6CpuCores }));
  }
  assert.deepEqual(
    evidence.spread(({ k6 }) => k6?.cpuCores, "hold"),
    { avg: 1.5, p95: 2, max: 2 },
  );
});
