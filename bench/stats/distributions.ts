/** Tails of the distributions that p-values come from. The special functions are jStat's, right to 6 digits here. */
import jstat from "jstat";

const { jStat } = jstat;

/**
 * Chance that a standard normal value lies at least this far from zero, on either side.
 *
 * @param z any number; its sign does not matter
 * @returns 0 to 1; below 1e-14 it is 0
 */
export function normalTwoSided(z: number): number {
  return Math.min(1, jStat.erfc(Math.abs(z) / Math.SQRT2));
}

/**
 * Chance that Student's t lies at least this far from zero, on either side.
 *
 * @param t any number, infinite too; its sign does not matter
 * @param degreesOfFreedom > 0, not necessarily whole
 */
export function studentTwoSided(t: number, degreesOfFreedom: number): number {
  if (!Number.isFinite(t)) return 0;
  return jStat.ibeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5);
}

/**
 * How many standard errors a two-sided interval reaches from its middle.
 *
 * @param level share of such intervals that hold the truth, 0.95 for 95 %
 */
export function studentMargin(level: number, degreesOfFreedom: number): number {
  return jStat.studentt.inv((1 + level) / 2, degreesOfFreedom);
}
