import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ROUND_OVERHEAD_SECONDS } from "./round.ts";
import { LEAST_SECONDS, levelsOf, shapeOf } from "./trial.ts";

test("two minutes are five rounds of 17 pairs; the least there may be, two of four", () => {
  assert.deepEqual(shapeOf(120), { rounds: 5, pairs: 17 });
  assert.deepEqual(shapeOf(LEAST_SECONDS), { rounds: 2, pairs: 4 });
});

test("rounds, with all that is around them, fit into the time; one round alone is never all", () => {
  fc.assert(
    fc.property(fc.integer({ min: LEAST_SECONDS, max: 3600 }), (seconds) => {
      const { rounds, pairs } = shapeOf(seconds);
      assert.ok(rounds >= 2 && pairs >= 4);
      assert.ok(rounds * (pairs + ROUND_OVERHEAD_SECONDS) <= seconds);
    }),
  );
});

test("there is a look after every round but the first, and together they spend alpha", () => {
  const levels = levelsOf({ rounds: 5, pairs: 17 }, { alpha: 0.05, band: 0.05, seed: 1 });
  assert.equal(levels.length, 4);
  assert.ok(Math.abs(levels.reduce((sum, level) => sum + level, 0) - 0.05) < 1e-6);
});
