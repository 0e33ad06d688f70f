import { changeText, valueText } from "../compare/words.ts";
import type { Chart, Size } from "../report/charts/chart.ts";
import { line, marks, upright, valueAxis } from "../report/charts/frame.ts";
import { bytesTick, latencyTick, linearScale, numberTick } from "../report/charts/scale.ts";
import { colour } from "../report/palette.ts";
import type { MetricTrend, Trend } from "./trend.ts";
import { commitText, shiftsOf } from "./words.ts";

const PANEL = 84;
/** Room above a panel, for its name and the names of commits. */
const HEAD = 40;
/** Of the name within it, clear of the panel above. */
const NAME = 9;
const FOOT = 30;

/** Every metric over runs: its level between shifts, the shifts by commit, and odd runs. */
export function trendChart(trend: Trend): Chart {
  const { scenario, profile, runs, metrics } = trend;
  const height = metrics.length * (PANEL + HEAD) + FOOT;
  const said = shiftsOf(metrics);
  return {
    id: "trend",
    title: `${scenario} ${profile}, ${runs.length} runs`,
    note: "pale: level between shifts; upright: a shift, and the commit it came with; ring: an odd run",
    description: said.length > 0 ? `${said.join("; ")}.` : "No metric shifted.",
    wide: true,
    height,
    phoneHeight: height,
    option: (size) => option(trend, size),
  };
}

function option({ runs, metrics }: Trend, size: Size) {
  const left = 64;
  const ticks = datesAt(runs.length, size.narrow ? 3 : 8);
  return {
    title: metrics.map(({ title, now, unit, direction }, i) => ({
      text: `${title}  ${valueText(now, { unit })}, ${direction}`,
      left: 0,
      top: i * (PANEL + HEAD) + NAME,
      padding: 0,
      textStyle: { fontSize: 12, fontWeight: 400, color: colour("muted") },
    })),
    grid: metrics.map((_, i) => ({
      left,
      right: 24,
      top: i * (PANEL + HEAD) + HEAD,
      height: PANEL,
    })),
    xAxis: metrics.map((_, i) => ({
      type: "value",
      gridIndex: i,
      min: -0.5,
      max: runs.length - 0.5,
      axisLine: { onZero: false, lineStyle: { color: colour("axis") } },
      axisTick: { customValues: ticks, lineStyle: { color: colour("axis") } },
      axisLabel: {
        show: i === metrics.length - 1,
        customValues: ticks,
        formatter: (at: number) => runs[at]?.at.slice(0, 10) ?? "",
        fontSize: 11,
        color: colour("muted"),
      },
      splitLine: { show: false },
    })),
    yAxis: metrics.map(({ values, unit }, i) => {
      const tick = unit === "ms" ? latencyTick : unit === "bytes" ? bytesTick : numberTick;
      const known = values.filter((value) => value !== null);
      return valueAxis(linearScale(known, tick, 4), { gridIndex: i });
    }),
    series: metrics.flatMap(panel),
  };
}

/** Which runs have their date below. */
function datesAt(runs: number, most: number): number[] {
  const step = Math.max(1, Math.ceil(runs / most));
  return Array.from({ length: Math.ceil(runs / step) }, (_, i) => i * step);
}

function panel({ values, shifts, odd }: MetricTrend, index: number) {
  const axes = { xAxisIndex: index, yAxisIndex: index };
  const ends = [0, ...shifts.map((shift) => shift.index), values.length];
  const levels = ends.slice(1).flatMap((to, i): [number, number | null][] => {
    const from = ends[i] as number;
    // As the trend has it: what fell to 0 is no level.
    const own = values.slice(from, to).filter((value) => value !== null && value > 0) as number[];
    const level = Math.exp(own.reduce((sum, value) => sum + Math.log(value), 0) / own.length);
    return [
      [from - 0.5, level],
      [to - 0.5, level],
      [to - 0.5, null],
    ];
  });
  const uprights = shifts.map((shift) =>
    upright(
      shift.index - 0.5,
      `${commitText(shift.commit)} ${changeText(shift.ratio)}`,
      shift.ratio > 1 ? "failed" : "achieved",
    ),
  );
  return [
    { ...line("level", "asked", levels, { width: 6 }), ...axes, showSymbol: false },
    {
      ...line(
        "runs",
        "target",
        values.map((value, i) => [i, value] as const),
      ),
      ...axes,
      ...marks(uprights),
    },
    {
      name: "odd",
      type: "scatter",
      silent: true,
      ...axes,
      data: odd.map(({ index: at }) => [at, values[at]]),
      symbolSize: 11,
      itemStyle: { color: "transparent", borderColor: colour("dropped"), borderWidth: 2 },
    },
  ];
}
