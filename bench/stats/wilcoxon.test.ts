import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { assertClose, FIXTURES } from "./testing/fixtures.ts";
import { wilcoxon } from "./wilcoxon.ts";

for (const [i, { differences, ...expected }] of FIXTURES.signedRank.entries()) {
  test(`series ${i} of ${differences.length} differences: W and p are scipy's`, () => {
    const { w, p } = wilcoxon(differences) ?? assert.fail();
    assertClose(w, expected.w, "W");
    assertClose(p, expected.p, "p");
  });
}

test("the tables' critical values of W at 5 %: 0 for 6 differences, 8 for 10, 25 for 15, 52 for 20, 89 for 25", () => {
  // Wilcoxon and Wilcox, Some Rapid Approximate Statistical Procedures, 1964: the greatest W that is significant.
  for (const [n, critical] of [
    [6, 0],
    [10, 8],
    [15, 25],
    [20, 52],
    [25, 89],
  ] as const) {
    const p = (w: number) => wilcoxon(differencesWithW(n, w))?.p ?? 1;
    assert.ok(p(critical) <= 0.05, `W ${critical} of ${n}: ${p(critical)}`);
    assert.ok(p(critical + 1) > 0.05, `W ${critical + 1} of ${n}: ${p(critical + 1)}`);
  }
});

/** 1 to n, of which the greatest that fit add up to `w` and are negative. */
function differencesWithW(n: number, w: number): number[] {
  let left = w;
  const differences = Array.from({ length: n }, (_, i) => n - i).map((value) => {
    if (value > left) return value;
    left -= value;
    return -value;
  });
  assert.equal(wilcoxon(differences)?.w, w);
  return differences;
}

const differences = fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 1, maxLength: 70 });

test("p lies in [0, 1] and does not mind the sign or the unit", () => {
  fc.assert(
    fc.property(differences, (some) => {
      const found = wilcoxon(some);
      if (some.every((one) => one === 0)) return assert.equal(found, undefined);
      assert.ok(found && found.p >= 0 && found.p <= 1);
      assert.deepEqual(wilcoxon(some.map((one) => -1000 * one)), found);
    }),
  );
});

test("differences that cancel leave no doubt", () => {
  assert.equal(wilcoxon([1, -1, 2, -2, 3, -3])?.p, 1);
  assert.equal(
    wilcoxon(Array.from({ length: 80 }, (_, i) => (i % 2 === 0 ? 1 : -1) * (1 + i / 2)))?.p !== 0,
    true,
  );
});
