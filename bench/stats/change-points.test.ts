import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mulberry32 } from "../../scenarios/lib/blocks.ts";
import { bestCut, changePoints, LONGEST_SERIES } from "./change-points.ts";
import { assertClose, FIXTURES } from "./testing/fixtures.ts";

for (const [i, { series, first, changePoints: expected }] of FIXTURES.changePoints.entries()) {
  test(`series ${i}: the clearest cut, and all of them, are where Otava finds them`, () => {
    const cut = bestCut(series);
    assert.equal(cut?.index, first.index);
    assertClose(cut?.q, first.q, "q");
    const found = changePoints(series, { significance: 0.02 });
    assert.deepEqual(
      found.map(({ index }) => index),
      expected,
    );
    for (const { p } of found) assert.ok(p >= 1 / 200 && p <= 0.02, `p ${p}`);
  });
}

/** The cut as the paper defines it, by adding up every pair. */
function cutByPairs(values: readonly number[]): { index: number; q: number } {
  const meanDistance = (a: readonly number[], b: readonly number[]) =>
    a.flatMap((x) => b.map((y) => Math.abs(x - y))).reduce((sum, d) => sum + d, 0);
  const within = (a: readonly number[]) =>
    a.length < 2 ? 0 : meanDistance(a, a) / (a.length * (a.length - 1));
  let best = { index: 0, q: Number.NEGATIVE_INFINITY };
  for (let t = 1; t < values.length; t++) {
    for (let k = t + 1; k <= values.length; k++) {
      const [x, y] = [values.slice(0, t), values.slice(t, k)];
      const energy = (2 * meanDistance(x, y)) / (x.length * y.length) - within(x) - within(y);
      const q = ((x.length * y.length) / (x.length + y.length)) * energy;
      if (q > best.q + 1e-9) best = { index: t, q };
    }
  }
  return best;
}

test("the clearest cut is the one of the definition", () => {
  const series = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 2, maxLength: 14 });
  fc.assert(
    fc.property(series, (values) => {
      assertClose(bestCut(values)?.q, cutByPairs(values).q, "q", 9);
    }),
  );
});

test("noise alone is cut about as often as the significance says", () => {
  let cut = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const random = mulberry32(seed);
    const values = Array.from({ length: 24 }, () => Math.round(1000 * random()));
    if (changePoints(values, { seed, permutations: 99 }).length > 0) cut++;
  }
  // 3 expected of 60 at 5 %; 9 or more have a chance of 1 in 300.
  assert.ok(cut < 9, `${cut} of 60`);
});

test("the same seed finds the same", () => {
  const series = FIXTURES.changePoints[1]?.series ?? [];
  assert.deepEqual(changePoints(series, { seed: 7 }), changePoints(series, { seed: 7 }));
});

test("a series too short or without change has no change point; one too long is refused", () => {
  assert.deepEqual(changePoints([]), []);
  assert.deepEqual(changePoints([1]), []);
  assert.deepEqual(changePoints([3, 3, 3, 3, 3, 3, 3, 3]), []);
  assert.throws(() => changePoints(new Array(LONGEST_SERIES + 1).fill(0)), RangeError);
});
