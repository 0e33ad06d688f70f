import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { makeFolder } from "../results/store.ts";
import { ALL } from "../summary/file-names.ts";
import { notRun, type Outcome, runStep, type Surroundings } from "./run-step.ts";
import { type Step, summaryOf } from "./tiers.ts";

export interface TierOptions extends Surroundings {
  readonly steps: readonly Step[];
  /** Gets the log of each step; there already (`makeRoom`). */
  readonly logs: string;
  readonly on: {
    readonly begin: (step: Step, n: number, of: number) => void;
    readonly end: (outcome: Outcome) => void;
  };
}

/** As each step's log is called. */
const LOG = /^\d\d-[\w-]+\.log$/;

/**
 * Makes the folders of a tier, and removes what an earlier one left there: its report must not pass for that of this one. Only
 * files that a tier writes go; the folders may be somebody's own.
 *
 * @throws Failure USAGE where nothing can be written
 */
export function makeRoom(results: string, logs: string): void {
  try {
    makeFolder(logs);
    for (const file of readdirSync(logs)) if (LOG.test(file)) rmSync(join(logs, file));
    for (const file of ALL) rmSync(join(results, "summary", file), { force: true });
  } catch (error) {
    throw new Failure("USAGE", `cannot write results to ${results}: ${(error as Error).message}`);
  }
}

/**
 * Runs steps one after the other, whether they fail or not, then sums their runs up. After Ctrl-C no further step is begun.
 */
export async function runTier({ steps, logs, on, ...surroundings }: TierOptions): Promise<Outcome[]> {
  const { results, interrupts } = surroundings;
  const outcomes: Outcome[] = [];
  const all = steps.length + 1;
  const take = async (step: Step) => {
    const n = outcomes.length + 1;
    const log = join(logs, `${String(n).padStart(2, "0")}-${step.title.replaceAll(/[^\w-]+/g, "-")}.log`);
    if (interrupts.requested) return void outcomes.push(notRun(step, log));
    on.begin(step, n, all);
    const outcome = await runStep(step, log, surroundings);
    outcomes.push(outcome);
    on.end(outcome);
  };
  for (const step of steps) await take(step);
  const runs = outcomes.flatMap((outcome) => outcome.runs);
  const ab = outcomes.find((outcome) => outcome.ab !== undefined)?.ab;
  // Without a run of its own the summary would be of somebody else's.
  if (runs.length > 0) await take(summaryOf(results, runs, ab, outcomes.flatMap(lost)));
  return outcomes;
}

/** A step that failed and made nothing that a summary could read. */
function lost({ step, exitCode, runs, ab }: Outcome): string[] {
  if (exitCode === undefined || exitCode === 0 || runs.length > 0 || ab !== undefined) return [];
  return [`${step.title}: exit ${exitCode}`];
}
