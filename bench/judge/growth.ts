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
 * So long a load must be level, in seconds, to tell a leak from it. Where growth has to go on to the end, a step of a heap is
 * none however steep it makes the line, so that it takes less time than growth alone.
 */
export const LEAK_SECONDS = 600;
/** Of which a reading each is taken; a few may be missing. */
const LEAST_READ = 0.95;

/**
 * What a collection of garbage leaves is the floor under a heap's teeth, and what a leak raises. Of 100 seconds and more it holds at
 * least one of most heaps' teeth; of a block above it may hold none.
 */
const FLOORS = 4;
/**
 * From each floor to the next at least this share of what the line grows meanwhile. A step raises one of them, a tooth sets them back;
 * a tooth of a minute may bring two floors as near as 40 seconds.
 */
const LEAST_RISE = 0.25;

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
  /** The same as `perHour`, in the resource's own unit. */
  readonly unitsPerHour: number;
  /** Whether the floor under the readings rises from each quarter to the next. */
  readonly goesOn: boolean;
}

/**
 * The same, of readings under a level load, and whether it goes on.
 *
 * @returns undefined for less than LEAK_SECONDS of readings, or when all are 0
 */
export function leak(readings: readonly Reading[]): Leak | undefined {
  if (readings.length < LEAST_READ * LEAK_SECONDS) return undefined;
  const late = lastTwoThirds(readings);
  const blocks = blocksOf(late);
  const found = growthOf(readings, blocks);
  const unitsPerHour = linearTrend(blocks)?.slope ?? 0;
  return found && { ...found, unitsPerHour, goesOn: floorsRise(late, unitsPerHour) };
}

/** @param slope of the line through the readings, a unit an hour */
function floorsRise(readings: readonly Reading[], slope: number): boolean {
  const [first, last] = [readings.at(0), readings.at(-1)];
  if (!first || !last) return false;
  const least = (LEAST_RISE * slope * (last.atMs - first.atMs)) / HOUR_MS / FLOORS;
  const floors = parts(readings, FLOORS).map((part) => min(part.map(({ value }) => value)));
  return floors.every((floor, i) => i === 0 || floor - (floors[i - 1] as number) >= least);
}

function lastTwoThirds(readings: readonly Reading[]): readonly Reading[] {
  return readings.slice(Math.floor(readings.length / 3));
}

/** Hours and means. */
type Points = readonly (readonly [number, number])[];

function blocksOf(readings: readonly Reading[]): Points {
  return parts(readings, BLOCKS).map(
    (part) => [mean(part.map(({ atMs }) => atMs / HOUR_MS)), mean(part.map(({ value }) => value))] as const,
  );
}

/** As many equal parts, one after the other. */
function parts(readings: readonly Reading[], count: number): (readonly Reading[])[] {
  return Array.from({ length: count }, (_, i) =>
    readings.slice((i * readings.length) / count, ((i + 1) * readings.length) / count),
  );
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
