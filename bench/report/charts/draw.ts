import { init } from "echarts/dist/echarts.esm.min";
import { html } from "../escape.ts";
import { colour, themable } from "../palette.ts";
import type { Chart, Size } from "./chart.ts";

// The one-file build loads in a tenth of the time of echarts' several hundred modules.

/** System fonts in a browser; Inter, which the project brings along, where an SVG becomes a PNG. */
export const FONTS =
  "system-ui, -apple-system, 'Segoe UI', Roboto, Inter, 'Helvetica Neue', Arial, sans-serif";

const WIDE: Size = { width: 1096, height: 300, narrow: false };
const HALF: Size = { width: 532, height: 250, narrow: false };
const PHONE: Size = { width: 358, height: 240, narrow: true };

/** A chart without data says so and takes no room. */
const EMPTY_HEIGHT = 88;

/** Room above the drawing of a file of its own, for title and note. */
const TITLE_HEIGHT = 58;
const MARGIN = 16;

/** A chart for the page, in CSS variables: one drawing for a wide window, one for a phone. */
export interface PageDrawing {
  readonly wide: string;
  readonly phone: string;
}

export function drawForPage(chart: Chart): PageDrawing {
  return {
    wide: themable(plot(chart, sizeOf(chart), `${chart.id}-w`, true)),
    phone: themable(plot(chart, phoneSizeOf(chart), `${chart.id}-n`, true)),
  };
}

/** A chart as an SVG file of its own, in light colours, with title and note in it. */
export function drawFile(chart: Chart): string {
  const size = sizeOf(chart);
  const width = size.width + 2 * MARGIN;
  const height = size.height + TITLE_HEIGHT + MARGIN;
  const inner = plot(chart, size, chart.id, false).replace("<svg", `<svg x="${MARGIN}" y="${TITLE_HEIGHT}"`);
  const text = (y: number, px: number, weight: number, fill: string, content: string) =>
    `<text x="${MARGIN}" y="${y}" font-size="${px}" font-weight="${weight}" fill="${fill}">${html(content)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
    ` role="img" aria-labelledby="${chart.id}-title ${chart.id}-desc" font-family="${FONTS}">`,
    `<title id="${chart.id}-title">${html(chart.title)}</title>`,
    `<desc id="${chart.id}-desc">${html(chart.description)}</desc>`,
    `<rect width="${width}" height="${height}" fill="${colour("paper")}"/>`,
    text(28, 16, 600, colour("ink"), chart.title),
    text(46, 12, 400, colour("muted"), fitted(chart.note, size.width)),
    inner,
    "</svg>\n",
  ].join("");
}

/** An average character of the note is this wide, in pixels. */
const NOTE_CHARACTER = 6;

function fitted(note: string, width: number): string {
  const most = Math.floor(width / NOTE_CHARACTER);
  return note.length <= most ? note : `${note.slice(0, most - 1)}…`;
}

function sizeOf(chart: Chart): Size {
  const size = chart.wide ? WIDE : HALF;
  return { ...size, height: chart.option ? (chart.height ?? size.height) : EMPTY_HEIGHT };
}

function phoneSizeOf(chart: Chart): Size {
  const height = chart.phoneHeight ?? chart.height ?? PHONE.height;
  return { ...PHONE, height: chart.option ? height : EMPTY_HEIGHT };
}

function plot(chart: Chart, size: Size, id: string, labelled: boolean): string {
  const drawing = drawingOf(chart, size);
  const label = labelled ? ` role="img" aria-labelledby="${id}-title ${id}-desc"` : ' role="presentation"';
  const words = labelled
    ? `<title id="${id}-title">${html(chart.title)}</title><desc id="${id}-desc">${html(chart.description)}</desc>`
    : "";
  return tidied(drawing, id).replace(
    /^<svg([^>]*)>/,
    (_, attributes: string) => `<svg${attributes}${label}>${words}`,
  );
}

/** Drawings for a wide window: page and file show the same, and drawing is most of a report's time. */
const drawings = new WeakMap<Chart, string>();

function drawingOf(chart: Chart, size: Size): string {
  if (!chart.option) return nothing(size);
  if (size.narrow) return drawn(chart.option(size), size);
  const known = drawings.get(chart) ?? drawn(chart.option(size), size);
  drawings.set(chart, known);
  return known;
}

/**
 * Takes out what a still picture does not need (hover styles, indices into the data, a font on every label), and
 * gives ids a name of their own: several drawings share a page. Text is safe from it, because its quotes are escaped.
 */
function tidied(svg: string, id: string): string {
  return svg
    .replace(/<style[\s\S]*?<\/style>/g, "")
    .replace(/ (ecmeta_\w+|class|pointer-events)="[^"]*"/g, "")
    .replaceAll(`font-family:${FONTS};`, "")
    .replace(/(id="|url\(#|href="#)zr\d+-/g, `$1${id}-`);
}

function drawn(option: object, { width, height }: Size): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: "transparent",
      textStyle: { fontFamily: FONTS, color: colour("ink") },
      ...option,
    });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

function nothing({ width, height }: Size): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" fill="none" stroke="${colour("grid")}"/>` +
    `<text x="${width / 2}" y="${height / 2}" text-anchor="middle" font-size="13" font-family="${FONTS}"` +
    ` fill="${colour("muted")}">no data</text></svg>`
  );
}
