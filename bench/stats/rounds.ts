import { mean, sampleVariance } from "simple-statistics";
import { studentMargin, studentTwoSided } from "./distributions.ts";
import { resamples, runLengthFor } from "./resamples.ts";

/** Share of the values that is left out at either end (Yuen, Biometrika 61, 1974; Wilcox recommends a fifth). */
const TRIMMED = 0.2;
const RESAMPLES = 400;

/** A typical value of several rounds of measurements, and how far off it may be. */
export interface RoundsEstimate {
  readonly value: number;
  /** Standard error, >= 0. */
  readonly error: number;
  readonly df: number;
  /** Two-sided, of the value being 0. */
  readonly p: number;
  /** The estimate of each round alone. */
  readonly rounds: readonly number[];
}

/**
 * Puts together rounds that differ from each other by more than the scatter inside them: each was measured on a fresh pair
 * of processes, and a process is some percent faster or slower than the next one of the same build for as long as it lives.
 * More values of one round do not help against that; its variance is that between rounds (Kalibera and Jones, Rigorous
 * Benchmarking in Reasonable Time, ISMM 2013).
 *
 * Inside a round: the mean without the fifth at either end, its variance from the stationary bootstrap. Between rounds: what
 * they scatter more than that (the random-effects estimate of Hedges and Olkin, 1985), degrees of freedom after Satterthwaite.
 *
 * @param rounds values of each round in the order they were measured; every round has at least 2
 * @returns undefined without a round
 */
export function roundsEstimate(
  rounds: readonly (readonly number[])[],
  seed: number,
): RoundsEstimate | undefined {
  if (rounds.length === 0 || rounds.some((values) => values.length < 2)) return undefined;
  const estimates = rounds.map(trimmedMean);
  const inside = rounds.map((values, i) => varianceOf(values, seed + i));
  const within = mean(inside.map(({ variance }) => variance));
  const dfWithin = inside.reduce((sum, { df }) => sum + df, 0);
  const n = rounds.length;
  const between = n < 2 ? 0 : Math.max(0, sampleVariance(estimates) - within);
  const value = mean(estimates);
  const error = Math.sqrt((within + between) / n);
  const df =
    between === 0 ? dfWithin : (within + between) ** 2 / (within ** 2 / dfWithin + between ** 2 / (n - 1));
  const p = error === 0 ? (value === 0 ? 1 : 0) : studentTwoSided(value / error, df);
  return { value, error, df, p, rounds: estimates };
}

/** The interval of an estimate that holds the truth in a share `level` of all cases. */
export function intervalOf(
  { value, error, df }: RoundsEstimate,
  level: number,
): { low: number; high: number } {
  const margin = error === 0 ? 0 : studentMargin(level, df) * error;
  return { low: value - margin, high: value + margin };
}

/** The mean of what is left without the least and the greatest fifth. */
export function trimmedMean(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const out = Math.floor(sorted.length * TRIMMED);
  let sum = 0;
  for (let i = out; i < sorted.length - out; i++) sum += sorted[i] as number;
  return sum / (sorted.length - 2 * out);
}

/** Variance of a round's trimmed mean. Neighbours are drawn together, since the machine's mood lasts. */
function varianceOf(values: readonly number[], seed: number): { variance: number; df: number } {
  const drawn = new Float64Array(values.length);
  const means = resamples([values.length], { count: RESAMPLES, seed, runLength: runLengthFor }).map(
    (times) => {
      let at = 0;
      for (const [i, value] of values.entries()) {
        const end = at + (times[i] as number);
        drawn.fill(value, at, end);
        at = end;
      }
      return trimmedMean(drawn);
    },
  );
  // One less than are drawn apart from each other: the mean they scatter around is estimated too.
  const df = Math.max(1, values.length / runLengthFor(values.length) - 1);
  return { variance: (sampleVariance(means) * (df + 1)) / df, df };
}
