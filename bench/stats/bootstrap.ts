import { sampleVariance } from "simple-statistics";
import { difference, type Estimated } from "./difference.ts";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The middle 95 % of resampled values (percentile interval; Davison and Hinkley, Bootstrap Methods, 1997, section 5.3).
 *
 * @param draws at least one; NaN is not allowed
 */
export function percentileInterval(draws: readonly number[]): Interval {
  const sorted = Float64Array.from(draws).sort();
  return {
    low: sorted[Math.floor(sorted.length * 0.025)] as number,
    high: sorted[Math.ceil(sorted.length * 0.975) - 1] as number,
  };
}

/** A statistic of one side, and resamples of its blocks to see how it scatters. */
export interface Resampled {
  /** Of the blocks, each as often as said; once each without it. */
  readonly statistic: (times?: ArrayLike<number>) => number;
  /** At least 2. */
  readonly draws: readonly ArrayLike<number>[];
  /** Of the scatter: runs of blocks that were drawn apart from each other, less one for each part they were drawn from. */
  readonly df: number;
}

export interface RatioEstimate extends Interval {
  /** b over a. */
  readonly ratio: number;
  /** Two-sided, of the ratio being 1. */
  readonly p: number;
}

/**
 * How many times a statistic of b is that of a, with a 95 % interval: the standard errors of both logarithms from a block
 * bootstrap, put together by Welch's rule. Student's t, because the middle 95 % of the resamples themselves are too narrow
 * where few blocks are independent (Hesterberg, The American Statistician 69, 2015). What it knows is the scatter within
 * the two measurements: not what changed on the machine from one to the other.
 *
 * @returns undefined when the statistic, or that of a resample, is not positive on either side
 */
export function bootstrapRatio(a: Resampled, b: Resampled): RatioEstimate | undefined {
  const [before, after] = [logarithmOf(a), logarithmOf(b)];
  if (!before || !after) return undefined;
  const { value, low, high, p } = difference(after, before);
  return { ratio: Math.exp(value), low: Math.exp(low), high: Math.exp(high), p };
}

/**
 * The same of two measurements whose n-th resamples belong together, because both were drawn from the same places of a load:
 * what both have in common there, such as a rise of the load, is in both logarithms and leaves their difference.
 *
 * @returns undefined when the statistic, or that of a resample, is not positive on either side
 */
export function pairedRatio(a: Resampled, b: Resampled): RatioEstimate | undefined {
  const [before, after] = [logsOf(a), logsOf(b)];
  if (!before || !after) return undefined;
  const draws = after.draws.map((log, i) => log - (before.draws[i] as number));
  const df = Math.min(a.df, b.df);
  const none = { value: 0, variance: 0, df };
  const { value, low, high, p } = difference(scattered(after.value - before.value, draws, df), none);
  return { ratio: Math.exp(value), low: Math.exp(low), high: Math.exp(high), p };
}

/**
 * The same where b, or a resample of it, fell to 0, which has no logarithm: the ratio itself, with the errors of both as
 * shares of a.
 *
 * @returns undefined when the statistic, or that of a resample, is not positive in a, or negative or no number in b
 */
export function bootstrapFall(a: Resampled, b: Resampled): RatioEstimate | undefined {
  const whole = a.statistic();
  const share = ({ statistic, draws, df }: Resampled) => {
    const shares = draws.map((draw) => statistic(draw) / whole);
    return { shares, estimated: scattered(statistic() / whole, shares, df) };
  };
  const [before, after] = [share(a), share(b)];
  const isShare = (least: number) => (value: number) => value >= least && Number.isFinite(value);
  if (!(whole > 0) || !before.shares.every(isShare(Number.MIN_VALUE))) return undefined;
  if (![after.estimated.value, ...after.shares].every(isShare(0))) return undefined;
  const { low, high, p } = difference(after.estimated, before.estimated);
  return { ratio: after.estimated.value, low: Math.max(0, 1 + low), high: 1 + high, p };
}

/**
 * Degrees of freedom that blocks leave when each part is drawn from itself in runs.
 *
 * @param strata number of blocks of each part
 * @returns at least 1
 */
export function degreesOfFreedom(strata: readonly number[], runLength: (blocks: number) => number): number {
  return Math.max(
    1,
    strata.reduce((sum, size) => sum + Math.max(0, size / runLength(size) - 1), 0),
  );
}

function logarithmOf(resampled: Resampled): Estimated | undefined {
  const logs = logsOf(resampled);
  return logs && scattered(logs.value, logs.draws, resampled.df);
}

function logsOf({ statistic, draws }: Resampled) {
  const logs = { value: Math.log(statistic()), draws: draws.map((draw) => Math.log(statistic(draw))) };
  return [logs.value, ...logs.draws].every(Number.isFinite) ? logs : undefined;
}

/** A value, and how its resamples scatter. The mean that they scatter around is one of theirs: the same factor as between n and n - 1. */
function scattered(value: number, draws: readonly number[], df: number): Estimated {
  return { value, variance: (sampleVariance([...draws]) * (df + 1)) / df, df };
}
