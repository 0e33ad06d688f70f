import assert from "node:assert/strict";
import { test } from "node:test";
import { counter, trend, windowAt } from "../windows/testing/windows.ts";
import { Evidence } from "./evidence.ts";
import { ladder } from "./ladder.ts";
import { planned } from "./testing/evidence.ts";

/** A second of each rung, as if it had been its whole time. */
function climbed(rungs: readonly (readonly [rate: number, latencyMs: number, failed: number])[]): Evidence {
  const evidence = new Evidence(planned("latency-ladder", "smoke", { seconds: 3 }));
  for (const [at, [rate, latencyMs, failed]] of rungs.entries()) {
    const tags = { scenario: "latency-ladder", phase: "hold", stage: String(rate) };
    evidence.addWindow(
      windowAt(at, [
        counter("packets", rate, tags),
        counter("packets_failed", failed, { ...tags, outcome: "rejected" }),
        trend("latency", [[latencyMs, rate]], tags),
      ]),
    );
  }
  return evidence;
}

test("each rung has the latency, the rate and the failures of its own time", () => {
  const found = ladder(
    climbed([
      [1_000, 1, 0],
      [5_000, 2, 0],
      [10_000, 8, 3],
    ]),
  );
  assert.deepEqual(
    found?.rungs.map(({ rate, achieved, failed }) => [rate, achieved, failed]),
    [
      [1_000, 1_000, 0],
      [5_000, 5_000, 0],
      [10_000, 10_000, 3],
    ],
  );
  const [, , top] = found?.rungs ?? [];
  for (const value of [top?.p50Ms, top?.p99Ms, top?.p999Ms])
    assert.ok(value !== undefined && Math.abs(value - 8) < 0.01, `${value} ms`);
});

test("a rung that was never reached has no row", () => {
  assert.deepEqual(
    ladder(climbed([[1_000, 1, 0]]))?.rungs.map(({ rate }) => rate),
    [1_000],
  );
});

test("loads without rungs have no ladder, nor has one that was never begun", () => {
  assert.equal(ladder(new Evidence(planned("soak"))), undefined);
  assert.equal(ladder(new Evidence(planned("stress"))), undefined);
  assert.equal(ladder(climbed([])), undefined);
});
