import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mulberry32 } from "../../scenarios/lib/blocks.ts";
import { intervalOf, roundsEstimate, trimmedMean } from "./rounds.ts";

/** Draws from a normal distribution (Box and Muller, 1958). */
function normals(seed: number): () => number {
  const random = mulberry32(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

test("the trimmed mean leaves out the fifth at either end, rounded down", () => {
  assert.equal(trimmedMean([1, 2, 3, 4, 1000]), 3);
  assert.equal(trimmedMean([9, 1, 8, 2, 7, 3, 6, 4, -50, 60]), 5);
  assert.equal(trimmedMean([2, 4, 9]), 5);
});

test("of 80 intervals over rounds that differ among themselves about 76 hold the truth", () => {
  let held = 0;
  let narrow = 0;
  for (let seed = 1; seed <= 80; seed++) {
    const normal = normals(seed);
    const rounds = Array.from({ length: 5 }, () => {
      const offset = 0.03 * normal();
      return Array.from({ length: 16 }, () => 0.1 + offset + 0.05 * normal());
    });
    const estimate = roundsEstimate(rounds, seed) ?? assert.fail();
    const { low, high } = intervalOf(estimate, 0.95);
    if (low < 0.1 && 0.1 < high) held++;
    // All values as one round: its interval knows nothing of the offsets.
    const alone = intervalOf(roundsEstimate([rounds.flat()], seed) ?? assert.fail(), 0.95);
    if (alone.low < 0.1 && 0.1 < alone.high) narrow++;
  }
  // Fewer than 69 have a chance of 1 in 500 with honest intervals.
  assert.ok(held >= 69 && held < 80, `${held} of 80`);
  assert.ok(narrow < held - 4, `taken as one round: ${narrow} of 80`);
});

test("rounds that agree are one measurement: the error falls with the root of their number", () => {
  const normal = normals(7);
  const round = Array.from({ length: 16 }, () => normal());
  const [one, four] = [roundsEstimate([round], 1), roundsEstimate([round, round, round, round], 1)];
  assert.ok(one && four);
  // The bootstrap draws each round anew, so that it is a tenth off at most.
  assert.ok(Math.abs(four.error / (one.error / 2) - 1) < 0.1, `${four.error} and ${one.error}`);
  assert.equal(four.value, one.value);
});

test("p and interval agree, and neither minds the sign", () => {
  const rounds = fc.array(fc.array(fc.integer({ min: -20, max: 30 }), { minLength: 4, maxLength: 8 }), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(rounds, (some) => {
      const { value, p, ...rest } = roundsEstimate(some, 5) ?? assert.fail();
      const { low, high } = intervalOf({ value, p, ...rest }, 0.95);
      assert.ok(p >= 0 && p <= 1 && low <= value && value <= high);
      if (rest.error > 0 && Math.abs(p - 0.05) > 1e-3)
        assert.equal(p < 0.05, low > 0 || high < 0, `${p} of [${low}, ${high}]`);
      const upsideDown = roundsEstimate(
        some.map((values) => values.map((one) => -one)),
        5,
      );
      assert.ok(Math.abs((upsideDown?.value ?? Number.NaN) + value) < 1e-9);
      assert.ok(Math.abs((upsideDown?.p ?? Number.NaN) - p) < 1e-9);
    }),
    { numRuns: 30 },
  );
});

test("values all alike leave no doubt; no rounds, or one value, tell nothing", () => {
  assert.equal(roundsEstimate([[2, 2, 2]], 1)?.p, 0);
  assert.equal(roundsEstimate([[0, 0, 0]], 1)?.p, 1);
  assert.equal(roundsEstimate([], 1), undefined);
  assert.equal(roundsEstimate([[1, 2, 3], [1]], 1), undefined);
});
