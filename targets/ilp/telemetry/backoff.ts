/** How long to wait at first and at most. */
const BASE_MS = 100;
const MOST_MS = 5000;

/**
 * How long to wait before the next try: twice as long after every failure, and a random half of it, so that nodes which
 * lost the hub together do not come back together.
 *
 * @param failures tries that failed in a row, 0 for the first wait
 * @param random 0 to 1
 */
export function backoffMs(failures: number, random: number): number {
  return Math.min(MOST_MS, BASE_MS * 2 ** failures) * (0.5 + random / 2);
}
