import { mean, min } from "simple-statistics";
import { linearTrend } from "../stats/linear-trend.ts";

/** A resource over time: epoch milliseconds and a value. */
export interface Reading {
  readonly atMs: number;
  readonly value: number;
}

/** Percent an hour of what there was at the start, with its 95 % interval. */
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
 * So long a load must be level, in seconds, to tell a leak from it. Where growth has to go on through both halves, a step of
 * a heap is none however steep it makes the line, so that it takes less time than growth alone.
 */
export const LEAK_SECONDS = 600;
/** Of which a reading each is taken; a few may be missing. */
const LEAST_READ = 0.95;

/**
 * How fast a resource grows over the last two thirds of its readings: the slope of the least-squares line through the means
 * of equal blocks. The first third is the target's own: it fills caches and grows its heap to its size.
 *
 * It is percent of the line's value at the first reading of all: what has grown since is no part of what it is held against, or
 * a target that doubles would grow by two thirds. A line that bends upwards may start below everything that was read, so the
 * least reading is the least that counts.
 *
 * @returns undefined when there are too few readings to tell, or all are 0
 */
export function growth(readings: readonly Reading[]): Growth | undefined {
  const late = lastTwoThirds(readings);
  return late.length < BLOCKS * BLOCK_READINGS ? undefined : growthOf(readings, blocksOf(late));
}

/** Growth, and whether it goes on: a heap that grows by a step stays there, and a leak does not. */
export interface Leak extends Growth {
  /** Whether each half, by itself, grows for sure. */
  readonly goesOn: boolean;
}

/**
 * The same, of readings under a level load, and whether it goes on.
 *
 * @returns undefined for less than LEAK_SECONDS of readings, or when all are 0
 */
export function leak(readings: readonly Reading[]): Leak | undefined {
  if (readings.length < LEAST_READ * LEAK_SECONDS) return undefined;
  const blocks = blocksOf(lastTwoThirds(readings));
  const found = growthOf(readings, blocks);
  const halves = [blocks.slice(0, BLOCKS / 2), blocks.slice(BLOCKS / 2)].map(linearTrend);
  return found && { ...found, goesOn: halves.every((line) => line !== undefined && line.low > 0) };
}

function lastTwoThirds(readings: readonly Reading[]): readonly Reading[] {
  return readings.slice(Math.floor(readings.length / 3));
}

/** Hours and means. */
type Points = readonly (readonly [number, number])[];

function blocksOf(readings: readonly Reading[]): Points {
  return Array.from({ length: BLOCKS }, (_, i) => {
    const part = readings.slice((i * readings.length) / BLOCKS, ((i + 1) * readings.length) / BLOCKS);
    return [mean(part.map(({ atMs }) => atMs / HOUR_MS)), mean(part.map(({ value }) => value))] as const;
  });
}

function growthOf(readings: readonly Reading[], blocks: Points): Growth | undefined {
  const [first] = readings;
  const line = linearTrend(blocks);
  if (!first || !line) return undefined;
  const atStart = line.intercept + line.slope * (first.atMs / HOUR_MS);
  const base = Math.max(atStart, min(readings.map(({ value }) => value)));
  if (base <= 0) return undefined;
  const percent = (change: number) => (100 * change) / base;
  return { perHour: percent(line.slope), low: percent(line.low), high: percent(line.high) };
}
