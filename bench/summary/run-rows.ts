import type { Size } from "../report/charts/chart.ts";
import { oneLine } from "../report/escape.ts";
import { colour } from "../report/palette.ts";

/** Charts that have a row a run share their rows: the same run is at the same height in all of them. */

/** Most runs that are drawn; the tables have all. */
export const MOST_ROWS = 24;

/** Of the legend above and the axis below, in pixels. */
const HEAD = 28;
const FOOT = 28;

/** Height of a chart of so many rows. */
export function heightOf(rows: number, row: number): number {
  return HEAD + rows * row + FOOT;
}

/** Room for the names at the left, in pixels, and for characters on one of its lines. */
function namesRoom({ narrow, width }: Size): { readonly width: number; readonly characters: number } {
  if (narrow) return { width: 142, characters: 20 };
  return width > 600 ? { width: 226, characters: 30 } : { width: 178, characters: 25 };
}

export function rowGrid(size: Size, rows: number, row: number, right: number) {
  return { left: namesRoom(size).width, right, top: HEAD, height: rows * row };
}

export function rowAxis(names: readonly string[], size: Size) {
  return {
    type: "category",
    data: [...names],
    inverse: true,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: {
      fontSize: 11,
      lineHeight: 13,
      color: colour("ink"),
      interval: 0,
      // echarts would measure with a font that the reader does not have.
      formatter: (name: string) => inTwoLines(oneLine(name), namesRoom(size).characters),
    },
    splitLine: { show: false },
  };
}

/** A name on at most two lines, broken at a space where there is one. */
export function inTwoLines(name: string, most: number): string {
  if (name.length <= most) return name;
  const space = name.lastIndexOf(" ", most);
  const end = space > 0 ? space : most;
  const rest = name.slice(end).trim();
  const second = rest.length <= most ? rest : `${rest.slice(0, most - 1)}…`;
  return `${name.slice(0, end)}\n${second}`.toWellFormed();
}

/** What echarts gives to code that draws an item itself. */
export interface Api {
  value(dimension: number): number;
  coord(point: readonly number[]): [number, number];
}
