import { count, latency, percent } from "../../format.ts";
import type { Run } from "../../results/run-schema.ts";
import type { TrendHistogram } from "../../windows/histogram.ts";
import { colour } from "../palette.ts";
import { latencyLimits, type Scope } from "../scope.ts";
import type { Chart, Size } from "./chart.ts";
import { grid, legend, line, marks, upright, valueAxis } from "./frame.ts";
import { latencyScale, latencyTick, linearScale, logScale, tickOf } from "./scale.ts";

/** Bars of the histogram; each is a constant ratio wide. */
const BARS = 64;

/** Share of requests by latency, on a logarithmic axis, with the percentiles marked. */
export function histogramChart(scope: Scope): Chart {
  const { n } = scope.latency;
  const summary = scope.latency.summary();
  return {
    id: "histogram",
    title: "Latency histogram",
    note: n === 0 ? "no request was answered" : `share of ${count(n)} requests (${scope.name}), logarithmic`,
    description: summary
      ? `Half of the requests took up to ${latency(summary.p50)}, 95 % up to ${latency(summary.p95)}, 99 % up to ${latency(summary.p99)}.`
      : "No request was answered.",
    wide: false,
    option: n === 0 ? undefined : (size) => histogram(scope.latency, size),
  };
}

function histogram(latencies: TrendHistogram, size: Size) {
  const bars = barsOf(latencies);
  const first = bars[0] as Bar;
  const last = bars.at(-1) as Bar;
  const x = logScale(first.from, last.to, latencyTick, size.narrow ? 5 : 8);
  const share = linearScale(
    bars.map((bar) => bar.percent),
    tickOf(percent),
    5,
  );
  const percentiles = (["p50", "p95", "p99"] as const)
    .map((stat) => ({
      stat,
      value: latencies.percentile(Number(stat.slice(1))) as number,
    }))
    .map(({ stat, value }) => ({ stat, value, name: `${stat} ${latency(value)}` }));
  return {
    grid: grid(size, { top: 30 }),
    legend: legend(
      percentiles.map(({ name }) => name),
      size,
    ),
    xAxis: valueAxis(x, {
      axisLine: { show: true, onZero: false, lineStyle: { color: colour("axis") } },
      axisTick: { customValues: x.ticks, lineStyle: { color: colour("axis") } },
      splitLine: { show: false },
    }),
    yAxis: valueAxis(share),
    series: [
      {
        type: "custom",
        silent: true,
        data: bars.map((bar) => [Math.log10(bar.from), Math.log10(bar.to), bar.percent]),
        encode: { x: [0, 1], y: 2 },
        renderItem: (_: unknown, api: Api) => {
          const [left, top] = api.coord([api.value(0), api.value(2)]);
          const [right, bottom] = api.coord([api.value(1), 0]);
          const width = Math.max(0.5, right - left - 1);
          return {
            type: "rect",
            shape: { x: left, y: top, width, height: bottom - top },
            style: { fill: colour("target"), opacity: 0.75 },
          };
        },
      },
      // The legend says which is which, since the marks often stand too close for labels of their own.
      ...percentiles.map(({ name, stat, value }) => ({
        ...line(name, stat, []),
        ...marks([upright(x.position(value), "", stat)]),
      })),
    ],
  };
}

interface Api {
  value(dimension: number): number;
  coord(point: readonly number[]): [number, number];
}

export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly percent: number;
}

/** The counts of a histogram in bars of equal ratio, from the least latency to the greatest. */
export function barsOf(
  latencies: TrendHistogram,
  most = BARS,
  { min, max }: { readonly min: number; readonly max: number } = latencies,
): Bar[] {
  const low = Math.max(min, 0.001);
  const high = Math.max(max, low * 1.05);
  const ratio = Math.log(high / low) / most;
  const counts = new Array<number>(most).fill(0);
  latencies.forEachBucket((value, samples) => {
    const at = Math.floor(Math.log(Math.max(value, low) / low) / ratio);
    const bar = Math.min(most - 1, Math.max(0, at));
    counts[bar] = (counts[bar] as number) + samples;
  });
  return counts.map((samples, i) => ({
    from: low * Math.exp(i * ratio),
    to: low * Math.exp((i + 1) * ratio),
    percent: (100 * samples) / latencies.n,
  }));
}

/** Latency by percentile, the tail stretched: each step to the right is ten times rarer (as HdrHistogram plots it). */
export function percentileChart(run: Run, scope: Scope): Chart {
  const { n } = scope.latency;
  return {
    id: "percentiles",
    title: "Latency by percentile",
    note: n === 0 ? "no request was answered" : `each step right is ten times rarer (${scope.name})`,
    description:
      n === 0
        ? "No request was answered."
        : `p90 ${latency(scope.latency.percentile(90) as number)}, p99.9 ${latency(scope.latency.percentile(99.9) as number)}, greatest ${latency(scope.latency.max)}.`,
    wide: false,
    option: n === 0 ? undefined : (size) => byPercentile(run, scope.latency, size),
  };
}

/** Points a decade of rarity. */
const PER_DECADE = 24;

function byPercentile(run: Run, latencies: TrendHistogram, size: Size) {
  const decades = decadesOf(latencies);
  const points = byRarity(latencies, decades);
  const limits = limitSteps(run, decades);
  const y = latencyScale([...points, ...limits].map(([, value]) => value));
  const placed = (steps: readonly [number, number][]) =>
    steps.map(([rarity, value]) => [rarity, y.position(value)] as const);
  return {
    grid: grid(size, { top: 30 }),
    legend: legend(limits.length > 0 ? ["measured", "SLA"] : ["measured"], size),
    xAxis: rarityAxis(decades),
    yAxis: valueAxis(y),
    series: [
      line("SLA", "limit", placed(limits), { type: "dashed", width: 1.25 }),
      line("measured", "target", placed(points)),
    ],
  };
}

/** How many times rarer than all the rarest sample is, as a power of ten. */
export function decadesOf({ n }: Pick<TrendHistogram, "n">): number {
  return Math.max(1, Math.min(6, Math.log10(n)));
}

/** Latency in milliseconds by rarity: 0 is all, 1 the slowest tenth, 2 the slowest hundredth. */
export function byRarity(latencies: TrendHistogram, decades: number): [number, number][] {
  const points: [number, number][] = [];
  for (let i = 0; i <= decades * PER_DECADE; i++) {
    const rarity = i / PER_DECADE;
    points.push([rarity, latencies.percentile(100 * (1 - 10 ** -rarity)) as number]);
  }
  points.push([decades, latencies.max]);
  return points;
}

export function rarityAxis(decades: number) {
  const ticks = Array.from({ length: Math.floor(decades + 1e-9) + 1 }, (_, i) => i);
  return {
    type: "value",
    min: 0,
    max: decades,
    axisLine: { onZero: false, lineStyle: { color: colour("axis") } },
    axisTick: { customValues: ticks, lineStyle: { color: colour("axis") } },
    axisLabel: {
      customValues: ticks,
      formatter: (rarity: number) =>
        rarity === 0 ? "0" : `p${Number((100 * (1 - 10 ** -rarity)).toFixed(4))}`,
      fontSize: 11,
      color: colour("muted"),
      alignMinLabel: "left",
    },
    splitLine: { show: true, lineStyle: { color: colour("grid") } },
  };
}

/**
 * The limits as steps, as HdrHistogram's plotter draws an SLA: a limit on p95 bounds every percentile up to p95,
 * and the measured line must stay below.
 */
function limitSteps(run: Run, decades: number): [number, number][] {
  const corners = latencyLimits(run)
    .map(({ stat, limit }) => ({ rarity: -Math.log10(1 - Number(stat.slice(1)) / 100), limit }))
    .sort((a, b) => a.rarity - b.rarity);
  return corners.flatMap(({ rarity, limit }, i): [number, number][] => [
    [corners[i - 1]?.rarity ?? 0, limit],
    [Math.min(rarity, decades), limit],
  ]);
}
