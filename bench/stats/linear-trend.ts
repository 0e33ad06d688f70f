import { linearRegression, mean, sum } from "simple-statistics";
import { studentMargin, studentTwoSided } from "./distributions.ts";

export interface LinearTrend {
  /** Of y a unit of x, with its 95 % interval. */
  readonly slope: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided, of the slope being zero. */
  readonly p: number;
  /** On the line at x = 0. */
  readonly intercept: number;
}

/**
 * The least-squares line through points, and how sure its slope is. Holds for residuals that do not depend on each other:
 * of readings that follow closely in time, take means of blocks.
 *
 * @returns undefined for fewer than 3 points, or when all have the same x
 */
export function linearTrend(points: readonly (readonly [x: number, y: number])[]): LinearTrend | undefined {
  if (points.length < 3) return undefined;
  const middle = mean(points.map(([x]) => x));
  // From the middle: epoch times, squared, would cost the digits that the slope is in.
  const centred = points.map(([x, y]) => [x - middle, y] as [number, number]);
  const spread = sum(centred.map(([x]) => x ** 2));
  if (spread === 0) return undefined;
  const { m: slope, b } = linearRegression(centred);
  const residual = sum(centred.map(([x, y]) => (y - b - slope * x) ** 2));
  const df = points.length - 2;
  const error = Math.sqrt(residual / df / spread);
  const margin = studentMargin(0.95, df) * error;
  return {
    slope,
    low: slope - margin,
    high: slope + margin,
    p: error === 0 ? (slope === 0 ? 1 : 0) : studentTwoSided(slope / error, df),
    intercept: b - slope * middle,
  };
}
