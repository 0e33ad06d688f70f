import { readFileSync } from "node:fs";
import type { Chart } from "./charts/chart.ts";
import { drawForPage } from "./charts/draw.ts";
import {
  type Cell,
  type Fact,
  NOT_CLEAR,
  type RowState,
  type TableBlock,
  type VerdictState,
} from "./document.ts";
import { html as text } from "./escape.ts";
import { variables } from "./palette.ts";

/** What pages have in common: the frame, facts, tables, charts and signs. */

const STYLE = readFileSync(new URL("report.css", import.meta.url), "utf8");

/** A whole page as one file: no script, no font, no image and no request, so it opens from a disk, a mail or a CI artifact. */
export function page({
  title,
  state,
  body,
}: {
  /** Text. */
  readonly title: string;
  readonly state: VerdictState;
  /** HTML. */
  readonly body: string;
}): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Plimsoll">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${text(title)}</title>
<link rel="icon" href="data:,">
<style>
${style()}
</style>
</head>
<body class="${state}">
${body}
</body>
</html>
`;
}

function style(): string {
  return [
    `:root{${variables("light")}}`,
    `@media screen and (prefers-color-scheme:dark){:root{${variables("dark")}}}`,
    STYLE,
  ].join("\n");
}

/** The load line of a ship's hull. */
export const MARK =
  '<svg class="mark" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><circle cx="12" cy="12" r="8" fill="none" stroke="currentColor" stroke-width="2.5"/><path d="M1 12h22" stroke="currentColor" stroke-width="2.5"/></svg>';

const SYMBOL_PATHS: Readonly<Record<VerdictState | RowState, string>> = {
  pass: '<path d="M7 12.5l3.5 3.5L17 9"/>',
  warn: '<path d="M12 6.5v7"/><path d="M12 17.2v.1"/>',
  fail: '<path d="M8 8l8 8M16 8l-8 8"/>',
  "no-data": '<path d="M9 9.5a3 3 0 1 1 4.2 2.7c-.8.4-1.2 1-1.2 1.8"/><path d="M12 17.4v.1"/>',
  invalid: '<path d="M6 18L18 6"/>',
  incomplete: '<path d="M12 7v5.2l3.4 2"/>',
  "not-applicable": '<path d="M7.5 12h9"/>',
  quarantined: '<path d="M6 13.2c2-4 4-4 6-1.2s4 2.8 6-1.2"/>',
};

/** A sign of its own for each state, because colour alone does not reach everyone. */
export function symbol(state: VerdictState | RowState): string {
  const ring =
    state === "warn"
      ? '<path class="ring" d="M12 2.2L22.6 21H1.4z"/>'
      : '<circle class="ring" cx="12" cy="12" r="11"/>';
  return `<svg class="symbol ${state}" viewBox="0 0 24 24" aria-hidden="true">${ring}<g class="sign">${SYMBOL_PATHS[state]}</g></svg>`;
}

export function factList(facts: readonly Fact[]): string {
  const item = ({ label, value, code }: Fact) =>
    `<div><dt>${text(label)}</dt><dd>${code ? `<code>${text(value)}</code>` : text(value)}</dd></div>`;
  return `<dl class="facts">${facts.map(item).join("\n")}</dl>`;
}

export function figure(chart: Chart): string {
  const { wide, phone } = drawForPage(chart);
  return `<figure id="chart-${chart.id}"${chart.wide ? ' class="wide"' : ""}><figcaption><b>${text(chart.title)}</b> ${text(chart.note)}</figcaption><div class="desktop">${wide}</div><div class="phone">${phone}</div></figure>`;
}

export function tableOf({ caption, columns, rows, strong }: TableBlock): string {
  const numeric = (i: number) => (columns[i]?.numeric ? ' class="number"' : "");
  const head = columns.map(({ title }, i) => `<th scope="col"${numeric(i)}>${text(title)}</th>`).join("");
  const body = rows.map((cells, at) => {
    const row = cells.map((cell, i) =>
      i === 0
        ? `<th scope="row"${numeric(i)}>${cellOf(cell)}</th>`
        : `<td${numeric(i)} data-column="${text(columns[i]?.title ?? "")}">${cellOf(cell)}</td>`,
    );
    return `<tr${strong?.includes(at) ? ' class="strong"' : ""}>${row.join("")}</tr>`;
  });
  return `<div class="scroll"><table><caption>${text(caption)}</caption><thead><tr>${head}</tr></thead><tbody>
${body.join("\n")}
</tbody></table></div>`;
}

function cellOf(cell: Cell): string {
  if (typeof cell === "string") return text(cell);
  if ("name" in cell) {
    const name = text(cell.name);
    const below = cell.below === undefined ? "" : `<span class="note">${text(cell.below)}</span>`;
    return `${cell.href === undefined ? name : `<a href="${text(cell.href)}">${name}</a>`}${below}`;
  }
  const { value, detail, clear } = cell;
  const interval = `<span class="interval">${text(detail)}</span>`;
  return clear
    ? `<span class="value">${text(value)}</span>${interval}`
    : `<span class="unclear">${text(value)}<em>${NOT_CLEAR}</em></span>${interval}`;
}
