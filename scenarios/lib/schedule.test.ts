import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Load, OpenLoad, Phase, Stage } from "./plan.ts";
import {
  arrivalsDue,
  arrivalsInPhase,
  durationOf,
  intendedStart,
  levelSpans,
  spanOfArrival,
  stageAt,
} from "./schedule.ts";

const PHASES: readonly Phase[] = ["ramp", "hold", "spike", "recovery"];

function open(from: number, ...stages: readonly [seconds: number, to: number, phase?: Phase][]): OpenLoad {
  return {
    model: "open",
    from,
    stages: stages.map(([seconds, to, phase = "hold"]): Stage => ({ phase, seconds, to })),
    preAllocatedVUs: 1,
    maxVUs: 1,
  };
}

const loads: fc.Arbitrary<Load> = fc
  .record({
    from: fc.nat(2_000),
    stages: fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.nat(2_000), fc.constantFrom(...PHASES)), {
      minLength: 1,
      maxLength: 6,
    }),
  })
  .map(({ from, stages }) => open(from, ...stages));

const totalOf = (load: Load) => arrivalsDue(load, durationOf(load));

test("arrival n is due when n + 1 arrivals are due: intendedStart and arrivalsDue are inverses", () => {
  fc.assert(
    fc.property(loads, fc.double({ min: 0, max: 1, noNaN: true }), (load, where) => {
      const n = Math.floor(where * (totalOf(load) - 1));
      fc.pre(n >= 0 && n + 1 <= totalOf(load));
      const due = intendedStart(load, n);
      assert.ok(due >= 0 && due <= durationOf(load), `arrival ${n} is due at ${due}`);
      const area = arrivalsDue(load, due);
      assert.ok(Math.abs(area - (n + 1)) < 1e-6 * (n + 1) + 1e-6, `${area} are due when ${n + 1} should be`);
    }),
  );
});

test("later arrivals are never due earlier, and more time never asks for fewer", () => {
  fc.assert(
    fc.property(loads, fc.nat(200_000), fc.nat(500), (load, n, more) => {
      assert.ok(intendedStart(load, n + more) >= intendedStart(load, n) - 1e-9);
      const seconds = n / 500;
      assert.ok(arrivalsDue(load, seconds + more / 100) >= arrivalsDue(load, seconds) - 1e-9);
    }),
  );
});

test("at a constant rate arrival n is due at (n + 1) / rate, k6's rule", () => {
  const load = open(600, [24, 600]);
  for (const n of [0, 1, 599, 600, 14_399]) {
    assert.ok(Math.abs(intendedStart(load, n) - (n + 1) / 600) < 1e-12, `arrival ${n}`);
  }
});

test("a ramp from zero is a parabola: a quarter of the arrivals in half of the time", () => {
  const load = open(0, [4, 1_000]);
  assert.equal(arrivalsDue(load, 4), 2_000);
  assert.equal(arrivalsDue(load, 2), 500);
  assert.equal(intendedStart(load, 499), 2);
  assert.equal(intendedStart(load, 1_999), 4);
});

test("a ramp down starts at the rate before it", () => {
  const load = open(1_000, [2, 0]);
  assert.equal(arrivalsDue(load, 1), 750);
  assert.equal(intendedStart(load, 749), 1);
});

test("stages without a rate are waited out, stages without a length are jumps", () => {
  const pause = open(100, [1, 100], [0, 0], [10, 0], [0, 100], [1, 100]);
  assert.equal(arrivalsDue(pause, 1), 100);
  assert.equal(arrivalsDue(pause, 11), 100);
  assert.equal(intendedStart(pause, 99), 1);
  assert.equal(intendedStart(pause, 100), 11.01);
  assert.equal(arrivalsDue(pause, 12), 200);
});

test("a load that asks for nothing has no arrival before its end", () => {
  const nothing = open(0, [5, 0], [5, 0]);
  assert.equal(totalOf(nothing), 0);
  assert.equal(intendedStart(nothing, 0), 10);
});

test("arrivals past the last one are due at the end of the load", () => {
  assert.equal(intendedStart(open(10, [3, 10]), 30), 3);
  assert.equal(intendedStart(open(10, [3, 10]), 1e9), 3);
});

test("the clock before the start and after the end adds no arrivals", () => {
  const load = open(10, [3, 10]);
  assert.equal(arrivalsDue(load, -1), 0);
  assert.equal(arrivalsDue(load, 99), 30);
});

test("the phases share out all arrivals", () => {
  fc.assert(
    fc.property(loads, (load) => {
      const sum = PHASES.reduce((all, phase) => all + arrivalsInPhase(load, phase), 0);
      assert.ok(Math.abs(sum - totalOf(load)) < 1e-6 * totalOf(load) + 1e-6);
    }),
  );
  const trapezium = open(0, [4, 1_000, "ramp"], [18, 1_000, "hold"], [3, 0, "ramp"]);
  assert.deepEqual(
    PHASES.map((phase) => arrivalsInPhase(trapezium, phase)),
    [3_500, 18_000, 0, 0],
  );
});

test("a moment on the border of two stages belongs to the later one", () => {
  const load = open(0, [4, 10, "ramp"], [0, 20, "spike"], [6, 20, "hold"]);
  assert.deepEqual(
    [-1, 0, 3.999, 4, 9.999].map((at) => stageAt(load, at).phase),
    ["ramp", "ramp", "ramp", "hold", "hold"],
  );
});

test("a moment after the last stage belongs to the last stage", () => {
  const load = open(0, [4, 10, "ramp"], [6, 10, "hold"]);
  assert.equal(stageAt(load, 10).phase, "hold");
  assert.equal(stageAt(load, 1_000).phase, "hold");
  assert.equal(durationOf(load), 10);
});

test("an arrival belongs to the stage that asks for it: the last one is due as its stage ends", () => {
  const load = open(
    10,
    [2, 10, "hold"],
    [0, 100, "spike"],
    [1, 100, "spike"],
    [0, 10, "recovery"],
    [2, 10, "recovery"],
  );
  const counts = new Map<string, number>();
  for (let n = 0; n < 20 + 100 + 20; n++) {
    const { phase } = spanOfArrival(load, intendedStart(load, n)).stage;
    counts.set(phase, (counts.get(phase) ?? 0) + 1);
  }
  assert.deepEqual(Object.fromEntries(counts), { hold: 20, spike: 100, recovery: 20 });
  const { from, to } = spanOfArrival(load, 2.5);
  assert.deepEqual([from, to], [2, 3]);
  assert.equal(
    spanOfArrival(load, 99).stage.phase,
    "recovery",
    "what is due past the end is the last stage's",
  );
});

test("a load is level where it neither ramps nor jumps; a stage that goes on at its rate is not another", () => {
  assert.deepEqual(levelSpans(open(0, [10, 50], [100, 50], [20, 50], [10, 0])), [{ from: 10, to: 130 }]);
  assert.deepEqual(levelSpans(open(5, [30, 5], [0, 9], [30, 9], [0, 5], [0, 5], [30, 5])), [
    { from: 0, to: 30 },
    { from: 30, to: 60 },
    { from: 60, to: 90 },
  ]);
  assert.deepEqual(levelSpans(open(0, [10, 20], [10, 40])), []);
});
