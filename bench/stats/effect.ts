import { geometricMean } from "simple-statistics";
import { mannWhitney } from "./mann-whitney.ts";

/**
 * Common-language effect size: the chance that a value of b, drawn by lot, is greater than one of a; ties count half
 * (McGraw and Wong, 1992; Vargha and Delaney's A, 2000).
 *
 * @returns 0 to 1, 0.5 when neither tends to be greater; undefined when a sample is empty
 */
export function commonLanguageEffect(a: readonly number[], b: readonly number[]): number | undefined {
  const test = mannWhitney(a, b);
  return test && test.u / (a.length * b.length);
}

/**
 * How many times a typical value of b is one of a. Of ratios and of latencies the geometric mean is the honest one: a run
 * twice as slow and one twice as fast cancel (Fleming and Wallace, 1986).
 *
 * @returns undefined when a sample is empty or holds a value that is not positive
 */
export function ratioOfGeometricMeans(a: readonly number[], b: readonly number[]): number | undefined {
  if (a.length === 0 || b.length === 0 || ![...a, ...b].every((value) => value > 0)) return undefined;
  return geometricMean([...b]) / geometricMean([...a]);
}
