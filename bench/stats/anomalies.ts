import { mean, sampleStandardDeviation } from "simple-statistics";

/** Values that others are compared with; fewer have no spread to speak of. */
const LEAST_OTHERS = 4;

export interface Anomaly {
  readonly index: number;
  /** Distance from the mean of the others, in their standard deviations; infinite when those are all alike. */
  readonly sigmas: number;
}

/**
 * Values that lie more than so many standard deviations from the mean of all the others. The others, because a far value
 * would stretch a spread that it is part of and hide in it. At 2 sigma one in twenty ordinary values is found too: they
 * are for looking at, not for failing on.
 *
 * @returns in their order; none for fewer than 5 values
 */
export function anomalies(values: readonly number[], sigmas = 2): Anomaly[] {
  if (values.length <= LEAST_OTHERS) return [];
  return values.flatMap((value, index) => {
    const others = values.filter((_, i) => i !== index);
    const distance = value - mean(others);
    const away = distance === 0 ? 0 : distance / sampleStandardDeviation(others);
    return Math.abs(away) > sigmas ? [{ index, sigmas: away }] : [];
  });
}
