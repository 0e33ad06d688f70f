import { median } from "simple-statistics";
import { METRICS, type Metric } from "../compare/metrics.ts";
import { DEFAULT_POLICY, noiseWithin } from "../compare/policy.ts";
import { percentOf } from "../compare/verdict.ts";
import type { Entry } from "../history/entry.ts";
import { anomalies } from "../stats/anomalies.ts";
import { changePoints } from "../stats/change-points.ts";
import { ratioOfGeometricMeans } from "../stats/effect.ts";
import { linearTrend } from "../stats/linear-trend.ts";

/** Fewer runs have no trend. */
export const LEAST_RUNS = 5;
/** Newest runs that are looked at; more would take minutes to shuffle. */
export const MOST_RUNS = 300;
/** Several metrics are asked, each at many places. */
const SIGNIFICANCE = 0.01;
/** A shift is news for so many runs; then it is how things are. */
const RECENT_RUNS = 20;

export interface Shift {
  /** Of the first run that is different, among the runs of the trend. */
  readonly index: number;
  readonly run: string;
  readonly at: string;
  /** The commit it came with, and the one of the run before: the change is in between. */
  readonly commit: Entry["commit"];
  readonly commitBefore: Entry["commit"];
  /** Typical value behind it over that before it. */
  readonly ratio: number;
  readonly p: number;
}

export type Direction = "improving" | "stable" | "degrading";

export interface OddRun {
  /** Among the runs of the trend. */
  readonly index: number;
  /** Distance from the others in their standard deviations; null for a value of 0, which is odd among any others. */
  readonly sigmas: number | null;
}

/** One metric over runs, oldest first. */
export interface MetricTrend extends Pick<Metric, "id" | "title" | "unit" | "worse"> {
  /** One for each run; null of a run that could not see it. */
  readonly values: readonly (number | null)[];
  /** Typical value since the last shift. */
  readonly now: number;
  readonly direction: Direction;
  readonly shifts: readonly Shift[];
  /** Odd runs since the last shift: more than 2 sigma from the others, and out of the noise; and any that came to 0. */
  readonly odd: readonly OddRun[];
}

export interface Trend {
  readonly scenario: string;
  readonly profile: string;
  /** The runs that the figures are of, oldest first. */
  readonly runs: readonly Entry[];
  /** Runs of other machines, loads or targets than the newest, which are left out. */
  readonly leftOut: number;
  readonly metrics: readonly MetricTrend[];
  /** Titles of the metrics that too few of the runs could see. */
  readonly unseen: readonly string[];
}

/**
 * How the metrics of a scenario went over its runs on the machine, of the target, and under the load, of the newest. Lines
 * from before a run's target was written down are taken for the same.
 *
 * @param history oldest first; of more than MOST_RUNS runs the newest are taken
 * @returns undefined for fewer than LEAST_RUNS runs that compare
 */
export function trendOf(history: readonly Entry[]): Trend | undefined {
  const newest = history.at(-1);
  const runs = likeNewest(history).slice(-MOST_RUNS);
  if (newest === undefined || runs.length < LEAST_RUNS) return undefined;
  const found = METRICS.map((metric) => metricTrend(metric, runs) ?? metric.title);
  const { scenario, profile } = newest;
  return {
    ...{ scenario, profile, runs, leftOut: history.length - runs.length },
    metrics: found.filter((one) => typeof one !== "string"),
    unseen: found.filter((one) => typeof one === "string"),
  };
}

/** The runs on the machine, under the load and of the target of the newest, which is the last. */
export function likeNewest(history: readonly Entry[]): Entry[] {
  const newest = history.at(-1);
  if (newest === undefined) return [];
  return history.filter(
    ({ machine, load, target }) =>
      machine === newest.machine &&
      load === newest.load &&
      (target === undefined || newest.target === undefined || target === newest.target),
  );
}

/** A run that saw the metric, by its place among all. */
interface Seen {
  readonly index: number;
  readonly value: number;
  readonly run: Entry;
}

/**
 * A value of 0 is no level but an accident: it is pointed at, and neither it nor a run without a value moves the others.
 *
 * @returns undefined when fewer than LEAST_RUNS runs have a value above 0
 */
function metricTrend(metric: Metric, runs: readonly Entry[]): MetricTrend | undefined {
  const { id, title, unit, worse } = metric;
  const noise = noiseWithin(DEFAULT_POLICY, metric.family);
  const values = runs.map(({ metrics }) => metrics[id] ?? null);
  const seen = runs.flatMap((run, index): Seen[] => {
    const value = values[index] ?? 0;
    return value > 0 ? [{ index, value, run }] : [];
  });
  if (seen.length < LEAST_RUNS) return undefined;
  const shifts = shiftsOf(seen, noise);
  const since = shifts.at(-1)?.index ?? 0;
  const current = seen.filter(({ index }) => index >= since);
  const now = median(current.map(({ value }) => value));
  const far = anomalies(current.map(({ value }) => value)).flatMap(({ index: at, sigmas }): OddRun[] => {
    const { index, value } = current[at] as Seen;
    return Math.abs(percentOf(value / now)) > noise ? [{ index, sigmas }] : [];
  });
  const fallen = values.flatMap((value, index): OddRun[] => (value === 0 ? [{ index, sigmas: null }] : []));
  return {
    ...{ id, title, unit, worse, values, shifts, now },
    direction: directionOf(current, shifts, worse, noise),
    odd: [...far, ...fallen].sort((a, b) => a.index - b.index),
  };
}

/** Change points that are larger than the noise; what is smaller joins its neighbours. */
function shiftsOf(seen: readonly Seen[], noise: number): Shift[] {
  const values = seen.map(({ value }) => value);
  let points = changePoints(values, { significance: SIGNIFICANCE });
  for (;;) {
    const ends = [0, ...points.map(({ index }) => index), values.length];
    const shifts = points.map(({ index: at, p }, i): Shift => {
      const ratio = ratioOfGeometricMeans(values.slice(ends[i], at), values.slice(at, ends[i + 2])) as number;
      const { index, run } = seen[at] as Seen;
      const commitBefore = seen[at - 1]?.run.commit ?? null;
      return { index, run: run.run, at: run.at, commit: run.commit, commitBefore, ratio, p };
    });
    const size = ({ ratio }: Shift) => Math.abs(Math.log(ratio));
    const least = shifts.reduce<Shift | undefined>(
      (a, b) => (a === undefined || size(b) < size(a) ? b : a),
      undefined,
    );
    if (least === undefined || Math.abs(percentOf(least.ratio)) > noise) return shifts;
    points = points.filter(({ index }) => seen[index]?.index !== least.index);
  }
}

/** A slope since the last shift; without one, the way of that shift while it is recent. */
function directionOf(
  current: readonly Seen[],
  shifts: readonly Shift[],
  worse: Metric["worse"],
  noise: number,
): Direction {
  const slope = linearTrend(current.map(({ value }, i) => [i, Math.log(value)] as const));
  const drift = slope && slope.p < SIGNIFICANCE ? Math.exp(slope.slope * (current.length - 1)) : 1;
  const shift = current.length <= RECENT_RUNS ? (shifts.at(-1)?.ratio ?? 1) : 1;
  const ratio = Math.abs(percentOf(drift)) > noise ? drift : shift;
  if (ratio === 1) return "stable";
  return ratio > 1 === (worse === "more") ? "degrading" : "improving";
}
