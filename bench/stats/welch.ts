import { mean, sampleVariance } from "simple-statistics";
import { type Difference, difference, type Estimated } from "./difference.ts";

/**
 * Whether two samples have the same mean, whatever their spread: Welch's t-test, with the p-value and an interval. It is
 * about means of values that do not depend on each other: of latencies, compare logarithms, and never percentiles.
 *
 * @returns mean(a) - mean(b); undefined for fewer than 2 values on a side, which have no spread
 */
export function welch(a: readonly number[], b: readonly number[]): Difference | undefined {
  if (a.length < 2 || b.length < 2) return undefined;
  return difference(meanOf([...a]), meanOf([...b]));
}

function meanOf(values: number[]): Estimated {
  return {
    value: mean(values),
    variance: sampleVariance(values) / values.length,
    df: values.length - 1,
  };
}
