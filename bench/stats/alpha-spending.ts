import { normalTwoSided, studentMargin } from "./distributions.ts";

/** Student's t of so many degrees of freedom is the normal distribution. */
const MANY = 1e6;

/**
 * How much of the chance of a false alarm may be used up when a share of all data is in, after O'Brien and Fleming's
 * boundary: next to nothing early, most of it at the end (Lan and DeMets, Biometrika 70, 1983).
 *
 * @param alpha for the whole trial, 0 to 1
 * @param share of the data the trial may gather, 0 to 1
 * @returns 0 at share 0, `alpha` at share 1
 */
export function spent(alpha: number, share: number): number {
  if (share <= 0) return 0;
  return normalTwoSided(studentMargin(1 - alpha, MANY) / Math.sqrt(Math.min(1, share)));
}

/**
 * The level of each of several looks at a growing set of data: what the spending function gives free since the look before.
 * The levels add up to `alpha`, so that by Bonferroni's inequality the chance of any false alarm over all looks stays below
 * it, whatever the test and however the looks depend on each other. (The exact boundary would use that dependence and be a
 * little wider, and needs normal increments, which ranks and a bootstrap only come near.)
 *
 * @param shares of the data at each look, rising, the last of them 1
 */
export function lookLevels(alpha: number, shares: readonly number[]): number[] {
  return shares.map(
    (share, look) => spent(alpha, share) - spent(alpha, look === 0 ? 0 : (shares[look - 1] as number)),
  );
}
