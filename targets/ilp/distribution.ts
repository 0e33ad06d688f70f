/** How often a value was at most each bound, in the form that Prometheus' histograms have. */
export interface DistributionCounts {
  /** Upper bounds, rising; values above the last are in `count` alone. */
  readonly bounds: readonly number[];
  /** Values up to each bound, those of the bounds below it included. */
  readonly counts: readonly number[];
  readonly count: number;
  readonly sum: number;
  readonly max: number;
}

/**
 * Counts values into fixed buckets: constant memory, however long it runs, and a few compares a value, so that it may be
 * asked to count every packet.
 */
export class Distribution {
  readonly #bounds: readonly number[];
  /** Of each bucket alone; the last is of the values above all bounds. */
  readonly #counts: Float64Array;
  #count = 0;
  #sum = 0;
  #max = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  /** Of times, from a quarter of a millisecond to five seconds. */
  static ofMs(): Distribution {
    return new Distribution(MS_BOUNDS);
  }

  add(value: number): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]!) bucket++;
    this.#counts[bucket]! += 1;
    this.#count++;
    this.#sum += value;
    if (value > this.#max) this.#max = value;
  }

  read(): DistributionCounts {
    let upTo = 0;
    return {
      bounds: this.#bounds,
      counts: this.#bounds.map((_, bucket) => (upTo += this.#counts[bucket]!)),
      count: this.#count,
      sum: this.#sum,
      max: this.#max,
    };
  }
}

export const BATCH_SIZE_BOUNDS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000] as const;
const MS_BOUNDS = [0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 250, 500, 1_000, 5_000] as const;
