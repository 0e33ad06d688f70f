import { mean } from "simple-statistics";
import { linearTrend } from "../stats/linear-trend.ts";

/** A resource over time: epoch milliseconds and a value. */
export interface Reading {
  readonly atMs: number;
  readonly value: number;
}

/** Percent of the mean an hour, with its 95 % interval. */
export interface Growth {
  readonly perHour: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Readings that follow each other resemble each other, which makes any line look certain; means of blocks far longer than
 * a collection of garbage do not, so the line goes through those.
 */
const BLOCKS = 20;
/**
 * A block holds at least this many readings, so 15 minutes of one a second are the least that tell anything: a heap grows
 * in a few steps of a tenth of it, and one of them within 5 minutes would be 100 % an hour.
 */
const BLOCK_READINGS = 30;
/** So long a phase must last at least, in seconds, of which a reading each is taken. */
export const GROWTH_SECONDS = (BLOCKS * BLOCK_READINGS * 3) / 2;
const HOUR_MS = 3_600_000;

/**
 * How fast a resource grows over the last two thirds of its readings: the slope of the least-squares line through the means
 * of equal blocks. The first third is the target's own: it fills caches and grows its heap to its size.
 *
 * @returns undefined when there are too few readings to tell, or all are 0
 */
export function growth(readings: readonly Reading[]): Growth | undefined {
  const late = readings.slice(Math.floor(readings.length / 3));
  if (late.length < BLOCKS * BLOCK_READINGS) return undefined;
  const blocks = Array.from({ length: BLOCKS }, (_, i) => {
    const part = late.slice((i * late.length) / BLOCKS, ((i + 1) * late.length) / BLOCKS);
    return [mean(part.map(({ atMs }) => atMs / HOUR_MS)), mean(part.map(({ value }) => value))] as const;
  });
  const value = mean(blocks.map(([, value]) => value));
  const line = linearTrend(blocks);
  if (value === 0 || !line) return undefined;
  const percent = (change: number) => (100 * change) / value;
  return { perHour: percent(line.slope), low: percent(line.low), high: percent(line.high) };
}
