import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { lookLevels, spent } from "./alpha-spending.ts";

test("what O'Brien and Fleming's boundary has spent at 5 looks of 5 %: the published 0.0000, 0.0019, 0.0114, 0.0284, 0.05", () => {
  // Lan and DeMets' alpha*_1 at 1/5 .. 5/5, worked out with scipy: 2 * (1 - norm.cdf(1.959964 / sqrt(t))).
  const expected = [0.0000117, 0.0019419, 0.0113964, 0.0284295, 0.05];
  for (const [i, value] of expected.entries())
    assert.ok(Math.abs(spent(0.05, (i + 1) / 5) - value) < 2e-6, `${spent(0.05, (i + 1) / 5)} and ${value}`);
});

test("the levels of all looks add up to alpha, however many there are and wherever they lie", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 12 }),
      fc.double({ min: 0.001, max: 0.2, noNaN: true }),
      (percents, alpha) => {
        const shares = [...percents.sort((a, b) => a - b).map((percent) => percent / 100), 1];
        const levels = lookLevels(alpha, shares);
        assert.ok(levels.every((level) => level >= 0));
        const sum = levels.reduce((all, level) => all + level, 0);
        assert.ok(Math.abs(sum - alpha) < 1e-6, `${sum}`);
      },
    ),
  );
});

test("nothing is spent before there is data, and no more than alpha after", () => {
  assert.deepEqual([spent(0.05, 0), spent(0.05, -1), spent(0.05, 2)], [0, 0, spent(0.05, 1)]);
});
