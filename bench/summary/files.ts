import { relative, resolve, sep } from "node:path";
import { png } from "../report/png.ts";
import { comment } from "./comment.ts";
import { COMMENT, GRAPHS, PAGE, REPORT, RESULTS_JSON } from "./file-names.ts";
import type { Gathered } from "./gather.ts";
import { markdownSummary } from "./markdown.ts";
import { OUTCOME_WORDS } from "./outcome.ts";
import { summaryPage } from "./page.ts";
import { allOf, panelsOf } from "./panels.ts";
import { picture } from "./picture.ts";
import type { Summary } from "./summary-schema.ts";

export interface SummaryFile {
  /** Relative to the folder of the summary. */
  readonly path: string;
  readonly content: string | Uint8Array;
}

/**
 * A summary as the files that people and CI servers read. Pure but for the fonts of the PNG.
 *
 * @param out folder they will be in: their links to the runs' own reports are relative to it
 */
export async function filesOf(summary: Summary, gathered: Gathered, out: string): Promise<SummaryFile[]> {
  const links = gathered.runs.map(({ report }) => report && addressFrom(out, report));
  const panels = panelsOf(gathered);
  const drawing = picture(`Benchmark: ${OUTCOME_WORDS[summary.outcome].toLowerCase()}`, allOf(panels));
  return [
    { path: REPORT, content: markdownSummary(summary, panels, links, drawing !== undefined) },
    { path: RESULTS_JSON, content: `${JSON.stringify(summary, null, 2)}\n` },
    { path: PAGE, content: summaryPage(summary, panels, links) },
    { path: COMMENT, content: comment(summary, panels) },
    ...(drawing === undefined ? [] : [{ path: GRAPHS, content: await png(drawing) }]),
  ];
}

/** The address of a file as a page in a folder has it; nothing in it ends a link of Markdown. */
function addressFrom(folder: string, file: string): string {
  const steps = relative(resolve(folder), resolve(file)).split(sep);
  return steps
    .map((step) => encodeURIComponent(step).replace(/[()]/g, (one) => (one === "(" ? "%28" : "%29")))
    .join("/");
}
