import { mulberry32 } from "../../scenarios/lib/blocks.ts";

export interface ResampleOptions {
  /** How many resamples. */
  readonly count: number;
  readonly seed: number;
  /** Mean length of the runs of neighbours that are drawn together from a part of so many; 1: each block for itself. */
  readonly runLength: (blocks: number) => number;
}

/**
 * Draws as many blocks as there are, with replacement, again and again: how a statistic scatters over these is how it
 * would scatter over other runs of the same kind (Efron's bootstrap). Neighbours in time share the machine's mood, so they
 * are drawn in runs of random length around a circle: the stationary bootstrap (Politis and Romano, JASA 89, 1994).
 *
 * @param strata number of blocks of each part of the measurement, one after the other; each part is drawn from itself
 * alone, so that every resample has as much of each phase of a load as the run had
 * @returns for each resample how often each block is in it
 */
export function resamples(
  strata: readonly number[],
  { count, seed, runLength }: ResampleOptions,
): Uint16Array[] {
  const random = mulberry32(seed);
  const total = strata.reduce((sum, size) => sum + size, 0);
  return Array.from({ length: count }, () => {
    const times = new Uint16Array(total);
    let first = 0;
    for (const size of strata) {
      const length = runLength(size);
      let at = 0;
      for (let i = 0; i < size; i++) {
        const goesOn = i > 0 && length > 1 && random() >= 1 / length;
        at = goesOn ? (at + 1) % size : Math.floor(random() * size);
        times[first + at] = (times[first + at] as number) + 1;
      }
      first += size;
    }
    return times;
  });
}

/**
 * A length of runs that grows with the number of blocks as it should (Hall, Horowitz and Jing, Biometrika 82, 1995). The
 * factor was chosen by trial: with it 95 % intervals hold the truth about as often when neighbours are alike as when not.
 */
export function runLengthFor(blocks: number): number {
  return Math.max(1, Math.round(2 * blocks ** (1 / 3)));
}
