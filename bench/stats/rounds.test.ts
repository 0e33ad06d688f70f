import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mulberry32 } from "../../scenarios/lib/blocks.ts";
import { intervalOf, roundsEstimate, trimmedMean } from "./rounds.ts";

const PRIOR = { sd: 5, df: 4 };

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

for (const n of [2, 3, 5])
  test(`of 200 intervals over ${n} rounds that differ among themselves about 190 hold the truth`, () => {
    let held = 0;
    let alone = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const normal = normals(seed);
      const rounds = Array.from({ length: n }, () => {
        const offset = 0.03 * normal();
        return Array.from({ length: 16 }, () => 0.1 + offset + 0.05 * normal());
      });
      const estimate = roundsEstimate(rounds, { sd: 0.03, df: 4 }, seed) ?? assert.fail();
      const { low, high } = intervalOf(estimate, 0.95);
      if (low < 0.1 && 0.1 < high) held++;
      // All values as one round of a prior that knows of no processes: its interval knows nothing of the offsets.
      const naive = intervalOf(
        roundsEstimate([rounds.flat()], { sd: 0, df: 4 }, seed) ?? assert.fail(),
        0.95,
      );
      if (naive.low < 0.1 && 0.1 < naive.high) alone++;
    }
    // Fewer than 180 have a chance of 1 in 500 with honest intervals.
    assert.ok(held >= 180, `${held} of 200`);
    assert.ok(alone < held - 10, `taken as one round: ${alone} of 200`);
  });

test("rounds that agree are believed as far as what was known before allows", () => {
  const same = [0.1, 0.1, 0.1, 0.1];
  const of = (n: number) => roundsEstimate(Array(n).fill(same), { sd: 0.03, df: 4 }, 1) ?? assert.fail();
  // 4 degrees of freedom at 3 %, n - 1 at 0.
  for (const n of [1, 2, 5]) {
    assert.ok(Math.abs(of(n).error - Math.sqrt((4 * 0.03 ** 2) / (n + 3) / n)) < 1e-12);
    assert.equal(of(n).df, n + 3);
  }
});

test("the error is never below what the scatter inside rounds makes it", () => {
  const normal = normals(7);
  const round = Array.from({ length: 16 }, () => normal());
  const error = (rounds: number[][]) =>
    (roundsEstimate(rounds, { sd: 1e-6, df: 4 }, 1) ?? assert.fail()).error;
  // The bootstrap draws each round anew, so that it is a tenth off at most.
  assert.ok(Math.abs(error([round, round, round, round]) / (error([round]) / 2) - 1) < 0.1);
  assert.ok(error([round]) > 0.1);
});

test("p and interval agree, and neither minds the sign", () => {
  const rounds = fc.array(fc.array(fc.integer({ min: -20, max: 30 }), { minLength: 4, maxLength: 8 }), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(rounds, (some) => {
      const { value, p, ...rest } = roundsEstimate(some, PRIOR, 5) ?? assert.fail();
      const { low, high } = intervalOf({ value, p, ...rest }, 0.95);
      assert.ok(p >= 0 && p <= 1 && low <= value && value <= high);
      if (rest.error > 0 && Math.abs(p - 0.05) > 1e-3)
        assert.equal(p < 0.05, low > 0 || high < 0, `${p} of [${low}, ${high}]`);
      const upsideDown = roundsEstimate(
        some.map((values) => values.map((one) => -one)),
        PRIOR,
        5,
      );
      assert.ok(Math.abs((upsideDown?.value ?? Number.NaN) + value) < 1e-9);
      assert.ok(Math.abs((upsideDown?.p ?? Number.NaN) - p) < 1e-9);
    }),
    { numRuns: 30 },
  );
});

test("no rounds, or one value, tell nothing", () => {
  assert.equal(roundsEstimate([], PRIOR, 1), undefined);
  assert.equal(roundsEstimate([[1, 2, 3], [1]], PRIOR, 1), undefined);
});
