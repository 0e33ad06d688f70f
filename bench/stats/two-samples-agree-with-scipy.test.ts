import assert from "node:assert/strict";
import { test } from "node:test";
import { commonLanguageEffect, ratioOfGeometricMeans } from "./effect.ts";
import { kolmogorovSmirnov } from "./kolmogorov-smirnov.ts";
import { mannWhitney } from "./mann-whitney.ts";
import { assertClose, FIXTURES } from "./testing/fixtures.ts";
import { welch } from "./welch.ts";

for (const [i, { a, b, ...expected }] of FIXTURES.twoSamples.entries()) {
  const sizes = `pair ${i} of ${a.length} and ${b.length} values`;
  test(`${sizes}: Welch's t, degrees of freedom, p and interval are scipy's`, () => {
    const { t, df, p, low, high } = welch(a, b) ?? assert.fail();
    for (const [what, value] of Object.entries({ t, df, p, low, high }))
      assertClose(value, expected.welch[what as "t"], what);
  });

  test(`${sizes}: Mann and Whitney's U and p are scipy's`, () => {
    const { u, p } = mannWhitney(a, b) ?? assert.fail();
    assertClose(u, expected.mannWhitney.u, "U");
    assertClose(p, expected.mannWhitney.p, "p");
    assertClose(commonLanguageEffect(a, b), expected.cles, "effect");
  });

  test(`${sizes}: Kolmogorov and Smirnov's D and p are scipy's`, () => {
    const { d, p, method } = kolmogorovSmirnov(a, b) ?? assert.fail();
    assertClose(d, expected.ks.d, "D");
    assertClose(p, expected.ks.p, "p");
    assert.equal(method, "exact");
  });
}

test("past a million pairs p is that of Kolmogorov's limit", () => {
  const { a, b, ...expected } = FIXTURES.ksLarge;
  const { d, p, method } = kolmogorovSmirnov(a, b) ?? assert.fail();
  assertClose(d, expected.d, "D");
  assertClose(p, expected.p, "p");
  assert.equal(method, "limit");
});

for (const { a, b, ratio } of FIXTURES.geometricMeans) {
  test(`the ratio of the geometric means of ${a.length} and ${b.length} values is scipy's`, () => {
    assertClose(ratioOfGeometricMeans(a, b), ratio, "ratio", 12);
  });
}
