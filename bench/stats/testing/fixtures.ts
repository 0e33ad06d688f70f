/** What scipy, statsmodels, arch and Otava say of the inputs in fixtures/scipy.json, which fixtures/make-fixtures.py made. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

interface TwoSamples {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly welch: Readonly<Record<"t" | "df" | "p" | "low" | "high", number>>;
  readonly mannWhitney: { readonly u: number; readonly p: number };
  readonly ks: { readonly d: number; readonly p: number };
  readonly cles: number;
}

interface Fixtures {
  readonly distributions: {
    readonly studentTwoSided: readonly (readonly [t: number, df: number, p: number])[];
    readonly studentQuantile: readonly (readonly [p: number, df: number, t: number])[];
    readonly normalTwoSided: readonly (readonly [z: number, p: number])[];
  };
  readonly twoSamples: readonly TwoSamples[];
  readonly ksLarge: {
    readonly a: readonly number[];
    readonly b: readonly number[];
    readonly d: number;
    readonly p: number;
  };
  readonly signedRank: readonly {
    readonly differences: readonly number[];
    readonly w: number;
    readonly p: number;
  }[];
  readonly lines: readonly ({ readonly x: readonly number[]; readonly y: readonly number[] } & Readonly<
    Record<"slope" | "intercept" | "low" | "high" | "p", number>
  >)[];
  readonly holm: readonly { readonly p: readonly number[]; readonly adjusted: readonly number[] }[];
  readonly changePoints: readonly {
    readonly series: readonly number[];
    readonly first: { readonly index: number; readonly q: number };
    readonly changePoints: readonly number[];
  }[];
  readonly quantiles: {
    readonly values: readonly number[];
    readonly q: readonly number[];
    readonly quantiles: readonly number[];
  };
  readonly scatter: readonly {
    readonly values: readonly number[];
    readonly runLength: number;
    /** Standard errors, each from 40,000 resamples. */
    readonly errors: Readonly<Record<"mean" | "p90", number>>;
  }[];
  readonly studentised: readonly { readonly values: readonly number[]; readonly sigmas: readonly number[] }[];
  readonly geometricMeans: readonly {
    readonly a: readonly number[];
    readonly b: readonly number[];
    readonly ratio: number;
  }[];
}

const file = new URL("../fixtures/scipy.json", import.meta.url);
export const FIXTURES: Fixtures = JSON.parse(readFileSync(file, "utf8"));

/** The same to so many digits (6 unless said, which is what p-values are good for), or both next to nothing. */
export function assertClose(actual: number | undefined, expected: number, what = "", digits = 6): void {
  assert.ok(actual !== undefined, `${what} is undefined, not ${expected}`);
  const off = Math.abs(actual - expected);
  assert.ok(
    off <= Math.abs(expected) * 10 ** -digits || off < 1e-13,
    `${what} is ${actual}, expected ${expected}`,
  );
}
