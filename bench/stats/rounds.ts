import { mean, sampleVariance } from "simple-statistics";
import { studentMargin, studentTwoSided } from "./distributions.ts";
import { resamples, runLengthFor } from "./resamples.ts";

/** Share of the values that is left out at either end (Yuen, Biometrika 61, 1974; Wilcox recommends a fifth). */
const TRIMMED = 0.2;
const RESAMPLES = 400;

/** A typical value of several rounds of measurements, and how far off it may be. */
export interface RoundsEstimate {
  readonly value: number;
  /** Standard error, > 0. */
  readonly error: number;
  readonly df: number;
  /** Two-sided, of the value being 0. */
  readonly p: number;
  /** The estimate of each round alone. */
  readonly rounds: readonly number[];
}

/** How rounds scatter, as far as it is known before they are seen. */
export interface Prior {
  /** Standard deviation of a round's estimate. */
  readonly sd: number;
  /** How many degrees of freedom it is worth: a prior of 4 weighs as much as five rounds. */
  readonly df: number;
}

/**
 * Puts together rounds that differ from each other by more than the scatter inside them: each was measured on a fresh pair
 * of processes, and a process is some percent faster or slower than the next one of the same build for as long as it lives.
 * More values of one round do not help against that; its variance is that of the rounds (Kalibera and Jones, Rigorous
 * Benchmarking in Reasonable Time, ISMM 2013).
 *
 * Of a round: the mean without the fifth at either end. Two or three rounds that happen to agree say little of how rounds
 * scatter, so their variance is moderated with what was known before (Smyth, Statistical Applications in Genetics and
 * Molecular Biology 3, 2004). It is no less than the scatter inside rounds makes it (the stationary bootstrap).
 *
 * @param rounds values of each round in the order they were measured; every round has at least 2
 * @returns undefined without a round
 */
export function roundsEstimate(
  rounds: readonly (readonly number[])[],
  prior: Prior,
  seed: number,
): RoundsEstimate | undefined {
  if (rounds.length === 0 || rounds.some((values) => values.length < 2)) return undefined;
  const estimates = rounds.map(trimmedMean);
  const within = mean(rounds.map((values, i) => varianceOf(values, seed + i)));
  const n = rounds.length;
  const scatter = n < 2 ? 0 : sampleVariance(estimates);
  const df = prior.df + n - 1;
  const moderated = (prior.df * prior.sd ** 2 + (n - 1) * scatter) / df;
  const value = mean(estimates);
  const error = Math.sqrt(Math.max(within, moderated) / n);
  return { value, error, df, p: studentTwoSided(value / error, df), rounds: estimates };
}

/** The interval of an estimate that holds the truth in a share `level` of all cases. */
export function intervalOf(
  { value, error, df }: RoundsEstimate,
  level: number,
): { low: number; high: number } {
  const margin = studentMargin(level, df) * error;
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
function varianceOf(values: readonly number[], seed: number): number {
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
  return (sampleVariance(means) * (df + 1)) / df;
}
