import { studentMargin, studentTwoSided } from "./distributions.ts";

/** An estimated value, and how far off it may be. */
export interface Estimated {
  readonly value: number;
  /** Square of its standard error. */
  readonly variance: number;
  /** Degrees of freedom that the variance was estimated with, > 0. */
  readonly df: number;
}

export interface Difference {
  /** a - b, with its 95 % interval. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** In standard errors; infinite for different values without any. */
  readonly t: number;
  /** Welch and Satterthwaite's degrees of freedom. */
  readonly df: number;
  /** Two-sided, of there being no difference. */
  readonly p: number;
}

/** Whether two independent estimates differ, each with a spread of its own (Welch, Biometrika 34, 1947). */
export function difference(a: Estimated, b: Estimated): Difference {
  const value = a.value - b.value;
  const variance = a.variance + b.variance;
  if (variance === 0) {
    const t = value === 0 ? 0 : value * Number.POSITIVE_INFINITY;
    return { value, low: value, high: value, t, df: a.df + b.df, p: value === 0 ? 1 : 0 };
  }
  const df = variance ** 2 / (a.variance ** 2 / a.df + b.variance ** 2 / b.df);
  const error = Math.sqrt(variance);
  const t = value / error;
  const margin = studentMargin(0.95, df) * error;
  return { value, low: value - margin, high: value + margin, t, df, p: studentTwoSided(t, df) };
}
