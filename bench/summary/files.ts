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

/** A summary as the files that people and CI servers read. Pure but for the fonts of the PNG. */
export async function filesOf(summary: Summary, gathered: Gathered): Promise<SummaryFile[]> {
  const panels = panelsOf(gathered);
  const drawing = picture(`Benchmark: ${OUTCOME_WORDS[summary.outcome].toLowerCase()}`, allOf(panels));
  return [
    { path: REPORT, content: markdownSummary(summary, panels, drawing !== undefined) },
    { path: RESULTS_JSON, content: `${JSON.stringify(summary, null, 2)}\n` },
    { path: PAGE, content: summaryPage(summary, panels) },
    { path: COMMENT, content: comment(summary, panels) },
    ...(drawing === undefined ? [] : [{ path: GRAPHS, content: await png(drawing) }]),
  ];
}
