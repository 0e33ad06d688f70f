import type { Entry } from "../history/entry.ts";
import { evidenceIn, type Gate, gatesIn, type Period, whyNoEvidence } from "./flakes.ts";

/** Other runs in its history, each counted once. */
export interface LeftOut {
  /** Of another machine, load or target. */
  readonly unlike: number;
  /** Of changes that were not committed, or outside of git. */
  readonly uncommitted: number;
  /** No gate was judged in them. */
  readonly unjudged: number;
  readonly old: number;
}

/** The gates of a scenario in a profile. */
export interface Survey {
  readonly scenario: string;
  readonly profile: string;
  /** Runs that were looked at: on the machine, of the load and the target that most runs are of. */
  readonly runs: number;
  readonly leftOut: LeftOut;
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
  const why = history.map((entry) => whyNoEvidence(entry, period));
  const [uncommitted, unjudged, old] = (["uncommitted", "unjudged", "old"] as const).map(
    (one) => why.filter((reason) => reason === one).length,
  ) as [number, number, number];
  const unlike = history.length - most.length - uncommitted - unjudged - old;
  return {
    scenario,
    profile,
    runs: most.length,
    leftOut: { unlike, uncommitted, unjudged, old },
    gates: gatesIn(most, period),
  };
}
