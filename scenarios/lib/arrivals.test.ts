import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Arrivals } from "./arrivals.ts";
import type { PacedLoad } from "./plan.ts";
import { arrivalsDue, durationOf, intendedStart } from "./schedule.ts";

const loads: fc.Arbitrary<PacedLoad> = fc
  .record({
    from: fc.nat(500),
    stages: fc.array(fc.record({ seconds: fc.integer({ min: 0, max: 5 }), to: fc.nat(500) }), {
      minLength: 1,
      maxLength: 5,
    }),
  })
  .map(({ from, stages }) => ({
    model: "paced",
    from,
    connections: 1,
    stages: stages.map((stage) => ({ phase: "hold", ...stage })),
  }));

test("the share of each of several walkers is what intendedStart says, to the last arrival", () => {
  fc.assert(
    fc.property(loads, fc.integer({ min: 1, max: 4 }), fc.nat(3), (load, step, first) => {
      const walk = new Arrivals(load, first, step);
      const all = Math.floor(arrivalsDue(load, durationOf(load)) + 1e-6);
      for (let n = first; n < all; n += step) {
        const due = intendedStart(load, n);
        assert.ok(Math.abs(walk.dueSeconds - due) < 1e-6, `arrival ${n}: ${walk.dueSeconds}, not ${due}`);
        walk.advance();
      }
      assert.equal(walk.dueSeconds, Number.POSITIVE_INFINITY, `there are ${all}`);
    }),
  );
});

test("after the last arrival there is none", () => {
  const load: PacedLoad = {
    model: "paced",
    from: 2,
    connections: 1,
    stages: [{ phase: "hold", seconds: 1, to: 2 }],
  };
  const walk = new Arrivals(load, 0, 1);
  assert.equal(walk.dueSeconds, 0.5);
  walk.advance();
  assert.equal(walk.dueSeconds, 1);
  walk.advance();
  assert.equal(walk.dueSeconds, Number.POSITIVE_INFINITY);
  walk.advance();
  assert.equal(walk.dueSeconds, Number.POSITIVE_INFINITY);
});

test("a load of no arrivals has none from the start", () => {
  const idle: PacedLoad = {
    model: "paced",
    from: 0,
    connections: 1,
    stages: [{ phase: "hold", seconds: 9, to: 0 }],
  };
  assert.equal(new Arrivals(idle, 0, 1).dueSeconds, Number.POSITIVE_INFINITY);
});
