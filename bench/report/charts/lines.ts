import { limitInUnit, opSign } from "../../format.ts";
import type { SlaResult } from "../../results/run-schema.ts";
import { plain } from "../escape.ts";
import { type Course, coursesOf, type Family, type Figures } from "../figures.ts";
import { type ColourName, LINES } from "../palette.ts";
import type { Stretch } from "../timeline.ts";
import type { Chart, Size } from "./chart.ts";
import {
  bands,
  grid,
  type LineStyle,
  legend,
  legendRows,
  level,
  line,
  marks,
  middle,
  type Times,
  timeAxis,
  timeOf,
  valueAxis,
} from "./frame.ts";
import { latencyScale, linearScale } from "./scale.ts";

/** A line of a chart over time. */
export interface Trace extends Course {
  readonly tint: ColourName;
  readonly style?: LineStyle;
}

/** A level that a line must not cross. */
export interface Limit {
  readonly value: number;
  readonly name: string;
  readonly tint: ColourName;
}

export interface LinesChart {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  /** What it shows in words; the greatest value of each line, unless said. */
  readonly description?: string;
  readonly timeline: Times;
  /** What the values of the traces belong to. */
  readonly stretches: readonly Stretch[];
  readonly traces: readonly Trace[];
  readonly limits?: readonly Limit[];
  /** `latency` is logarithmic where values lie far apart; `signed` goes below zero. */
  readonly scale?: "linear" | "latency" | "signed";
  /** A value beside its axis, and in words. */
  readonly tick: (value: number) => string;
  readonly text: (value: number) => string;
  readonly wide?: boolean;
  readonly height?: number;
  readonly phoneHeight?: number;
}

/** Room above the line of a limit for its label. */
const HEADROOM = 1.15;

/** Lines over time with the phases behind them and the limits of the SLA across: what most charts are. */
export function linesChart(chart: LinesChart): Chart {
  const { id, title, note, traces, text, wide = false, height, phoneHeight } = chart;
  const shown = traces.filter(({ values }) => values.some((value) => value !== null));
  const greatest = shown.map(
    ({ name, values }) =>
      `${plain(name)} at most ${text(values.reduce<number>((most, value) => Math.max(most, value ?? most), Number.NEGATIVE_INFINITY))}`,
  );
  return {
    id,
    title,
    note,
    description:
      chart.description ?? (shown.length > 0 ? `${greatest.join(", ")}.` : "Nothing was measured."),
    wide,
    ...(height !== undefined && { height }),
    ...(phoneHeight !== undefined && { phoneHeight }),
    option: shown.length === 0 ? undefined : (size) => option(chart, shown, size),
  };
}

function option(chart: LinesChart, traces: readonly Trace[], size: Size) {
  const { timeline, stretches, limits = [] } = chart;
  const time = timeOf(timeline);
  const endMs = time.startMs + time.seconds * 1000;
  const within = stretches.map(({ fromMs, toMs }) => toMs > time.startMs && fromMs < endMs);
  const values = traces.flatMap((trace) => trace.values.filter((value, i) => value !== null && within[i]));
  const scale = scaleOf(chart, [...(values as number[]), ...limits.map(({ value }) => value * HEADROOM)]);
  const levels = limits.map(({ value, name, tint }) => level(scale.position(value), name, tint));
  const series = traces.map(({ name, tint, style, values }, n) => ({
    ...line(
      plain(name),
      tint,
      stretches.flatMap((stretch, i) => {
        const value = values[i] ?? null;
        return within[i]
          ? [[middle(time, stretch), value === null ? null : scale.position(value)] as const]
          : [];
      }),
      style,
    ),
    ...(n === 0 && marks(levels)),
  }));
  const names = traces.map(({ name }) => plain(name));
  return {
    grid: grid(size, { top: 46 + (legendRows(names, size) - 1) * 18 }),
    legend: legend(names, size),
    xAxis: timeAxis(time, size),
    yAxis: valueAxis(scale),
    series: [bands(timeline.phases, time, size), ...series],
  };
}

function scaleOf({ scale = "linear", tick }: LinesChart, values: readonly number[]) {
  return scale === "latency" ? latencyScale(values) : linearScale(values, tick, 6, scale === "signed");
}

/** Lines that are known before a run, with their colours and their places: before or behind those that are not. */
const KNOWN: Readonly<Record<string, readonly [ColourName, place: number]>> = {
  target: ["target", -1],
  k6: ["k6", 1],
  bench: ["bench", 2],
  other: ["unclear", 3],
  stolen: ["p999", 4],
  sent: ["asked", -2],
  fulfilled: ["achieved", -1],
  failed: ["failed", 1],
  none: ["unclear", -1],
  full: ["full", 1],
};

/** The lines of a family by their names, each with a colour; past the last colour they begin again, dashed. */
export function tracesOf(family: Family, stretches: readonly { readonly figures: Figures }[]): Trace[] {
  let next = 0;
  const place = ({ name }: Course) => KNOWN[name]?.[1] ?? 0;
  const inOrder = coursesOf(family, stretches).toSorted(
    (a, b) => place(a) - place(b) || (a.name < b.name ? -1 : 1),
  );
  return inOrder.map((course) => {
    const known = KNOWN[course.name]?.[0];
    if (known) return { ...course, tint: known };
    const n = next++;
    return {
      ...course,
      tint: LINES[n % LINES.length] as ColourName,
      ...(n >= LINES.length && { style: { type: "dashed" as const } }),
    };
  });
}

/** Rows of the SLA as levels: which part of the target, the statistic, and the limit. */
export function limitsOf(rows: readonly SlaResult[], tint: (row: SlaResult) => ColourName): Limit[] {
  const limits = rows.map((row) => ({
    value: row.limit,
    name: `${ofWhom(row)}${row.stat} ${opSign(row.op)} ${limitInUnit(row.limit, row.unit)}`,
    tint: tint(row),
  }));
  return limits.filter(({ name }, i) => limits.findIndex((one) => one.name === name) === i);
}

function ofWhom({ metric, tags }: SlaResult): string {
  if (tags.member !== undefined) return `${plain(tags.member)} `;
  return metric.startsWith("target_") ? "target " : "";
}
