import { changesChart } from "../compare/charts.ts";
import { bytes, cores, significant } from "../format.ts";
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
  readonly latency: readonly Chart[];
  readonly throughput: readonly Chart[];
  readonly resources: readonly Chart[];
  /** One for each run that was compared with its baseline. */
  readonly delta: readonly Chart[];
  /** One for each scenario and profile. */
  readonly trend: readonly Chart[];
}

/** Most comparisons, and most trends, that are drawn; the tables have all. */
const MOST_PANELS = 12;
/** Of a trend: what people ask first. The page of `plimsoll trend` has every metric. */
const TREND_METRICS = new Set(["latency-p95", "throughput"]);

const THROUGHPUT: BarsChart = {
  id: "summary-throughput",
  title: "Throughput",
  note: "requests or packets a second: what was asked, and what was answered",
  wide: true,
  bar: { name: "answered", tint: "achieved", of: ({ ratePerSecond }) => ratePerSecond },
  mark: { name: "asked", tint: "ink", of: ({ askedPerSecond }) => askedPerSecond },
  text: (value) => `${significant(value)}/s`,
  tick: numberTick,
};

const CPU: BarsChart = {
  id: "summary-cpu",
  title: "CPU of the target",
  note: "cores over the whole run",
  wide: false,
  bar: { name: "mean", tint: "target", of: ({ cpuCoresMean }) => cpuCoresMean },
  mark: { name: "most in a second", tint: "ink", of: ({ cpuCoresMax }) => cpuCoresMax },
  text: (value) => cores(value),
  tick: numberTick,
};

const MEMORY: BarsChart = {
  id: "summary-memory",
  title: "Memory of the target",
  note: "resident, over the whole run",
  wide: false,
  bar: { name: "mean", tint: "target", of: ({ rssBytesMean }) => rssBytesMean },
  mark: { name: "most", tint: "ink", of: ({ rssBytesMax }) => rssBytesMax },
  text: (value) => bytes(value),
  tick: bytesTick,
};

export function panelsOf({ runs, trends }: Gathered): Panels {
  const some = (...charts: (Chart | undefined)[]) => charts.filter((chart) => chart !== undefined);
  return {
    latency: some(distributionChart(runs)),
    throughput: some(barsChart(THROUGHPUT, runs)),
    resources: some(barsChart(CPU, runs), barsChart(MEMORY, runs)),
    delta: runs
      .flatMap(({ delta: { comparison } }) => comparison ?? [])
      .slice(0, MOST_PANELS)
      .map((comparison, i) => ({
        ...changesChart(comparison),
        id: `summary-delta-${i + 1}`,
        title: oneLine(`${comparison.scenario} ${comparison.profile} to its baseline`),
      })),
    trend: trends.slice(0, MOST_PANELS).map((trend, i) => trendPanel(trend, i)),
  };
}

/** What is asked first, and what moved. */
function trendPanel(trend: Trend, i: number): Chart {
  const metrics = trend.metrics.filter(
    ({ id, direction, shifts }) => TREND_METRICS.has(id) || direction !== "stable" || shifts.length > 0,
  );
  const chart = trendChart({ ...trend, metrics });
  return {
    ...chart,
    id: `summary-trend-${i + 1}`,
    title: oneLine(`${trend.scenario} ${trend.profile}, ${trend.runs.length} runs in ${TREND_DAYS} days`),
  };
}

export function allOf({ latency, throughput, resources, delta, trend }: Panels): Chart[] {
  return [latency, throughput, resources, delta, trend].flat();
}
