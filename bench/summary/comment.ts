import { columns } from "../report/document.ts";
import { oneLine } from "../report/escape.ts";
import { section } from "../report/markdown.ts";
import { REPORT } from "./file-names.ts";
import { verdictLine, wordsOf } from "./markdown.ts";
import type { Panels } from "./panels.ts";
import type { Summary } from "./summary-schema.ts";
import { deltaText, deltaWord, figureTexts, namesOf, verdictWord } from "./words.ts";

/** GitHub takes comments of 65,536 characters; bytes are at least as many, and the workflow adds a line with the commit. */
const MOST_BYTES = 65_400;
/** What finds the comment again, to write it anew; not on the first line, which mails and lists show. */
export const MARKER = "<!-- plimsoll summary -->";
/** Characters of somebody else's words that are repeated: a name, and a sentence. */
const MOST_NAME = 60;
const MOST_SAID = 400;
/** Runs in the table above the fold. */
const MOST_RUNS = 40;

/** The one comment on a pull request: the verdict, the table, and the rest folded away as far as there is room. */
export function comment(summary: Summary, panels: Panels): string {
  const short = shortened(summary);
  const folded = wordsOf(short, panels)
    .filter(({ id }) => id !== "runs")
    .map((one) => section({ ...one, aside: true }));
  let text = [verdictLine(short), MARKER, ...(short.runs.length > 0 ? [table(short)] : [])].join("\n\n");
  const left = `There is no room here for all of it: ${REPORT} has it.`;
  for (const one of folded) {
    const longer = `${text}\n\n${one}`;
    if (Buffer.byteLength(`${longer}\n\n${left}\n`) > MOST_BYTES) return `${text}\n\n${left}\n`;
    text = longer;
  }
  return `${text}\n`;
}

function table({ runs }: Summary): string {
  const more = runs.length - MOST_RUNS;
  const names = namesOf(runs);
  return section({
    id: "runs",
    title: "Runs",
    blocks: [
      {
        kind: "table",
        caption: "",
        columns: columns("Run", "Verdict", "!Rate/s", "!p50", "!p95", "!p99", "!Failed", "To baseline"),
        rows: runs.slice(0, MOST_RUNS).map((run, i) => {
          const { rate, p50, p95, p99, failed } = figureTexts(run.figures);
          const delta = [deltaWord(run.againstBaseline), deltaText(run.againstBaseline)];
          return [
            names[i] as string,
            verdictWord(run),
            rate,
            p50,
            p95,
            p99,
            failed,
            delta.filter((one) => one !== "").join(", "),
          ];
        }),
      },
      ...(more > 0 ? [{ kind: "text" as const, text: `and ${more} more` }] : []),
    ],
  });
}

/** Every label cut to a length, so that no single one fills the comment. */
function shortened(summary: Summary): Summary {
  const { sentence, runs, ab, trends, next } = summary;
  return {
    ...summary,
    sentence: cut(sentence, MOST_SAID),
    runs: runs.map((run) => ({
      ...run,
      scenario: cut(run.scenario, MOST_NAME),
      run: cut(run.run, MOST_NAME),
      reasons: run.reasons.map((reason) => cut(reason, MOST_SAID)),
    })),
    ab: ab.map((one) => ({
      ...one,
      a: cut(one.a, MOST_NAME),
      b: cut(one.b, MOST_NAME),
      reasons: one.reasons.map((reason) => cut(reason, MOST_SAID)),
    })),
    trends: trends.map((trend) => ({ ...trend, scenario: cut(trend.scenario, MOST_NAME) })),
    next: next.map((step) => ({ ...step, why: cut(step.why, MOST_SAID), what: cut(step.what, MOST_SAID) })),
  };
}

/** On one line, at most so many characters. */
function cut(text: string, most: number): string {
  const line = oneLine(text);
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`.toWellFormed();
}
