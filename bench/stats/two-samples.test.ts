import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { commonLanguageEffect, ratioOfGeometricMeans } from "./effect.ts";
import { kolmogorovSmirnov } from "./kolmogorov-smirnov.ts";
import { mannWhitney } from "./mann-whitney.ts";
import { assertClose } from "./testing/fixtures.ts";
import { welch } from "./welch.ts";

/** Whole numbers, few enough that some are equal. */
const sample = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 2, maxLength: 25 });
const TESTS = { welch, mannWhitney, kolmogorovSmirnov } as const;

for (const [name, ask] of Object.entries(TESTS)) {
  test(`${name}: p lies in [0, 1] and does not mind which sample comes first`, () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const { p } = ask(a, b) ?? assert.fail();
        assert.ok(p >= 0 && p <= 1, `p ${p}`);
        assertClose(ask(b, a)?.p, p, "p the other way round");
      }),
    );
  });

  test(`${name}: a sample does not differ from itself`, () => {
    fc.assert(
      fc.property(sample, (a) => {
        assert.equal(ask(a, a)?.p, 1);
      }),
    );
  });
}

for (const name of ["mannWhitney", "kolmogorovSmirnov"] as const) {
  test(`${name}: only order counts`, () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const stretch = (values: number[]) => values.map((value) => value ** 3 + Math.exp(value / 4));
        assert.deepEqual(TESTS[name](stretch(a), stretch(b)), TESTS[name](a, b));
      }),
    );
  });
}

test("Welch's p does not mind units, and its interval holds the difference", () => {
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      const { p, value, low, high } = welch(a, b) ?? assert.fail();
      assert.ok(low <= value && value <= high);
      const inMicroseconds = (values: number[]) => values.map((one) => one * 1000);
      assertClose(welch(inMicroseconds(a), inMicroseconds(b))?.p, p, "p");
    }),
  );
});

test("samples without spread: no doubt of a difference, none of its absence", () => {
  assert.equal(welch([3, 3, 3], [4, 4])?.p, 0);
  assert.equal(welch([3, 3, 3], [4, 4])?.t, Number.NEGATIVE_INFINITY);
  assert.equal(welch([3, 3, 3], [3, 3])?.p, 1);
  assert.equal(mannWhitney([3, 3, 3, 3], [3, 3])?.p, 1);
});

test("the tables' critical values of U at 5 %: 2 for 5 and 5, 13 for 8 and 8, 17 for 10 and 8", () => {
  // Mann and Whitney, 1947, as in Siegel, Nonparametric Statistics, 1956, table K: the greatest U that is significant.
  for (const [n, m, critical] of [
    [5, 5, 2],
    [8, 8, 13],
    [10, 8, 17],
  ] as const) {
    const p = (u: number) => mannWhitney(...samplesWithU(n, m, u))?.p ?? 1;
    assert.ok(p(critical) <= 0.05, `U ${critical} of ${n} and ${m}: ${p(critical)}`);
    assert.ok(p(critical + 1) > 0.05, `U ${critical + 1} of ${n} and ${m}: ${p(critical + 1)}`);
  }
});

/** Two samples without ties, of which b is greater in just `u` pairs: each value of b is above so many of a. */
function samplesWithU(n: number, m: number, u: number): [number[], number[]] {
  const a = Array.from({ length: n }, (_, i) => i);
  const b = Array.from({ length: m }, (_, j) => Math.min(n, Math.max(0, u - j * n)) - 1 + (j + 1) / (m + 2));
  const [lesser, greater] = [a, b];
  assert.equal(mannWhitney(lesser, greater)?.u, u);
  return [lesser, greater];
}

test("nothing can be told of nothing", () => {
  for (const ask of Object.values(TESTS)) {
    assert.equal(ask([], [1, 2, 3]), undefined);
    assert.equal(ask([1, 2, 3], []), undefined);
  }
  assert.equal(welch([1], [1, 2, 3]), undefined);
  assert.equal(commonLanguageEffect([], [1]), undefined);
});

test("the effect is the share of pairs that b wins, ties half", () => {
  assert.equal(commonLanguageEffect([1, 2], [2, 3]), 3.5 / 4);
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      assertClose(commonLanguageEffect(a, b), 1 - (commonLanguageEffect(b, a) ?? Number.NaN), "effect");
    }),
  );
});

test("a run twice as slow and one twice as fast cancel", () => {
  assertClose(ratioOfGeometricMeans([10, 10], [20, 5]), 1);
  assertClose(ratioOfGeometricMeans([1, 4], [3, 12, 6]), 3);
  assert.equal(ratioOfGeometricMeans([0, 1], [1]), undefined);
  assert.equal(ratioOfGeometricMeans([1], []), undefined);
});
