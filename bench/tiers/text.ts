import { existsSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters, styleText } from "node:util";
import { plainTable } from "../commands/plain-table.ts";
import { duration } from "../format.ts";
import { tailOf } from "../run/log-file.ts";
import { fromHere } from "../run/voyage.ts";
import type { Outcome } from "./run-step.ts";
import { type Step, secondsOf, TIERS, type TierName } from "./tiers.ts";

/** Lines of a failing step's log that are shown: from its verdict on, or else the last. */
const LOG_LINES = 12;
/** How a line begins that tells a verdict which does not pass, as run, ab and summary print it. */
const VERDICT = /^ *(FAIL|INVALID|NO[- ]DATA|REGRESSION|SLOWER) {2}/;

/** What a tier would do: each step with the time it should take, and its command. */
export function planText(tier: TierName, steps: readonly Step[]): string {
  const table = plainTable(["step", "time", "command"], ["left", "right", "left"]);
  for (const { title, argv, seconds } of steps)
    table.push([title, duration(seconds), `npx plimsoll ${argv.map(fromHereWord).join(" ")}`]);
  return [
    `tier ${tier}: ${TIERS[tier].title}; ${duration(secondsOf(steps))} in all, its summary included`,
    "",
    trimmed(table.toString()),
    "",
  ].join("\n");
}

/** One line for a step that is over. */
export function outcomeText({ step, exitCode, verdict, seconds }: Outcome): string {
  const failed = exitCode !== 0;
  const sign = failed ? "✗" : "✓";
  const code = failed ? `, exit code ${exitCode}` : "";
  return `${styleText(failed ? "red" : "green", sign)} ${step.title}: ${verdict}${code}, ${duration(seconds)}`;
}

/** The table at the end, the last words of what failed, and where the report is. */
export function tierText(
  tier: TierName,
  outcomes: readonly Outcome[],
  results: string,
  worst: number,
): string {
  const table = plainTable(
    ["step", "verdict", "exit", "time", "planned"],
    ["left", "left", "right", "right", "right"],
  );
  for (const { step, verdict, exitCode, seconds } of outcomes) {
    table.push([
      step.title,
      exitCode === 0 ? verdict : styleText("red", verdict),
      exitCode === undefined ? "–" : `${exitCode}`,
      exitCode === undefined ? "–" : duration(seconds),
      duration(step.seconds),
    ]);
  }
  const total = outcomes.reduce((sum, { seconds }) => sum + seconds, 0);
  const failed = outcomes.filter(({ exitCode }) => exitCode !== undefined && exitCode !== 0);
  const report = join(results, "summary", "report.html");
  return [
    "",
    ...failed.flatMap(({ step, log }) => [
      `  ${step.title}, the end of ${fromHere(log)}:`,
      ...saidLast(log).map((line) => `    ${line}`),
      "",
    ]),
    trimmed(table.toString()),
    "",
    `  tier ${tier} took ${duration(total)} of at most ${duration(TIERS[tier].limitSeconds)}; exit code ${worst}`,
    ...(existsSync(report) ? [`  ${fromHere(report)}`] : []),
    "",
  ].join("\n");
}

/** Why a step failed is in the line of its verdict and those below; of a run and its retry the last has both. */
function saidLast(log: string): string[] {
  const lines = tailOf(log, Number.POSITIVE_INFINITY);
  const verdict = lines.findLastIndex((line) => VERDICT.test(stripVTControlCharacters(line)));
  return verdict === -1 ? lines.slice(-LOG_LINES) : lines.slice(verdict, verdict + LOG_LINES);
}

function trimmed(table: string): string {
  return table.replace(/ +$/gm, "");
}

/** Paths as a person would type them. */
function fromHereWord(word: string): string {
  return word.startsWith("/") ? fromHere(word) : word;
}
