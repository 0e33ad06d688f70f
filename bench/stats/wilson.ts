/** Standard deviations on each side of an interval of 95 %. */
const Z = 1.959964;

/**
 * The 95 % interval of a share that was seen `hits` times in `n` (Wilson, 1927). It keeps within 0 and 1 and says something
 * where the usual one does not: of few trials, and of none or all that hit.
 *
 * @param n > 0
 * @returns shares, 0 to 1
 */
export function wilson(hits: number, n: number): { readonly low: number; readonly high: number } {
  const share = hits / n;
  const middle = share + Z ** 2 / (2 * n);
  const reach = Z * Math.sqrt((share * (1 - share)) / n + Z ** 2 / (4 * n ** 2));
  const within = (value: number) => Math.min(1, Math.max(0, value / (1 + Z ** 2 / n)));
  return { low: within(middle - reach), high: within(middle + reach) };
}
