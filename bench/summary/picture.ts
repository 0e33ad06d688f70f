import type { Chart } from "../report/charts/chart.ts";
import { drawFile, FONTS } from "../report/charts/draw.ts";
import { html } from "../report/escape.ts";
import { colour } from "../report/palette.ts";

const HEAD = 52;
const GAP = 8;

/**
 * Panels as one picture: wide ones alone, others two by two.
 *
 * @param title text
 * @returns an SVG; undefined without a panel
 */
export function picture(title: string, panels: readonly Chart[]): string | undefined {
  const drawn = panels.map((chart) => {
    const svg = drawFile(chart);
    const [, width = "0", height = "0"] = /^<svg[^>]* width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
    return { svg, wide: chart.wide, width: Number(width), height: Number(height) };
  });
  if (drawn.length === 0) return undefined;
  const half = drawn.find(({ wide }) => !wide)?.width ?? 0;
  const width = Math.max(2 * half, ...drawn.map((one) => one.width));
  const placed: string[] = [];
  let [top, left, row] = [HEAD, 0, 0];
  for (const one of drawn) {
    if (left > 0 && (one.wide || left + one.width > width)) [top, left, row] = [top + row + GAP, 0, 0];
    placed.push(one.svg.replace("<svg", `<svg x="${left}" y="${top}"`));
    left += one.width;
    row = Math.max(row, one.height);
    if (one.wide) [top, left, row] = [top + row + GAP, 0, 0];
  }
  const height = top + row + GAP;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONTS}">`,
    `<rect width="${width}" height="${height}" fill="${colour("paper")}"/>`,
    `<text x="16" y="34" font-size="20" font-weight="600" fill="${colour("ink")}">${html(title)}</text>`,
    ...placed,
    "</svg>\n",
  ].join("\n");
}
