import { clock } from "../../format.ts";
import { type ColourName, colour } from "../palette.ts";
import type { Span, Stretch } from "../timeline.ts";
import type { Size } from "./chart.ts";
import type { Scale } from "./scale.ts";

/** The parts that charts have in common: axes, legend, bands, lines. */

const SMALL = 11;

/** Room for tick labels at the left, in pixels. */
const LABELS = 58;

export interface Room {
  readonly top?: number;
  readonly right?: number;
  readonly bottom?: number;
}

/** A line of the legend and, when phases are marked, one of their names stand above the drawing. */
export function grid({ narrow }: Size, { top = 46, right = narrow ? 10 : 16, bottom = 26 }: Room = {}) {
  return { left: narrow ? LABELS - 6 : LABELS, right, top, bottom };
}

/** A name's characters are about this wide, in pixels. */
const CHARACTER = 6.4;
/** A name's line and the gaps around it. */
const KEY = 14 + 5;

/** Rows that the names of a legend take. */
export function legendRows(names: readonly string[], { width, narrow }: Size): number {
  let [rows, left] = [1, 0];
  for (const name of names) {
    const needed = KEY + name.length * CHARACTER;
    if (left > 0 && left + needed > width) [rows, left] = [rows + 1, 0];
    left += needed + gapOf(narrow);
  }
  return rows;
}

const gapOf = (narrow: boolean) => (narrow ? 12 : 18);

export function legend(names: readonly string[], { narrow }: Size) {
  return {
    data: names.map((name) => ({ name })),
    left: 0,
    top: 0,
    padding: 0,
    itemGap: gapOf(narrow),
    itemWidth: 14,
    itemHeight: 3,
    icon: "rect",
    selectedMode: false,
    textStyle: { fontSize: 12, color: colour("muted") },
  };
}

export function valueAxis(scale: Scale, more: object = {}) {
  return {
    type: "value",
    min: scale.min,
    max: scale.max,
    axisLine: { show: false },
    axisTick: { show: false, customValues: scale.ticks },
    axisLabel: {
      customValues: scale.ticks,
      formatter: scale.label,
      fontSize: SMALL,
      color: colour("muted"),
      hideOverlap: true,
    },
    splitLine: { lineStyle: { color: colour("grid"), width: 1 } },
    ...more,
  };
}

/** Steps a clock can be divided by, in seconds. */
const CLOCK_STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400,
];

/** Time since the first window, in seconds. */
export interface TimeAxis {
  readonly startMs: number;
  readonly seconds: number;
}

/** What a drawing over time has of a run beside its values. */
export interface Times {
  readonly points: readonly Stretch[];
  /** Of a run that has no points. */
  readonly resources: readonly Stretch[];
  readonly phases: readonly Span[];
}

export function timeOf({ points, resources }: Pick<Times, "points" | "resources">): TimeAxis {
  const all = points.length > 0 ? points : resources;
  const startMs = all.reduce((first, { fromMs }) => Math.min(first, fromMs), Number.POSITIVE_INFINITY);
  const endMs = all.reduce((last, { toMs }) => Math.max(last, toMs), Number.NEGATIVE_INFINITY);
  return { startMs, seconds: Math.max(1, (endMs - startMs) / 1000) };
}

export function timeAxis({ seconds }: TimeAxis, { narrow }: Size, more: object = {}) {
  const most = narrow ? 5 : 10;
  const step = CLOCK_STEPS.find((candidate) => seconds / candidate <= most) ?? Math.ceil(seconds / most);
  const ticks = Array.from({ length: Math.floor(seconds / step) + 1 }, (_, i) => i * step);
  return {
    type: "value",
    min: 0,
    max: seconds,
    axisLine: { onZero: false, lineStyle: { color: colour("axis") } },
    axisTick: { customValues: ticks, lineStyle: { color: colour("axis") } },
    axisLabel: {
      customValues: ticks,
      formatter: clock,
      fontSize: SMALL,
      color: colour("muted"),
      alignMinLabel: "left",
    },
    splitLine: { show: false },
    ...more,
  };
}

/** A point lies in the middle of its time. */
export function middle({ startMs }: TimeAxis, { fromMs, toMs }: Stretch): number {
  return ((fromMs + toMs) / 2 - startMs) / 1000;
}

export interface LineStyle {
  readonly width?: number;
  readonly type?: "solid" | "dashed" | "dotted";
  readonly step?: "start" | "middle" | "end";
  readonly area?: boolean;
}

/** A line, broken where there is no value; a value on its own is a dot, because a line needs two. */
export function line(
  name: string,
  tint: ColourName,
  data: readonly (readonly [number, number | null])[],
  { width = 1.75, type = "solid", step, area = false }: LineStyle = {},
) {
  const sparse = data.filter(([, value]) => value !== null).length < 3;
  return {
    name,
    type: "line",
    data,
    silent: true,
    emphasis: { disabled: true },
    symbol: "circle",
    symbolSize: 6,
    showSymbol: sparse,
    connectNulls: false,
    ...(step && { step }),
    lineStyle: { color: colour(tint), width, type, join: "round" },
    itemStyle: { color: colour(tint) },
    ...(area && { areaStyle: { color: colour(tint), opacity: 0.14 } }),
  };
}

/** More bands than this would be a bar code. */
const MAX_BANDS = 40;

/** Phases as bands, every other one shaded, each named above if there is room for its name. */
export function bands(spans: readonly Span[], time: TimeAxis, size: Size) {
  const pixels = (size.width - LABELS - 16) / time.seconds;
  const data = (spans.length > MAX_BANDS ? [] : spans).map(({ name, fromMs, toMs }, i) => {
    const from = Math.max(0, (fromMs - time.startMs) / 1000);
    const to = Math.min(time.seconds, (toMs - time.startMs) / 1000);
    const fits = (to - from) * pixels > name.length * CHARACTER + 4;
    return [
      {
        xAxis: from,
        name,
        itemStyle: { color: colour("ink"), opacity: i % 2 === 0 ? 0.04 : 0 },
        label: { show: fits, position: "top", distance: 3, fontSize: SMALL, color: colour("muted") },
      },
      { xAxis: to },
    ];
  });
  return {
    name: "phases",
    type: "line",
    data: [],
    silent: true,
    z: 0,
    lineStyle: { color: colour("ink"), width: 0 },
    itemStyle: { color: colour("ink") },
    markArea: { silent: true, data, label: { formatter: ({ name }: { name: string }) => name } },
  };
}

/** A dashed level across the drawing, named at its right end. */
export function level(position: number, name: string, tint: ColourName) {
  return {
    yAxis: position,
    lineStyle: { color: colour(tint), width: 1, type: [5, 4], opacity: 0.9 },
    label: {
      show: true,
      position: "insideEndTop",
      distance: 2,
      formatter: () => name,
      fontSize: SMALL,
      color: colour(tint),
      // Where a line runs through the name, the name stays readable.
      textBorderColor: colour("paper"),
      textBorderWidth: 3,
    },
  };
}

/** An upright line, named at its top. */
export function upright(position: number, name: string, tint: ColourName, distance = 3) {
  return {
    xAxis: position,
    lineStyle: { color: colour(tint), width: 1.25, type: "solid" },
    label: {
      show: true,
      position: "end",
      rotate: 0,
      distance,
      formatter: () => name,
      fontSize: SMALL,
      color: colour(tint),
    },
  };
}

export function marks(lines: readonly object[]) {
  return { markLine: { silent: true, symbol: "none", animation: false, data: lines } };
}
