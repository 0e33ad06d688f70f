import { latency, percent } from "../format.ts";
import type { Chart, Size } from "../report/charts/chart.ts";
import { type Bar, barsOf, byRarity, decadesOf, rarityAxis } from "../report/charts/distribution.ts";
import { grid, legend, line, valueAxis } from "../report/charts/frame.ts";
import { type IntervalBar, intervalBars } from "../report/charts/interval-bars.ts";
import { latencyScale, latencyTick, linearScale, logScale, tickOf } from "../report/charts/scale.ts";
import { type ColourName, colour } from "../report/palette.ts";
import type { TrendHistogram } from "../windows/histogram.ts";
import type { Comparison, Row } from "./compare.ts";
import { percentOf } from "./verdict.ts";
import { changeText, intervalText } from "./words.ts";

/** All latencies of both runs, in milliseconds. */
export interface Latencies {
  readonly before: TrendHistogram;
  readonly after: TrendHistogram;
}

const ROW = 28;
const HEAD = 10;
const FOOT = 30;
/** Changes past this, in percent, are cut: one wild interval would press the others flat. None falls below -100. */
const MOST = 200;

/** What changed by how much, with intervals; the band is the noise, the red marks are the limits. */
export function changesChart(comparison: Comparison): Chart {
  const { rows, policy } = comparison;
  const height = HEAD + rows.length * ROW + FOOT;
  const arrow = rows.some(isCut) ? `; arrow: goes on beyond +${MOST} %` : "";
  const said = rows.map((row) => `${row.title} ${changeText(row.ratio)} (${intervalText(row)} %)`);
  return {
    id: "compare-changes",
    title: "What changed",
    note: `after to before, with 95 % intervals; band: noise of ${policy.noise} %; red marks: limits; grey: not significant${arrow}`,
    description: `${said.join("; ")}.`,
    wide: true,
    height,
    phoneHeight: height,
    option: (size) => changes(comparison, size),
  };
}

function changes({ rows, policy }: Comparison, size: Size) {
  const left = size.narrow ? 96 : 130;
  const bars = rows.map((row, i): IntervalBar => {
    const sign = row.worse === "more" ? 1 : -1;
    const { warn, fail } = policy[row.family];
    return {
      row: i,
      value: cut(row.ratio),
      low: cut(row.low),
      high: cut(row.high),
      goesOn: isCut(row),
      tint: tintOf(row, policy.significance),
      limits: [warn, fail].flatMap((limit) => (limit === undefined ? [] : [sign * limit])),
    };
  });
  const ends = bars.flatMap(({ low, high, limits = [] }) => [low, high, ...limits]);
  const signed = tickOf((value) => (value === 0 ? "same" : `${value > 0 ? "+" : "−"}${Math.abs(value)} %`));
  const scale = linearScale(ends, signed, size.narrow ? 5 : 9, true);
  const drawn = intervalBars(bars, { level: 0 });
  return {
    grid: { left, right: 24, top: HEAD, height: rows.length * ROW },
    xAxis: valueAxis(scale),
    yAxis: {
      type: "category",
      data: rows.map(({ title }) => title),
      inverse: true,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { fontSize: 12, color: colour("ink"), interval: 0, width: left - 10, overflow: "truncate" },
      splitLine: { show: false },
    },
    series: [
      {
        ...drawn,
        markArea: {
          silent: true,
          itemStyle: { color: colour("ink"), opacity: 0.05 },
          data: [[{ xAxis: -policy.noise }, { xAxis: policy.noise }]],
        },
      },
    ],
  };
}

function isCut({ high }: Row): boolean {
  return percentOf(high) > MOST;
}

function cut(ratio: number): number {
  return Math.min(MOST, percentOf(ratio));
}

function tintOf({ change, adjustedP }: Row, significance: number): ColourName {
  if (adjustedP >= significance) return "unclear";
  if (change === "slower") return "failed";
  return change === "faster" ? "achieved" : "target";
}

const BARS = 48;
const NAMES = { before: "before", after: "after" } as const;
const TINTS: Readonly<Record<keyof Latencies, ColourName>> = { before: "bench", after: "target" };

/** Both distributions of latency, one over the other. */
export function latencyChart(latencies: Latencies): Chart {
  return {
    id: "compare-latency",
    title: "Latency of both",
    note: "share of requests by latency, logarithmic",
    description: both(latencies, 50),
    wide: false,
    option: (size) => overlaid(latencies, size),
  };
}

function both({ before, after }: Latencies, percentile: number): string {
  const of = (histogram: TrendHistogram) => latency(histogram.percentile(percentile) ?? Number.NaN);
  return `p${percentile} was ${of(before)} before and is ${of(after)} after.`;
}

function overlaid({ before, after }: Latencies, size: Size) {
  const range = { min: Math.min(before.min, after.min), max: Math.max(before.max, after.max) };
  const [was, is] = [barsOf(before, BARS, range), barsOf(after, BARS, range)];
  const x = logScale((was[0] as Bar).from, (was.at(-1) as Bar).to, latencyTick, size.narrow ? 5 : 8);
  const share = linearScale(
    [...was, ...is].map((bar) => bar.percent),
    tickOf(percent),
    5,
  );
  const outline = (name: keyof Latencies, bars: readonly Bar[]) =>
    line(
      NAMES[name],
      TINTS[name],
      bars.map((bar) => [Math.log10(bar.from), bar.percent] as const),
      { step: "end", area: true },
    );
  return {
    grid: grid(size, { top: 30 }),
    legend: legend(Object.values(NAMES), size),
    xAxis: valueAxis(x, {
      axisLine: { show: true, onZero: false, lineStyle: { color: colour("axis") } },
      axisTick: { customValues: x.ticks, lineStyle: { color: colour("axis") } },
      splitLine: { show: false },
    }),
    yAxis: valueAxis(share),
    series: [outline("before", was), outline("after", is)],
  };
}

/** Latency by percentile of both: where the tails part. */
export function tailsChart(latencies: Latencies): Chart {
  return {
    id: "compare-percentiles",
    title: "Latency by percentile of both",
    note: "each step right is ten times rarer",
    description: both(latencies, 99),
    wide: false,
    option: (size) => tails(latencies, size),
  };
}

function tails({ before, after }: Latencies, size: Size) {
  const decades = Math.min(decadesOf(before), decadesOf(after));
  const [was, is] = [byRarity(before, decades), byRarity(after, decades)].map((points) =>
    points.slice(0, -1),
  );
  const y = latencyScale([...(was ?? []), ...(is ?? [])].map(([, value]) => value));
  const placed = (name: keyof Latencies, points: readonly [number, number][] = []) =>
    line(
      NAMES[name],
      TINTS[name],
      points.map(([rarity, value]) => [rarity, y.position(value)] as const),
    );
  return {
    grid: grid(size, { top: 30 }),
    legend: legend(Object.values(NAMES), size),
    xAxis: rarityAxis(decades),
    yAxis: valueAxis(y),
    series: [placed("before", was), placed("after", is)],
  };
}
