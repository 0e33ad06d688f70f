import type { Entry } from "../history/entry.ts";
import { evidenceIn, type Gate, gatesIn, type Period } from "./flakes.ts";

/** The gates of a scenario in a profile. */
export interface Survey {
  readonly scenario: string;
  readonly profile: string;
  /** Runs that were looked at: on the machine, of the load and the target that most runs are of. */
  readonly runs: number;
  /** Other runs in its history: of another subject, of changes that were not committed, or too old. */
  readonly leftOut: number;
  readonly gates: readonly Gate[];
}

/**
 * @param history of one scenario in one profile, oldest run first
 * @returns undefined when no run in it can tell of flakes
 */
export function surveyOf(history: readonly Entry[], period: Period): Survey | undefined {
  const subjects = Map.groupBy(
    evidenceIn(history, period),
    ({ machine, load, target }) => `${machine} ${load} ${target}`,
  );
  // Of as many runs the newer subject: an ad-hoc load must not hide what runs every day.
  const [most] = [...subjects.values()].reverse().sort((a, b) => b.length - a.length);
  if (most?.[0] === undefined) return undefined;
  const { scenario, profile } = most[0];
  return {
    scenario,
    profile,
    runs: most.length,
    leftOut: history.length - most.length,
    gates: gatesIn(most, period),
  };
}
