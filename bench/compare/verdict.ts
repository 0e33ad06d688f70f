import type { RatioEstimate } from "../stats/bootstrap.ts";
import type { Metric } from "./metrics.ts";
import { noiseWithin, type Policy } from "./policy.ts";

/**
 * `slower` and `faster` are short for worse and better: more memory is `slower` too. `inconclusive`: the runs scatter too
 * much to tell, and a change that would count may hide in that.
 */
export const CHANGES = ["same", "faster", "slower", "inconclusive"] as const;
export type Change = (typeof CHANGES)[number];

export interface RowVerdict {
  readonly change: Change;
  /** Of a row that is slower: how much it weighs. */
  readonly severity: "none" | "warn" | "fail";
  /** The limit that was reached, percent. */
  readonly limit: number | null;
}

/** A change of so many percent: 20 for a ratio of 1.2, and not 19.999999999999996. */
export function percentOf(ratio: number): number {
  return Number((100 * ratio - 100).toFixed(9));
}

/**
 * What a ratio means. To count, a change must be both significant and outside of the noise; to be `same`, its interval must
 * leave no room for one that would warn.
 *
 * @param adjusted its p-value after Holm
 */
export function verdictOf(
  { ratio, low, high }: RatioEstimate,
  adjusted: number,
  { worse, family }: Pick<Metric, "worse" | "family">,
  policy: Policy,
): RowVerdict {
  const limits = policy[family];
  const noise = noiseWithin(policy, family);
  const outside = Math.abs(percentOf(ratio)) > noise;
  const significant = adjusted < policy.significance;
  if (!outside) {
    // As far as a warning would be; where there is none, four times the noise.
    const far = limits.warn ?? limits.fail ?? 4 * noise;
    const narrow = percentOf(high) < far && percentOf(low) > -far;
    return { change: narrow ? "same" : "inconclusive", severity: "none", limit: null };
  }
  if (!significant) return { change: "inconclusive", severity: "none", limit: null };
  const worsening = worse === "more" ? percentOf(ratio) : -percentOf(ratio);
  if (worsening < 0) return { change: "faster", severity: "none", limit: null };
  for (const severity of ["fail", "warn"] as const) {
    const limit = limits[severity];
    if (limit !== undefined && worsening >= limit) return { change: "slower", severity, limit };
  }
  return { change: "slower", severity: "none", limit: null };
}

/**
 * Of all rows: a worsening before doubt before an improvement. Less memory is welcome, and makes nothing faster: it is no
 * improvement of the whole.
 */
export function overall(rows: readonly (RowVerdict & Pick<Metric, "family">)[]): RowVerdict {
  const worst = (["fail", "warn", "none"] as const)
    .map((severity) => rows.find((row) => row.change === "slower" && row.severity === severity))
    .find((row) => row !== undefined);
  if (worst) return { change: "slower", severity: worst.severity, limit: worst.limit };
  const doubt = rows.length === 0 || rows.some(({ change }) => change === "inconclusive");
  const better = rows.some(({ change, family }) => change === "faster" && family !== "memory");
  return { change: doubt ? "inconclusive" : better ? "faster" : "same", severity: "none", limit: null };
}
