import { moment } from "../format.ts";
import type { Chart } from "../report/charts/chart.ts";
import { drawFile } from "../report/charts/draw.ts";
import type { TableBlock, VerdictState } from "../report/document.ts";
import { html as text } from "../report/escape.ts";
import { factList, figure, MARK, page, symbol, tableOf } from "../report/page.ts";
import { png } from "../report/png.ts";
import { changesChart, type Latencies, latencyChart, tailsChart } from "./charts.ts";
import type { Comparison, Side } from "./compare.ts";
import { type OverTime, overlayCharts } from "./over-time.ts";
import {
  CAVEAT,
  changeText,
  intervalText,
  overallWord,
  pText,
  reasons,
  valueText,
  verdictWord,
} from "./words.ts";

export interface ComparisonFile {
  /** Relative to the folder of the run that is compared. */
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** A comparison as the files that people read. Pure but for the fonts of the PNGs. */
export async function pagesOf(
  comparison: Comparison,
  latencies: Latencies,
  overTime: OverTime,
): Promise<ComparisonFile[]> {
  const charts = [changesChart(comparison), latencyChart(latencies), tailsChart(latencies)];
  const overlays = overlayCharts(overTime);
  const graphs = [...charts, ...overlays].map((chart) => ({
    path: `graphs/${chart.id}`,
    svg: drawFile(chart),
  }));
  return [
    { path: "compare.html", content: pageOf(comparison, charts, overTimeSection(overTime, overlays)) },
    { path: "compare.json", content: `${JSON.stringify(comparison, null, 2)}\n` },
    ...graphs.map(({ path, svg }) => ({ path: `${path}.svg`, content: svg })),
    ...(await Promise.all(
      graphs.map(async ({ path, svg }) => ({ path: `${path}.png`, content: await png(svg) })),
    )),
  ];
}

/** Both runs over each other. */
function overTimeSection({ whole }: OverTime, overlays: readonly Chart[]): string {
  const what = whole
    ? "Both runs from the end of their warm-up on, over each other."
    : "A baseline keeps the part of a run that is compared: both are drawn of that part, over each other.";
  return `<section id="over-time" aria-labelledby="over-time-title">
<h2 id="over-time-title">Over time</h2>
<p>${what}</p>
<div class="charts">${overlays.map(figure).join("\n")}</div>
</section>`;
}

function pageOf(comparison: Comparison, charts: readonly Chart[], more: string): string {
  const { scenario, profile, before, after, notices, rows, test } = comparison;
  const state = stateOf(comparison);
  const title = `${scenario} ${profile}`;
  const table: TableBlock = {
    kind: "table",
    caption: `Effect: how often a block of after has more than one of before. ${test}.`,
    columns: [
      { title: "Metric", numeric: false },
      { title: "Before", numeric: true },
      { title: "After", numeric: true },
      { title: "Change", numeric: true },
      { title: "95 % interval", numeric: true },
      { title: "p", numeric: true },
      { title: "Effect", numeric: true },
      { title: "Verdict", numeric: false },
    ],
    rows: rows.map((row) => [
      row.title,
      valueText(row.before, row),
      valueText(row.after, row),
      changeText(row.ratio),
      `${intervalText(row)} %`,
      pText(row.adjustedP),
      `${Math.round(100 * row.effect)} %`,
      verdictWord(row),
    ]),
    strong: rows.flatMap(({ severity }, i) => (severity === "none" ? [] : [i])),
  };
  const list = (name: string, lines: readonly string[]) =>
    lines.length === 0
      ? ""
      : `<ul class="${name}">${lines.map((one) => `<li>${text(one)}</li>`).join("")}</ul>`;
  const body = `<header>
<p class="brand">${MARK} Plimsoll</p>
<div class="verdict">
${symbol(state)}
<div>
<h1><span class="word">${overallWord(comparison)}</span> <span class="what">${text(title)}</span></h1>
${list("reasons", reasons(comparison))}
</div>
</div>
${list("notices", [...notices, CAVEAT])}
${factList([...factsOf("Before", before), ...factsOf("After", after)])}
</header>
<main>
<section id="changes" aria-labelledby="changes-title">
<h2 id="changes-title">Before and after</h2>
<div class="charts">${charts.map(figure).join("\n")}</div>
${tableOf(table)}
</section>
${more}
</main>
<footer>Written by Plimsoll ${text(after.versions.plimsoll)}. The same in <a href="compare.json">JSON</a>.</footer>`;
  return page({ title: `${overallWord(comparison)}: ${title}`, state, body });
}

/** The sign and colour of the page. */
function stateOf({ change, severity }: Comparison): VerdictState {
  if (severity !== "none") return severity;
  return change === "inconclusive" ? "no-data" : change === "slower" ? "warn" : "pass";
}

function factsOf(which: string, { run, startedAt, commit, host, blocks, blockSeconds }: Side) {
  const at =
    commit === null ? "" : `, commit ${commit.sha.slice(0, 12)}${commit.dirty ? " and changes" : ""}`;
  return [
    { label: which, value: run, code: true },
    { label: `${which}: when`, value: `${moment(startedAt)}${at}` },
    { label: `${which}: where`, value: `${host.cpu}, ${host.cores} cores (${host.fingerprint})` },
    { label: `${which}: blocks`, value: `${blocks} of ${blockSeconds} s` },
  ];
}
