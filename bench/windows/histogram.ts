import { decodeFromCompressedBase64, encodeIntoCompressedBase64, Float64Histogram } from "hdr-histogram-js";
import { type TrendSeries, WindowError } from "./window.ts";

/** Percentiles every report names, by the name it gives them. */
export const QUANTILES = { p50: 50, p90: 90, p95: 95, p99: 99, "p99.9": 99.9 } as const;

/** How a trend's values are scaled to the integers a histogram holds: milliseconds to microseconds, others x 1000. */
const SCALE = 1000;

export interface TrendSummary {
  readonly n: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly "p99.9": number;
}

/**
 * The samples of a trend over any number of windows, series and machines: histograms add, so percentiles of the sum
 * are as exact as those of one (3 significant digits). n, mean, min and max are exact.
 */
export class TrendHistogram {
  n = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  readonly #hdr = growing();

  add(series: Pick<TrendSeries, "n" | "sum" | "min" | "max" | "hdr">): void {
    if (series.n === 0) return;
    const samples = decode(series.hdr);
    this.n += series.n;
    this.sum += series.sum;
    this.min = Math.min(this.min, series.min);
    this.max = Math.max(this.max, series.max);
    this.#hdr.add(samples);
  }

  merge(other: TrendHistogram): void {
    if (other.n === 0) return;
    this.n += other.n;
    this.sum += other.sum;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
    this.#hdr.add(other.#hdr);
  }

  /** Value at a percentile (0 to 100) in the trend's own unit; undefined without samples. */
  percentile(percent: number): number | undefined {
    if (this.n === 0) return undefined;
    // A histogram answers with the top of the value's bucket, which may lie above the largest sample.
    return Math.min(this.#hdr.getValueAtPercentile(percent) / SCALE, this.max);
  }

  /** Calls back with each bucket that holds samples, from the smallest value up, in the trend's own unit. */
  forEachBucket(visit: (value: number, count: number) => void): void {
    const end = this.#hdr.countsArrayIndex(this.#hdr.maxValue);
    for (let index = 0; index <= end; index++) {
      const count = this.#hdr.getCountAtIndex(index);
      if (count > 0) visit(this.#hdr.valueFromIndex(index) / SCALE, count);
    }
  }

  /** How many samples there are of each value: what resampling works on, small whatever their number. */
  counts(): Map<number, number> {
    const counts = new Map<number, number>();
    this.forEachBucket((value, count) => counts.set(value, count));
    return counts;
  }

  get mean(): number | undefined {
    return this.n === 0 ? undefined : this.sum / this.n;
  }

  summary(): TrendSummary | undefined {
    if (this.n === 0) return undefined;
    return {
      n: this.n,
      mean: this.sum / this.n,
      min: this.min,
      max: this.max,
      p50: this.percentile(50) as number,
      p90: this.percentile(90) as number,
      p95: this.percentile(95) as number,
      p99: this.percentile(99) as number,
      "p99.9": this.percentile(99.9) as number,
    };
  }

  /** HdrHistogram V2 compressed base64, the form windows carry. */
  encode(): string {
    return encodeIntoCompressedBase64(this.#hdr);
  }
}

function growing(): Float64Histogram {
  const histogram = new Float64Histogram(1, 2 ** 20, 3);
  histogram.autoResize = true;
  return histogram;
}

/** @throws WindowError when it is none */
function decode(base64: string): Float64Histogram {
  try {
    return decodeFromCompressedBase64(base64, 64) as Float64Histogram;
  } catch (error) {
    throw new WindowError(`a histogram cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}
