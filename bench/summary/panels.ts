import { changesChart } from "../compare/charts.ts";
import { bytes, significant } from "../format.ts";
import type { Chart } from "../report/charts/chart.ts";
import { bytesTick, numberTick } from "../report/charts/scale.ts";
import { oneLine } from "../report/escape.ts";
import { trendChart } from "../trend/chart.ts";
import type { Trend } from "../trend/trend.ts";
import { type BarsChart, barsChart } from "./bars-chart.ts";
import { distributionChart } from "./distribution-chart.ts";
import type { Gathered } from "./gather.ts";
import { TREND_DAYS } from "./recent-trend.ts";

/** All pictures of a summary, by where they stand; what nothing was measured for is not among them. */
export interface Panels {
  /** Latency, throughput, and what the target took for it: a row a run. */
  readonly measured: readonly Chart[];
  /** One for each run that was compared with its baseline. */
  readonly delta: readonly Chart[];
  /** One for each scenario and profile. */
  readonly trend: readonly Chart[];
}

/** Most comparisons, and most trends, that are drawn; the tables have all. */
const MOST_PANELS = 12;
/** Of a trend: one of each kind, the same of all, so that they stand level. The tables have every metric. */
const TREND_METRICS = new Set(["latency-p95", "throughput", "cpu", "rss"]);

const THROUGHPUT: BarsChart = {
  id: "summary-throughput",
  title: "Throughput",
  note: "requests or packets a second: what was asked, and what was answered",
  wide: true,
  bar: { name: "answered", tint: "achieved", of: ({ ratePerSecond }) => ratePerSecond },
  mark: { name: "asked", tint: "ink", of: ({ askedPerSecond }) => askedPerSecond },
  text: (got, asked) => `${significant(got)}${asked === null ? "" : ` of ${significant(asked)}`}/s`,
  room: 104,
  tick: numberTick,
};

const CPU: BarsChart = {
  id: "summary-cpu",
  title: "CPU of the target",
  note: "cores over the whole run",
  wide: false,
  bar: { name: "mean", tint: "target", of: ({ cpuCoresMean }) => cpuCoresMean },
  mark: { name: "most in a second", tint: "ink", of: ({ cpuCoresMax }) => cpuCoresMax },
  text: (mean, most) => upTo(significant(mean), most === null ? null : significant(most)),
  room: 104,
  tick: numberTick,
};

const MEMORY: BarsChart = {
  id: "summary-memory",
  title: "Memory of the target",
  note: "resident, over the whole run",
  wide: false,
  bar: { name: "mean", tint: "target", of: ({ rssBytesMean }) => rssBytesMean },
  mark: { name: "most", tint: "ink", of: ({ rssBytesMax }) => rssBytesMax },
  text: (mean, most) => upTo(bytes(mean), most === null ? null : bytes(most)),
  room: 132,
  tick: bytesTick,
};

/** `0.363, most 1.06` */
function upTo(mean: string, most: string | null): string {
  return most === null ? mean : `${mean}, most ${most}`;
}

export function panelsOf({ runs, trends }: Gathered): Panels {
  const bars = [THROUGHPUT, CPU, MEMORY].map((chart) => barsChart(chart, runs));
  return {
    measured: [distributionChart(runs), ...bars].filter((chart) => chart !== undefined),
    // Half as wide, a chart has room for half the words.
    delta: sideBySide(
      runs.flatMap(({ delta: { comparison } }) => comparison ?? []),
      (comparison, i) => ({
        ...changesChart(comparison),
        id: `summary-delta-${i + 1}`,
        title: oneLine(`${comparison.scenario} ${comparison.profile} to its baseline`),
        note: `95 % intervals; band: noise of ${comparison.policy.noise} %; red: limits; grey: not significant`,
      }),
    ),
    trend: sideBySide(trends, trendPanel),
  };
}

/** A chart of each, two beside each other where there are several: half as wide, they have the labels of a phone. */
function sideBySide<T>(all: readonly T[], chartOf: (one: T, index: number) => Chart): Chart[] {
  const charts = all.slice(0, MOST_PANELS).map(chartOf);
  if (charts.length < 2) return charts;
  return charts.map((chart) => ({
    ...chart,
    wide: false,
    option: chart.option && ((size) => chart.option?.({ ...size, narrow: true }) ?? {}),
  }));
}

function trendPanel(trend: Trend, i: number): Chart {
  const metrics = trend.metrics.filter(({ id }) => TREND_METRICS.has(id));
  return {
    ...trendChart({ ...trend, metrics }),
    id: `summary-trend-${i + 1}`,
    title: oneLine(`${trend.scenario} ${trend.profile}, ${trend.runs.length} runs in ${TREND_DAYS} days`),
    note: "pale: level between shifts; upright: a shift and its commit; ring: an odd run",
  };
}

export function allOf({ measured, delta, trend }: Panels): Chart[] {
  return [measured, delta, trend].flat();
}
