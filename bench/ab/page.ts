import { readFileSync } from "node:fs";
import { moment } from "../format.ts";
import { drawForPage } from "../report/charts/draw.ts";
import { html } from "../report/escape.ts";
import { variables } from "../report/palette.ts";
import type { Ab } from "./ab-schema.ts";
import { looksChart } from "./chart.ts";
import { METRICS } from "./look.ts";
import { COLUMNS, remarksOf, rowsOf } from "./rows.ts";

const STYLE = readFileSync(new URL("../report/report.css", import.meta.url), "utf8");

/** A comparison as one page, without script, font or request: verdict, the table of the terminal, a chart a metric. */
export function abPage(ab: Ab): string {
  const what = `${ab.a.name} and ${ab.b.name}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${html(ab.verdict)}: ${html(what)}</title>
<link rel="icon" href="data:,">
<style>
:root{${variables("light")}}
@media screen and (prefers-color-scheme:dark){:root{${variables("dark")}}}
${STYLE}
</style>
</head>
<body>
<header>
<p class="brand">Plimsoll</p>
<h1><span class="word">${html(ab.verdict)}</span> <span class="what">${html(what)}</span></h1>
<ul class="reasons">${ab.reasons.map((reason) => `<li>${html(reason)}</li>`).join("")}</ul>
<p>${html(ab.scenario)}, ${ab.rate} requests a second to each build, ${html(moment(ab.startedAt))}</p>
</header>
<main>
<section><h2>What was measured</h2>
${table(ab)}
${remarksOf(ab)
  .map((remark) => `<p>${html(remark)}</p>`)
  .join("")}</section>
<section><h2>How it narrowed</h2>
<p>Grey dots: each round alone, on processes of its own. Blue: all rounds so far, with the interval that allows for several looks. Grey band: called the same.</p>
<div class="charts">${METRICS.map((metric) => figure(ab, metric)).join("\n")}</div></section>
</main>
<footer>Written by Plimsoll ${html(ab.versions.plimsoll)}. All of it as data: <a href="ab.json">ab.json</a>, <a href="blocks.ndjson">blocks.ndjson</a>.</footer>
</body>
</html>
`;
}

function table(ab: Ab): string {
  const number = (i: number) => (i > 0 && i < COLUMNS.length - 1 ? ' class="number"' : "");
  const head = COLUMNS.map((title, i) => `<th scope="col"${number(i)}>${html(title)}</th>`).join("");
  const body = rowsOf(ab).map((cells) => {
    const row = cells.map((cell, i) =>
      i === 0 ? `<th scope="row">${html(cell)}</th>` : `<td${number(i)}>${html(cell)}</td>`,
    );
    return `<tr>${row.join("")}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>\n${body.join("\n")}\n</tbody></table></div>`;
}

function figure(ab: Ab, metric: (typeof METRICS)[number]): string {
  const chart = looksChart(ab, metric);
  const { wide, phone } = drawForPage(chart);
  return `<figure id="chart-${chart.id}"><figcaption><b>${html(chart.title)}</b> ${html(chart.note)}</figcaption><div class="desktop">${wide}</div><div class="phone">${phone}</div></figure>`;
}
