import type { Ab } from "../ab/ab-schema.ts";
import { type Block, logRatios } from "../ab/block.ts";
import type { Look } from "../ab/look.ts";
import { COLUMNS, remarksOf, rowsOf } from "../ab/rows.ts";
import { sentence, signedPercent } from "../ab/verdict.ts";
import { plainTable } from "./plain-table.ts";

const WIDTH = 80;
/** A command may be long; its log has all of it. */
const MOST_NAME = 68;

/** How a trial goes, on one line: what the blocks so far come to, which no decision looks at. */
export function progressText(blocks: readonly Block[], { rounds, pairs }: Ab["shape"]): string {
  const round = blocks.at(-1)?.round ?? 0;
  const own = blocks.filter((block) => block.round === round).length;
  const mean = logRatios(blocks).get("latency-mean")?.flat() ?? [];
  const typical = mean.length === 0 ? undefined : mean.reduce((sum, one) => sum + one, 0) / mean.length;
  const so = typical === undefined ? "" : `, mean latency so far ${signedPercent(Math.exp(typical))}`;
  return `round ${round + 1} of at most ${rounds}: ${own} of ${pairs} pairs${so}`;
}

/** A look, on one line. */
export function lookText({ rounds, metrics }: Look): string {
  return `after round ${rounds}: ${metrics.map(sentence).join("; ")}`;
}

/** What a trial came to, at most 80 columns wide. */
export function abText(ab: Ab, where: string): string {
  const lines = [
    `${ab.verdict.toUpperCase()}  ${ab.reasons[0] ?? ""}`,
    ...ab.reasons.slice(1).map((reason) => `  ${reason}`),
    `  A  ${shortened(ab.a.name)}`,
    `  B  ${shortened(ab.b.name)}`,
  ].flatMap(wrapped);
  return [...lines, ...table(ab), ...remarksOf(ab).flatMap(wrapped), where, ""].join("\n");
}

function table(ab: Ab): string[] {
  if (ab.a.requests + ab.b.requests === 0) return [];
  const drawn = plainTable([...COLUMNS], ["left", "right", "right", "right", "right", "left"]);
  for (const row of rowsOf(ab)) drawn.push(row);
  return drawn
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
}

function shortened(name: string): string {
  return name.length <= MOST_NAME ? name : `${name.slice(0, MOST_NAME - 1)}…`;
}

function wrapped(line: string): string[] {
  const rows: string[] = [];
  let row = "";
  for (const word of line.split(/(?<=\S) /)) {
    if (row !== "" && row.length + 1 + word.length > WIDTH) {
      rows.push(row);
      row = `  ${word}`;
    } else row = row === "" ? word : `${row} ${word}`;
  }
  return [...rows, row];
}
