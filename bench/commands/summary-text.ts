import { styleText } from "node:util";
import { oneLine } from "../report/escape.ts";
import { OUTCOME_WORDS } from "../summary/outcome.ts";
import type { Outcome, Summary } from "../summary/summary-schema.ts";
import { deltaWord, figureTexts, namesOf, verdictWord } from "../summary/words.ts";
import { plainTable } from "./plain-table.ts";

const WIDTH = 80;
/** Room for a name beside the figures. */
const MOST_NAME = 26;

const COLOURS: Readonly<Record<Outcome, "green" | "yellow" | "magenta" | "red">> = {
  pass: "green",
  warn: "yellow",
  "no-data": "magenta",
  regression: "red",
  fail: "red",
};

/** What a person reads of a summary, at most 80 columns wide: the verdict, a row a run, the first command of what to do, and the files. */
export function summaryText(summary: Summary, files: readonly string[]): string {
  const { outcome, sentence, runs, next } = summary;
  const word = styleText([COLOURS[outcome], "bold"], OUTCOME_WORDS[outcome].toUpperCase());
  const [first = "", ...rest] = wrapped(sentence, WIDTH - OUTCOME_WORDS[outcome].length - 4);
  return [
    "",
    `  ${word}  ${first}`,
    ...rest.map((line) => `  ${line}`),
    "",
    ...(runs.length > 0 ? [table(summary), ""] : []),
    ...next.flatMap(({ why, commands: [first] }) => [
      ...wrapped(why, WIDTH - 4).map((line, i) => `  ${i === 0 ? "-" : " "} ${line}`),
      ...(first === undefined ? [] : commandLines(first)),
    ]),
    "",
    ...files.map((file) => `  ${file}`),
    "",
  ].join("\n");
}

function table({ runs }: Summary): string {
  const drawn = plainTable(
    ["", "", "rate/s", "p95", "failed", "to baseline"],
    ["left", "left", "right", "right", "right", "left"],
  );
  const names = namesOf(runs);
  for (const [i, run] of runs.entries()) {
    const { rate, p95, failed } = figureTexts(run.figures);
    const name = oneLine(names[i] as string);
    drawn.push([
      name.length <= MOST_NAME ? name : `${name.slice(0, MOST_NAME - 1)}…`,
      verdictWord(run),
      rate,
      p95,
      failed,
      deltaWord(run.againstBaseline),
    ]);
  }
  return drawn.toString().replace(/ +$/gm, "");
}

/** A command to copy: on several lines when it is long, and when a quote or a word forbids that, cut. */
function commandLines(command: string): string[] {
  const room = WIDTH - 8;
  const line = oneLine(command);
  if (line.length <= room) return [`      ${line}`];
  if (/['"\\]/.test(line) || line.split(" ").some((word) => word.length > room - 2))
    return [`      ${line.slice(0, room - 1)}…`];
  const lines = wrapped(line, room - 2);
  return lines.map((part, i) => `      ${i === 0 ? "" : "  "}${part}${i < lines.length - 1 ? " \\" : ""}`);
}

/** Breaks a sentence at its spaces; what has none is cut. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of oneLine(text).split(" ")) {
    const fits = word.length <= width ? word : `${word.slice(0, width - 1)}…`;
    if (line !== "" && line.length + 1 + fits.length > width) {
      lines.push(line);
      line = fits;
    } else line = line === "" ? fits : `${line} ${fits}`;
  }
  return [...lines, line];
}
