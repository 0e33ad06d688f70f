/** Samples of one block: each value, and how many samples had it. */
export type Buckets = ReadonlyMap<number, number>;

export interface BlockQuantiles {
  /** Samples in all blocks. */
  readonly n: number;
  /**
   * The least value that a share `q` of the samples does not exceed, of all blocks together.
   *
   * @param q 0 to 1
   * @param times how often each block counts; once each without it
   * @returns a value that was given; NaN when no sample counts
   */
  quantile(q: number, times?: ArrayLike<number>): number;
}

/**
 * Quantiles of any mixture of blocks of samples. A resampled run is such a mixture: how many samples are at most v is a sum
 * over blocks of what each has, so that after one table by value and block a quantile costs a few sums, whatever the
 * number of samples.
 */
export function blockQuantiles(blocks: readonly Buckets[]): BlockQuantiles {
  const width = blocks.length;
  const values = Float64Array.from(new Set(blocks.flatMap((block) => [...block.keys()]))).sort();
  // atMost[v * width + b]: samples of block b that are at most values[v].
  const atMost = new Uint32Array(values.length * width);
  for (const [b, block] of blocks.entries()) {
    let seen = 0;
    for (const [v, value] of values.entries()) {
      seen += block.get(value) ?? 0;
      atMost[v * width + b] = seen;
    }
  }
  const countAt = (v: number, times?: ArrayLike<number>) => {
    let sum = 0;
    for (let b = 0; b < width; b++) {
      const count = atMost[v * width + b] as number;
      sum += times ? count * (times[b] as number) : count;
    }
    return sum;
  };
  const last = values.length - 1;
  return {
    n: last < 0 ? 0 : countAt(last),
    quantile(q, times) {
      const total = last < 0 ? 0 : countAt(last, times);
      if (total === 0) return Number.NaN;
      const rank = Math.max(1, Math.ceil(q * total));
      let [from, to] = [0, last];
      while (from < to) {
        const middle = (from + to) >> 1;
        if (countAt(middle, times) >= rank) to = middle;
        else from = middle + 1;
      }
      return values[from] as number;
    },
  };
}
