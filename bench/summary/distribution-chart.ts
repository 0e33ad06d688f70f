import { latency } from "../format.ts";
import type { Chart, Size } from "../report/charts/chart.ts";
import { barsOf } from "../report/charts/distribution.ts";
import { legend, line, valueAxis } from "../report/charts/frame.ts";
import { latencyTick, logScale } from "../report/charts/scale.ts";
import { colour } from "../report/palette.ts";
import type { GatheredRun } from "./gather.ts";
import { type Api, heightOf, MOST_ROWS, rowAxis, rowGrid } from "./run-rows.ts";
import { drawnNames } from "./words.ts";

const ROW = 46;
/** Of a row's height, the tallest bar. */
const TALLEST = 0.8;
const BARS = 120;
const PERCENTILES = ["p50", "p95", "p99"] as const;

/** How latency spreads in each run: a histogram a row on one logarithmic axis, with the percentiles marked. */
export function distributionChart(all: readonly GatheredRun[]): Chart | undefined {
  const runs = all.filter(({ scope }) => scope.latency.n > 0).slice(0, MOST_ROWS);
  if (runs.length === 0) return undefined;
  const height = heightOf(runs.length, ROW);
  const names = drawnNames(runs.map(({ run }) => run));
  const said = runs.map(({ scope }, i) => {
    const at = (percent: number) => latency(scope.latency.percentile(percent) as number);
    return `${names[i]}: p50 ${at(50)}, p95 ${at(95)}, p99 ${at(99)}`;
  });
  return {
    id: "summary-latency",
    title: "Latency",
    note: "share of requests by latency, logarithmic; each run as high as its most frequent latency",
    description: `${said.join("; ")}.`,
    wide: true,
    height,
    phoneHeight: height,
    option: (size) => option(runs, names, size),
  };
}

function option(runs: readonly GatheredRun[], names: readonly string[], size: Size) {
  const latencies = runs.map(({ scope }) => scope.latency);
  const range = {
    min: Math.min(...latencies.map(({ min }) => min)),
    max: Math.max(...latencies.map(({ max }) => max)),
  };
  const x = logScale(Math.max(range.min, 0.001), range.max, latencyTick, size.narrow ? 4 : 9);
  const rows = latencies.map((one) => {
    const bars = barsOf(one, BARS, range);
    const most = Math.max(...bars.map(({ percent }) => percent));
    return {
      bars: bars.map(({ from, to, percent }) => ({ from, to, share: percent / most })),
      percentiles: PERCENTILES.map((stat) => ({
        stat,
        value: one.percentile(Number(stat.slice(1))) as number,
      })),
    };
  });
  return {
    grid: rowGrid(size, rows.length, ROW, 24),
    legend: legend(PERCENTILES, size),
    xAxis: valueAxis(x),
    yAxis: rowAxis(names, size),
    series: [
      {
        type: "custom",
        silent: true,
        clip: true,
        data: rows.map((_, i) => [x.min, i]),
        renderItem: ({ dataIndex }: { dataIndex: number }, api: Api) =>
          drawnRow(rows[dataIndex] as (typeof rows)[number], dataIndex, x.position, api),
      },
      ...PERCENTILES.map((stat) => line(stat, stat, [])),
    ],
  };
}

interface RowOfBars {
  readonly bars: readonly { readonly from: number; readonly to: number; readonly share: number }[];
  readonly percentiles: readonly { readonly stat: (typeof PERCENTILES)[number]; readonly value: number }[];
}

function drawnRow({ bars, percentiles }: RowOfBars, row: number, position: (ms: number) => number, api: Api) {
  const at = (ms: number) => api.coord([position(ms), row])[0];
  const foot = api.coord([0, row])[1] + (ROW * TALLEST) / 2;
  const shown = bars.filter(({ share }) => share > 0);
  return {
    type: "group",
    children: [
      ...shown.map(({ from, to, share }) => {
        const [left, right] = [at(from), at(to)];
        const height = Math.max(0.75, share * ROW * TALLEST);
        return {
          type: "rect",
          shape: { x: left, y: foot - height, width: Math.max(0.75, right - left), height },
          style: { fill: colour("asked") },
        };
      }),
      ...percentiles.map(({ stat, value }) => ({
        type: "line",
        shape: { x1: at(value), x2: at(value), y1: foot - ROW * TALLEST, y2: foot },
        style: { fill: "none", stroke: colour(stat), lineWidth: 2 },
      })),
    ],
  };
}
