import { moment } from "../format.ts";
import type { Size } from "../report/charts/chart.ts";
import { oneLine } from "../report/escape.ts";
import { colour } from "../report/palette.ts";
import type { GatheredRun } from "./gather.ts";

/** Charts that have a row a run share their rows: the same run is at the same height in all of them. */

/** Most runs that are drawn; the tables have all. */
export const MOST_ROWS = 24;

/** Of the legend above and the axis below, in pixels. */
const HEAD = 28;
const FOOT = 28;

/** What a row is called: its scenario and profile, and when it began where several are of the same. */
export function rowNames(runs: readonly GatheredRun[]): string[] {
  const names = runs.map(({ run: { scenario, profile } }) => oneLine(`${scenario} ${profile}`));
  return names.map((name, i) => {
    if (names.indexOf(name) === names.lastIndexOf(name)) return name;
    return `${name} ${moment((runs[i] as GatheredRun).run.startedAt).slice(11, 19)}`;
  });
}

/** Height of a chart of so many rows. */
export function heightOf(rows: number, row: number): number {
  return HEAD + rows * row + FOOT;
}

/** Room for the names at the left, in pixels. */
export function namesWidth({ narrow, width }: Size): number {
  return narrow ? 130 : Math.min(200, width / 3);
}

export function rowGrid(size: Size, rows: number, row: number, right: number) {
  return { left: namesWidth(size), right, top: HEAD, height: rows * row };
}

export function rowAxis(names: readonly string[], size: Size) {
  return {
    type: "category",
    data: [...names],
    inverse: true,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: {
      fontSize: size.narrow ? 11 : 12,
      color: colour("ink"),
      interval: 0,
      width: namesWidth(size) - 12,
      overflow: size.narrow ? "break" : "truncate",
    },
    splitLine: { show: false },
  };
}

/** What echarts gives to code that draws an item itself. */
export interface Api {
  value(dimension: number): number;
  coord(point: readonly number[]): [number, number];
}
