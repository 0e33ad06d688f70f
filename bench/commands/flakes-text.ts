import { styleText } from "node:util";
import { plan } from "../../scenarios/plans.ts";
import type { GateStanding } from "../flakes/flakes.ts";
import type { LeftOut, Survey } from "../flakes/survey.ts";
import { count, percent } from "../format.ts";
import { plainTable } from "./plain-table.ts";

const COLOURS = {
  unknown: "dim",
  steady: "dim",
  flaky: "yellow",
  quarantined: "magenta",
  broken: "red",
} as const satisfies Record<GateStanding, string>;

/** Room for a gate's title beside its figures. */
const MOST_TITLE = 31;

const LEFT_OUT: Readonly<Record<keyof LeftOut, string>> = {
  unlike: "of another machine, load or target",
  uncommitted: "of changes that are not committed, or outside of git",
  unjudged: "in which no gate was judged",
  old: "too old",
};

/** What a person reads of the gates: a table for each scenario in each profile, at most 80 columns wide. */
export function flakesText(surveys: readonly Survey[]): string {
  return `${surveys.flatMap(surveyLines).join("\n")}\n`;
}

function surveyLines({ scenario, profile, runs, leftOut, gates }: Survey): string[] {
  const table = plainTable(
    ["gate", "runs", "flips", "rate", "state", "last flip"],
    ["left", "right", "right", "right", "left", "left"],
  );
  const rows = plan(scenario, profile === "full" ? "full" : "smoke")?.sla ?? [];
  const titles = new Map(rows.map(({ id, title }) => [id, title]));
  for (const { gate, runs, flips, rate, standing, lastFlip } of gates) {
    table.push([
      shortened(titles.get(gate) ?? watchedTitle(gate)),
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
    ...leftOutLines(leftOut),
    "",
    table.toString().replace(/ +$/gm, ""),
  ];
}

function leftOutLines(leftOut: LeftOut): string[] {
  const reasons = Object.keys(LEFT_OUT) as (keyof LeftOut)[];
  return reasons.flatMap((reason) =>
    leftOut[reason] === 0 ? [] : [`  left out: ${count(leftOut[reason])} ${LEFT_OUT[reason]}`],
  );
}

/** Of a row that is no scenario's own: `watched-A-memory` is the memory of A. */
function watchedTitle(gate: string): string {
  return gate.replace(/^watched-/, "").replaceAll("-", " ");
}

function shortened(title: string): string {
  return title.length <= MOST_TITLE ? title : `${title.slice(0, MOST_TITLE - 1)}…`;
}
