import { median } from "simple-statistics";
import { METRICS, type Metric } from "../compare/metrics.ts";
import { percentOf } from "../compare/verdict.ts";
import type { Entry } from "../history/entry.ts";
import { type Anomaly, anomalies } from "../stats/anomalies.ts";
import { changePoints } from "../stats/change-points.ts";
import { ratioOfGeometricMeans } from "../stats/effect.ts";
import { linearTrend } from "../stats/linear-trend.ts";

/** Fewer runs have no trend. */
export const LEAST_RUNS = 5;
/** Newest runs that are looked at; more would take minutes to shuffle. */
export const MOST_RUNS = 300;
/** A change of less than this, in percent, is none: as in comparisons. */
const NOISE = 5;
/** Several metrics are asked, each at many places. */
const SIGNIFICANCE = 0.01;
/** A shift is news for so many runs; then it is how things are. */
const RECENT_RUNS = 20;

export interface Shift {
  /** Of the first run that is different, in the series. */
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

/** One metric over runs, oldest first. */
export interface MetricTrend extends Pick<Metric, "id" | "title" | "unit" | "worse"> {
  readonly values: readonly number[];
  /** Typical value since the last shift. */
  readonly now: number;
  readonly direction: Direction;
  readonly shifts: readonly Shift[];
  /** Odd runs since the last shift: more than 2 sigma from the others, and out of the noise. */
  readonly odd: readonly Anomaly[];
}

export interface Trend {
  readonly scenario: string;
  readonly profile: string;
  /** The runs that the figures are of, oldest first. */
  readonly runs: readonly Entry[];
  /** Runs of other machines or loads than the newest, which are left out. */
  readonly leftOut: number;
  readonly metrics: readonly MetricTrend[];
}

/**
 * How the metrics of a scenario went over its runs on the machine, and under the load, of the newest.
 *
 * @param history oldest first; of more than MOST_RUNS runs the newest are taken
 * @returns undefined for fewer than LEAST_RUNS runs that compare
 */
export function trendOf(history: readonly Entry[]): Trend | undefined {
  const newest = history.at(-1);
  if (newest === undefined) return undefined;
  const alike = history.filter(({ machine, load }) => machine === newest.machine && load === newest.load);
  const runs = alike.slice(-MOST_RUNS);
  if (runs.length < LEAST_RUNS) return undefined;
  const metrics = METRICS.flatMap((metric) => {
    // A metric that some run lacks would shift the others in time.
    const values = runs.flatMap(({ metrics }) => metrics[metric.id] ?? []);
    return values.length === runs.length && values.every((value) => value > 0)
      ? [metricTrend(metric, values, runs)]
      : [];
  });
  const { scenario, profile } = newest;
  return { scenario, profile, runs, leftOut: history.length - runs.length, metrics };
}

function metricTrend(
  { id, title, unit, worse }: Metric,
  values: readonly number[],
  runs: readonly Entry[],
): MetricTrend {
  const shifts = shiftsOf(values, runs);
  const since = shifts.at(-1)?.index ?? 0;
  const current = values.slice(since);
  const now = median([...current]);
  return {
    ...{ id, title, unit, worse, values, shifts, now },
    direction: directionOf(current, shifts, worse),
    odd: anomalies(current)
      .filter(({ index }) => Math.abs(percentOf((current[index] as number) / now)) > NOISE)
      .map(({ index, sigmas }) => ({ index: since + index, sigmas })),
  };
}

/** Change points that are larger than the noise; what is smaller joins its neighbours. */
function shiftsOf(values: readonly number[], runs: readonly Entry[]): Shift[] {
  let points = changePoints(values, { significance: SIGNIFICANCE });
  for (;;) {
    const ends = [0, ...points.map(({ index }) => index), values.length];
    const shifts = points.map(({ index, p }, i): Shift => {
      const before = values.slice(ends[i], index);
      const after = values.slice(index, ends[i + 2]);
      const { run, at, commit } = runs[index] as Entry;
      const ratio = ratioOfGeometricMeans(before, after) as number;
      return { index, run, at, commit, commitBefore: runs[index - 1]?.commit ?? null, ratio, p };
    });
    const size = ({ ratio }: Shift) => Math.abs(Math.log(ratio));
    const least = shifts.reduce<Shift | undefined>(
      (a, b) => (a === undefined || size(b) < size(a) ? b : a),
      undefined,
    );
    if (least === undefined || Math.abs(percentOf(least.ratio)) > NOISE) return shifts;
    points = points.filter(({ index }) => index !== least.index);
  }
}

/** A slope since the last shift; without one, the way of that shift while it is recent. */
function directionOf(
  current: readonly number[],
  shifts: readonly Shift[],
  worse: Metric["worse"],
): Direction {
  const slope = linearTrend(current.map((value, i) => [i, Math.log(value)] as const));
  const drift = slope && slope.p < SIGNIFICANCE ? Math.exp(slope.slope * (current.length - 1)) : 1;
  const shift = current.length <= RECENT_RUNS ? (shifts.at(-1)?.ratio ?? 1) : 1;
  const ratio = Math.abs(percentOf(drift)) > NOISE ? drift : shift;
  if (ratio === 1) return "stable";
  return ratio > 1 === (worse === "more") ? "degrading" : "improving";
}
