/**
 * p-values of several questions asked at once, raised so that the chance of any false "yes" stays below the level they are
 * held against (Holm, Scandinavian Journal of Statistics 6, 1979). Needs no independence of the questions.
 *
 * @returns adjusted p-values, 0 to 1, in the order given
 */
export function holm(p: readonly number[]): number[] {
  const order = p.map((_, i) => i).sort((i, j) => (p[i] as number) - (p[j] as number));
  const adjusted = new Array<number>(p.length);
  let least = 0;
  order.forEach((i, at) => {
    least = Math.max(least, Math.min(1, (p[i] as number) * (p.length - at)));
    adjusted[i] = least;
  });
  return adjusted;
}
