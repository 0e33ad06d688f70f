import { count, latency } from "../../format.ts";
import type { Estimate, Findings } from "../../results/run-schema.ts";
import { plain } from "../escape.ts";
import { colour } from "../palette.ts";
import type { Chart, Size } from "./chart.ts";
import { valueAxis } from "./frame.ts";
import { intervalBars } from "./interval-bars.ts";
import { linearScale, type Scale, tickOf } from "./scale.ts";

type Overhead = NonNullable<Findings["overhead"]>;

const ROW = 26;
const HEAD = 26;
const FOOT = 30;

/** interceptor-overhead: what each variant adds, with its interval; grey where the interval holds zero. */
export function overheadChart(overhead: Overhead): Chart {
  const { rows, baseline, resamples } = overhead;
  const clear = rows.filter(({ addedP50Us }) => addedP50Us.distinguishable).length;
  const height = HEAD + rows.length * ROW + FOOT;
  return {
    id: "overhead",
    title: "What each interceptor adds",
    note: `to a request with variant ${plain(baseline.variant)}; bars: 95 % bootstrap interval (${count(resamples)} resamples); grey: not distinguishable from zero`,
    description: `${clear} of ${rows.length} variants add a latency that is distinguishable from zero.`,
    wide: true,
    height,
    phoneHeight: height * panelsOf(overhead).length,
    option: rows.length === 0 ? undefined : (size) => option(overhead, size),
  };
}

interface Panel {
  readonly title: string;
  readonly estimates: readonly (Estimate | null)[];
}

function panelsOf({ rows }: Overhead): Panel[] {
  const cpu = rows.map(({ addedCpuUs }) => addedCpuUs);
  return [
    { title: "added latency p50", estimates: rows.map(({ addedP50Us }) => addedP50Us) },
    ...(cpu.some((estimate) => estimate !== null) ? [{ title: "added CPU time", estimates: cpu }] : []),
  ];
}

/** Panels side by side, one above the other on a phone. */
function option(overhead: Overhead, size: Size) {
  const names = overhead.rows.map(({ variant }) => plain(variant));
  const panels = panelsOf(overhead);
  const left = size.narrow ? 96 : 130;
  const gap = 64;
  const across = size.narrow ? 1 : panels.length;
  const width = (size.width - left - 24 - gap * (across - 1)) / across;
  const height = names.length * ROW;
  const drawing = panels.map(({ title, estimates }, i) => {
    const x = left + (size.narrow ? 0 : i * (width + gap));
    const y = size.narrow ? i * (HEAD + height + FOOT) : 0;
    return {
      title: {
        text: title,
        left: x,
        top: y,
        padding: 0,
        textStyle: { fontSize: 12, fontWeight: 400, color: colour("muted") },
      },
      grid: { left: x, width, top: y + HEAD, height },
      xAxis: valueAxis(scaleOf(estimates, size), { gridIndex: i }),
      yAxis: {
        type: "category",
        gridIndex: i,
        data: names,
        inverse: true,
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: {
          show: size.narrow || i === 0,
          fontSize: 12,
          color: colour("ink"),
          interval: 0,
          width: left - 10,
          overflow: "truncate",
        },
        splitLine: { show: false },
      },
      series: intervals(estimates, i),
    };
  });
  return {
    title: drawing.map(({ title }) => title),
    grid: drawing.map(({ grid }) => grid),
    xAxis: drawing.map(({ xAxis }) => xAxis),
    yAxis: drawing.map(({ yAxis }) => yAxis),
    series: drawing.map(({ series }) => series),
  };
}

function scaleOf(estimates: readonly (Estimate | null)[], size: Size): Scale {
  const ends = estimates.flatMap((estimate) => (estimate ? [estimate.low, estimate.high] : []));
  const us = tickOf((value) => (value === 0 ? "0" : latency(value / 1000)));
  return linearScale(ends, us, size.narrow ? 5 : 7, true);
}

function intervals(estimates: readonly (Estimate | null)[], index: number) {
  const bars = estimates.flatMap((estimate, row) =>
    estimate ? [{ row, ...estimate, tint: estimate.distinguishable ? "target" : "unclear" } as const] : [],
  );
  return intervalBars(bars, { index, level: 0 });
}
