export interface Ranks {
  /** Of each value, from 1; equal values share the mean of theirs. */
  readonly ranks: readonly number[];
  /** How many values there are of each that occurs more than once. */
  readonly ties: readonly number[];
}

/** Ranks values from the least up (simple-statistics has only their sum, and not the ties that variances need). */
export function ranksOf(values: readonly number[]): Ranks {
  const order = values.map((_, i) => i).sort((i, j) => (values[i] as number) - (values[j] as number));
  const ranks = new Array<number>(values.length);
  const ties: number[] = [];
  for (let from = 0; from < order.length; ) {
    const value = values[order[from] as number];
    let to = from + 1;
    while (to < order.length && values[order[to] as number] === value) to++;
    for (let at = from; at < to; at++) ranks[order[at] as number] = (from + 1 + to) / 2;
    if (to - from > 1) ties.push(to - from);
    from = to;
  }
  return { ranks, ties };
}

/** Sum of t^3 - t over groups of t equal values: what ties take from the variance of a rank sum. */
export function tieTerm(ties: readonly number[]): number {
  return ties.reduce((sum, t) => sum + t ** 3 - t, 0);
}
