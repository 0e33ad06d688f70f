import { holm } from "../stats/holm.ts";
import { intervalOf, type Prior, roundsEstimate } from "../stats/rounds.ts";
import { wilcoxon } from "../stats/wilcoxon.ts";

/**
 * What is compared.
 * - `latency-mean`: mean latency of a second's requests; sees a slow tail
 * - `latency-p50`: their median; sees a small shift through the noise of the tail
 * - `cpu`: CPU time of the build's processes a request
 */
export const METRICS = ["latency-mean", "latency-p50", "cpu"] as const;
export type Metric = (typeof METRICS)[number];

/** Logarithms of B over A, a value for each pair of blocks, in rounds: each on fresh processes. */
export type LogRatios = readonly (readonly number[])[];

export interface Rule {
  /** Chance of a false alarm over all looks and metrics, 0 to 1. */
  readonly alpha: number;
  /** Ratios from 1/(1+band) to 1+band are called the same. */
  readonly band: number;
  /** Seed of the bootstrap. */
  readonly seed: number;
}

export type Decision = "slower" | "faster" | "same" | "open";

export interface MetricLook {
  readonly metric: Metric;
  readonly pairs: number;
  /** B over A. */
  readonly ratio: number;
  /** The interval at the level of this look, which makes up for looking several times; of this metric alone. */
  readonly low: number;
  readonly high: number;
  /** Two-sided, of the ratio being 1; adjusted for the number of metrics. */
  readonly p: number;
  /** Ratio of each round alone. */
  readonly rounds: readonly number[];
  readonly decision: Decision;
}

export interface Look {
  readonly rounds: number;
  /** p is held against this; the levels of all looks add up to alpha. */
  readonly level: number;
  readonly metrics: readonly MetricLook[];
  readonly decision: Decision;
}

/**
 * What fresh pairs of processes of one build differ by, in logarithms, before any was seen: more than most do, so that the
 * first pairs have to agree for it to be believed.
 */
const PAIRS_OF_PROCESSES: Prior = { sd: 0.03, df: 4 };

/** Fewer fresh pairs of processes than this decide nothing: what one pair showed may be that pair. */
export const LEAST_ROUNDS = 2;

/**
 * One look at what was measured so far. A metric is `slower` when all of this holds, `faster` likewise:
 * - significant, after Holm for the number of metrics, at the level of this look: by Wilcoxon's signed ranks of all pairs,
 *   and by the rounds' mean against its standard error, which knows that processes differ;
 * - large enough: the ratio lies outside of the band;
 * - confirmed: every fresh pair of processes shows it, in both orders of starting and both places.
 *
 * `same` when the whole interval lies in the band. The trial as a whole is `slower` when one metric is, `faster` when one
 * is and none is slower, `same` when all are.
 *
 * @param measured metrics that were measured, each with the same rounds
 * @param level of this look (lookLevels)
 */
export function lookAt(measured: ReadonlyMap<Metric, LogRatios>, rule: Rule, level: number): Look {
  const estimates = [...measured].flatMap(([metric, rounds]) => {
    const estimate = roundsEstimate(rounds, PAIRS_OF_PROCESSES, rule.seed);
    return estimate ? [{ metric, estimate, pairs: rounds.flat() }] : [];
  });
  // Both have to say so, so the weaker word counts.
  const p = holm(estimates.map(({ estimate, pairs }) => Math.max(estimate.p, wilcoxon(pairs)?.p ?? 1)));
  const limit = Math.log1p(rule.band);
  const metrics = estimates.map(({ metric, estimate, pairs }, i): MetricLook => {
    const { low, high } = intervalOf(estimate, 1 - level);
    const significant = (p[i] as number) < level;
    const all = (sign: 1 | -1) =>
      significant && sign * estimate.value > limit && estimate.rounds.every((round) => sign * round > 0);
    const decided = (): Decision => {
      if (estimate.rounds.length < LEAST_ROUNDS) return "open";
      if (all(1)) return "slower";
      if (all(-1)) return "faster";
      return -limit < low && high < limit ? "same" : "open";
    };
    return {
      metric,
      pairs: pairs.length,
      ratio: Math.exp(estimate.value),
      low: Math.exp(low),
      high: Math.exp(high),
      p: p[i] as number,
      rounds: estimate.rounds.map(Math.exp),
      decision: decided(),
    };
  });
  return { rounds: estimates[0]?.estimate.rounds.length ?? 0, level, metrics, decision: overall(metrics) };
}

function overall(metrics: readonly MetricLook[]): Decision {
  const some = (decision: Decision) => metrics.some((metric) => metric.decision === decision);
  if (some("slower")) return "slower";
  if (some("faster")) return "faster";
  return metrics.length > 0 && metrics.every(({ decision }) => decision === "same") ? "same" : "open";
}
