import { styleText } from "node:util";
import type { GateStanding } from "../flakes/flakes.ts";
import type { Survey } from "../flakes/survey.ts";
import { count, percent } from "../format.ts";
import { plainTable } from "./plain-table.ts";

const COLOURS = {
  steady: "dim",
  flaky: "yellow",
  quarantined: "magenta",
  broken: "red",
} as const satisfies Record<GateStanding, string>;

/** What a person reads of the gates: a table for each scenario in each profile, at most 80 columns wide. */
export function flakesText(surveys: readonly Survey[]): string {
  return `${surveys.flatMap(surveyLines).join("\n")}\n`;
}

function surveyLines({ scenario, profile, runs, leftOut, gates }: Survey): string[] {
  const table = plainTable(
    ["gate", "runs", "flips", "rate", "state", "last flip"],
    ["left", "right", "right", "right", "left", "left"],
  );
  for (const { gate, runs, flips, rate, standing, lastFlip } of gates) {
    table.push([
      gate,
      count(runs),
      count(flips),
      rate === null ? "–" : percent(100 * rate.value),
      styleText(COLOURS[standing], standing),
      lastFlip?.commit.slice(0, 7) ?? "",
    ]);
  }
  return [
    "",
    `  ${scenario}.${profile}: ${count(runs)} ${runs === 1 ? "run" : "runs"} that can tell`,
    ...(leftOut === 0
      ? []
      : [`  left out: ${count(leftOut)}, of another machine, load or target, of changes, or too old`]),
    "",
    table.toString().replace(/ +$/gm, ""),
  ];
}
