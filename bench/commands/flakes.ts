import { type Command, Option } from "commander";
import { Failure } from "../failure.ts";
import { LEAST_FLIPS, LEAST_RUNS, QUARANTINE_RATE } from "../flakes/flakes.ts";
import { surveyOf } from "../flakes/survey.ts";
import { histories, KEPT, readHistory } from "../history/store.ts";
import { RESULTS } from "../results/store.ts";
import { flakesText } from "./flakes-text.ts";
import { takeIn, unfitText } from "./take-in.ts";

interface Flags {
  readonly profile?: string;
  readonly results: string;
  readonly json?: true;
}

export function addFlakes(program: Command): void {
  program
    .command("flakes")
    .summary("which gates change their verdict while the commit does not?")
    .description(
      "Lists how often each gate, a row of the SLA, came to another verdict in runs of the same commit, on the same machine, of the same load and target.",
    )
    .addOption(new Option("--profile <name>", "of this profile only").choices(["smoke", "full"]))
    .option("--results <dir>", "folder of the runs; their history is in history/ there", RESULTS)
    .option("--json", "print it as JSON, with the interval of each rate")
    .addHelpText(
      "after",
      `
Examples:
  npx plimsoll flakes
  npx plimsoll flakes --profile smoke
  npx plimsoll flakes --json

A gate is quarantined when it flips in more than ${100 * QUARANTINE_RATE} % of its runs, ${LEAST_FLIPS} times at least in ${LEAST_RUNS} runs or more: plimsoll run
reports it and does not gate on it. Three failed runs in a row end that: it is broken. Runs of changes that are not
committed do not count, nor those of more than ${KEPT.days} days ago.

Exit codes: 0, 4 when there is no history to look at, 2 wrong usage.`,
    )
    .action(async ({ profile, results, json }: Flags) => {
      const asked = (name: string) => profile === undefined || name.endsWith(`.${profile}`);
      const unfit = (await takeIn(results)).filter(({ name }) => asked(name));
      const names = histories(results).filter(asked);
      const when = { nowMs: Date.now(), days: KEPT.days };
      const surveys = names.flatMap((name) => surveyOf(readHistory(results, name), when) ?? []);
      if (surveys.length === 0) {
        const which = profile === undefined ? "" : ` of profile ${profile}`;
        throw new Failure(
          "NO_DATA",
          names.length === 0
            ? `no data: there is no history${which} yet: npx plimsoll run basic-load${unfitText(unfit)}`
            : `no data: no run${which} of the last ${KEPT.days} days has a commit without changes and verdicts of gates`,
        );
      }
      process.stdout.write(json ? `${JSON.stringify(surveys, null, 2)}\n` : flakesText(surveys));
    });
}
