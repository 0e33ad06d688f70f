import { normalTwoSided } from "./distributions.ts";
import { ranksOf, tieTerm } from "./ranks.ts";

/** Up to so many values on the smaller side the exact distribution is worked out, as scipy does. */
const EXACT_UP_TO = 8;

export interface MannWhitneyTest {
  /** Pairs in which b is greater than a, and half of those in which they are equal. */
  readonly u: number;
  /** Two-sided. */
  readonly p: number;
  readonly method: "exact" | "normal";
}

/**
 * Whether values of one sample tend to be greater than those of another (Mann and Whitney, 1947): knows only order, so a
 * logarithm or an outlier changes nothing. Exact for up to 8 values on a side without ties; else the normal approximation
 * with corrections for ties and continuity. Values must be independent of each other: neighbouring seconds are not.
 *
 * @returns undefined when a sample is empty
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): MannWhitneyTest | undefined {
  const [n, m] = [a.length, b.length];
  if (n === 0 || m === 0) return undefined;
  const { ranks, ties } = ranksOf([...a, ...b]);
  const rankSum = ranks.slice(n).reduce((sum, rank) => sum + rank, 0);
  const u = rankSum - (m * (m + 1)) / 2;
  const lesser = Math.min(u, n * m - u);
  if (ties.length === 0 && Math.min(n, m) <= EXACT_UP_TO)
    return { u, p: Math.min(1, 2 * exactLowerTail(lesser, n, m)), method: "exact" };
  const total = n + m;
  const variance = ((n * m) / 12) * (total + 1 - tieTerm(ties) / (total * (total - 1)));
  // All values equal: no order to speak of.
  if (variance <= 0) return { u, p: 1, method: "normal" };
  const z = ((n * m) / 2 - lesser - 0.5) / Math.sqrt(variance);
  return { u, p: z <= 0 ? 1 : normalTwoSided(z), method: "normal" };
}

/**
 * Chance of a U of at most `u` when every order is as likely. The number of orders with each U are the coefficients of the
 * Gaussian binomial, the product over i = 1..n of (1 - x^(m+i)) / (1 - x^i).
 */
function exactLowerTail(u: number, n: number, m: number): number {
  const [few, many] = [Math.min(n, m), Math.max(n, m)];
  const orders = new Float64Array(u + 1);
  orders[0] = 1;
  let all = 1;
  for (let i = 1; i <= few; i++) {
    for (let at = u; at >= many + i; at--)
      orders[at] = (orders[at] as number) - (orders[at - many - i] as number);
    for (let at = i; at <= u; at++) orders[at] = (orders[at] as number) + (orders[at - i] as number);
    all = (all * (many + i)) / i;
  }
  return orders.reduce((sum, one) => sum + one, 0) / all;
}
