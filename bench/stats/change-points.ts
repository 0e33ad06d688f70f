import { mulberry32 } from "../../scenarios/lib/blocks.ts";

/** Longest series: time and memory grow with the square of it. */
export const LONGEST_SERIES = 1_000;

export interface ChangePoint {
  /** Of the first value that is different. */
  readonly index: number;
  /** Energy distance of what is before and behind it, weighed by their sizes; the greater, the clearer. */
  readonly q: number;
  /** Share of shuffled series with a cut at least as clear. */
  readonly p: number;
}

export interface ChangePointOptions {
  /** Shuffles that a cut is held against; the least p there can be is 1 / (permutations + 1). */
  readonly permutations?: number;
  readonly significance?: number;
  readonly seed?: number;
}

/** A stretch of the series, `to` not included. */
interface Segment {
  readonly from: number;
  readonly to: number;
}

interface Cut {
  readonly index: number;
  readonly q: number;
}

/**
 * Where the distribution of a series changed: E-Divisive means (Matteson and James, JASA 109, 2014), which cuts where the
 * parts differ most and goes on in the parts while shuffling says that such a cut is no chance. Knows of no shape, so it
 * needs no threshold; MongoDB and Hunter find regressions with it (Daly and others, ICPE 2020; Fleming and others, 2023).
 *
 * @param values in the order of time, at most LONGEST_SERIES of them (RangeError)
 * @returns in the order of time; the same for the same seed
 */
export function changePoints(
  values: readonly number[],
  { permutations = 199, significance = 0.05, seed = 1 }: ChangePointOptions = {},
): ChangePoint[] {
  if (values.length > LONGEST_SERIES)
    throw new RangeError(`${values.length} values; at most ${LONGEST_SERIES}`);
  const random = mulberry32(seed);
  const found: ChangePoint[] = [];
  for (;;) {
    const segments = segmentsOf(values.length, found);
    const cut = clearestCut(values, segments);
    if (cut === undefined || cut.q <= 0) return found;
    let asClear = 0;
    for (let i = 0; i < permutations; i++) {
      const shuffled = shuffledWithin(values, segments, random);
      if ((clearestCut(shuffled, segments)?.q ?? 0) >= cut.q) asClear++;
    }
    const p = (asClear + 1) / (permutations + 1);
    if (p > significance) return found;
    found.push({ ...cut, p });
    found.sort((a, b) => a.index - b.index);
  }
}

function segmentsOf(length: number, cuts: readonly Cut[]): Segment[] {
  const ends = [0, ...cuts.map(({ index }) => index), length];
  return ends.slice(1).map((to, i) => ({ from: ends[i] as number, to }));
}

function clearestCut(values: readonly number[], segments: readonly Segment[]): Cut | undefined {
  let best: Cut | undefined;
  for (const { from, to } of segments) {
    const cut = bestCut(values.slice(from, to));
    if (cut && (best === undefined || cut.q > best.q)) best = { index: from + cut.index, q: cut.q };
  }
  return best;
}

/**
 * The t, and the end k, for which values[0..t) and values[t..k) differ most:
 *
 *     q(t, k) = t r / (t + r) * (2 mean|x - y| - mean|x - x'| - mean|y - y'|)     r = k - t, pairs x, x' and y, y' distinct
 *
 * The end moves too, or a second change further on would hide the first.
 */
export function bestCut(values: readonly number[]): Cut | undefined {
  const n = values.length;
  if (n < 2) return undefined;
  // toEarlier[k * (n + 1) + t]: sum of |x_i - x_k| over i < t, for t <= k.
  const width = n + 1;
  const toEarlier = new Float64Array(n * width);
  for (let k = 0; k < n; k++) {
    for (let t = 0; t < k; t++) {
      const distance = Math.abs((values[t] as number) - (values[k] as number));
      toEarlier[k * width + t + 1] = (toEarlier[k * width + t] as number) + distance;
    }
  }
  let [index, q] = [0, Number.NEGATIVE_INFINITY];
  let within = 0;
  for (let t = 1; t < n; t++) {
    within += toEarlier[(t - 1) * width + t - 1] as number;
    const leftTerm = t > 1 ? within / (t - 1) : 0;
    let [across, right] = [0, 0];
    for (let k = t + 1; k <= n; k++) {
      const row = (k - 1) * width;
      const left = toEarlier[row + t] as number;
      across += left;
      right += (toEarlier[row + k - 1] as number) - left;
      const r = k - t;
      const rightTerm = r > 1 ? right / (r - 1) : 0;
      const clear = (2 / (t + r)) * (across - r * leftTerm - t * rightTerm);
      if (clear > q) [index, q] = [t, clear];
    }
  }
  return { index, q };
}

/** Fisher and Yates' shuffle of each segment. */
function shuffledWithin(
  values: readonly number[],
  segments: readonly Segment[],
  random: () => number,
): number[] {
  const shuffled = [...values];
  for (const { from, to } of segments) {
    for (let i = to - 1; i > from; i--) {
      const j = from + Math.floor(random() * (i - from + 1));
      [shuffled[i], shuffled[j]] = [shuffled[j] as number, shuffled[i] as number];
    }
  }
  return shuffled;
}
