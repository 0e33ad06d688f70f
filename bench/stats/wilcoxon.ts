import { normalTwoSided } from "./distributions.ts";
import { ranksOf, tieTerm } from "./ranks.ts";

/** Up to so many differences the exact distribution is worked out; with ties or zeros among them up to so many. As scipy. */
const EXACT_UP_TO = 50;
const EXACT_UP_TO_TIED = 13;

export interface WilcoxonTest {
  /** The smaller of the rank sums of positive and of negative differences. */
  readonly w: number;
  /** Two-sided. */
  readonly p: number;
  /** Differences that are not zero. */
  readonly n: number;
  readonly method: "exact" | "normal";
}

/**
 * Whether paired differences lie around zero (Wilcoxon, 1945). Zeros are left out, as Wilcoxon did. Exact for up to 50
 * differences, or up to 13 with ties or zeros; else the normal approximation corrected for ties.
 *
 * @returns undefined when there is no difference but zeros
 */
export function wilcoxon(differences: readonly number[]): WilcoxonTest | undefined {
  const real = differences.filter((difference) => difference !== 0);
  const n = real.length;
  if (n === 0) return undefined;
  const { ranks, ties } = ranksOf(real.map(Math.abs));
  const plus = ranks.reduce((sum, rank, i) => sum + ((real[i] as number) > 0 ? rank : 0), 0);
  const w = Math.min(plus, (n * (n + 1)) / 2 - plus);
  const clean = ties.length === 0 && n === differences.length;
  if (differences.length <= (clean ? EXACT_UP_TO : EXACT_UP_TO_TIED))
    return { w, p: Math.min(1, 2 * exactLowerTail(w, ranks)), n, method: "exact" };
  const variance = (n * (n + 1) * (2 * n + 1) - tieTerm(ties) / 2) / 24;
  return { w, p: normalTwoSided(((n * (n + 1)) / 4 - w) / Math.sqrt(variance)), n, method: "normal" };
}

/** Chance of a rank sum of at most `w` when each rank counts or not with equal chance. */
function exactLowerTail(w: number, ranks: readonly number[]): number {
  // Tied ranks are halves: doubled, all are whole.
  const most = Math.round(2 * w);
  const ways = new Float64Array(most + 1);
  ways[0] = 1;
  for (const rank of ranks) {
    const step = Math.round(2 * rank);
    for (let at = most; at >= step; at--) ways[at] = (ways[at] as number) + (ways[at - step] as number);
  }
  return ways.reduce((sum, one) => sum + one, 0) / 2 ** ranks.length;
}
