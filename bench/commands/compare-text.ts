import { styleText } from "node:util";
import type { Comparison, Row, Side } from "../compare/compare.ts";
import {
  CAVEAT,
  changeText,
  intervalText,
  overallWord,
  pText,
  reasons,
  valueText,
  verdictWord,
} from "../compare/words.ts";
import { plainTable } from "./plain-table.ts";

type Colour = Parameters<typeof styleText>[0];

/** What a person reads of a comparison: the verdict first. */
export function compareText(comparison: Comparison, pagePath: string | undefined): string {
  const { scenario, profile, exitCode, before, after, notices } = comparison;
  const word = overallWord(comparison).toUpperCase();
  return [
    "",
    `  ${styleText(["bold", colourOf(comparison)] as Colour, word)}  ${scenario} ${profile}, exit code ${exitCode}`,
    ...reasons(comparison).map((reason) => `  ${reason}`),
    "",
    ...notices.map((notice) => `  ${styleText("yellow", "!")} ${notice}`),
    sideText("before", before),
    sideText("after ", after),
    "",
    table(comparison.rows),
    "",
    styleText("dim", "  p: after Holm; effect: how often a block of after has more than one of before."),
    ...CAVEAT.split(", ").map((part, i) => styleText("dim", `  ${part}${i === 0 ? "," : ""}`)),
    ...(pagePath === undefined ? [] : ["", `  ${pagePath}`]),
    "",
  ].join("\n");
}

function sideText(which: string, { run, commit, blocks, blockSeconds }: Side): string {
  const at = commit === null ? "" : `, ${commit.sha.slice(0, 7)}${commit.dirty ? " and changes" : ""}`;
  return `  ${which}  ${run}${at}, ${blocks} blocks of ${blockSeconds} s`;
}

function table(rows: readonly Row[]): string {
  const drawn = plainTable(
    ["", "before", "after", "change", "95 %", "p", "effect", ""],
    ["left", "right", "right", "right", "right", "right", "right", "left"],
  );
  for (const row of rows) {
    drawn.push([
      row.title,
      withoutUnitOf(valueText(row.before, row), valueText(row.after, row)),
      valueText(row.after, row),
      changeText(row.ratio),
      intervalText(row),
      pText(row.adjustedP),
      `${Math.round(100 * row.effect)} %`,
      styleText(colourOf(row), verdictWord(row)),
    ]);
  }
  return drawn.toString().replace(/ +$/gm, "");
}

/** 80 columns have no room for a unit twice. */
function withoutUnitOf(value: string, beside: string): string {
  const [number = "", unit] = value.split(" ");
  return unit === beside.split(" ")[1] ? number : value;
}

function colourOf({
  change,
  severity,
}: Pick<Row, "change" | "severity">): "red" | "yellow" | "green" | "dim" {
  if (severity === "fail") return "red";
  if (change === "slower") return "yellow";
  return change === "inconclusive" ? "dim" : "green";
}
