import { shellWord } from "../report/escape.ts";
import type { Run } from "../results/run-schema.ts";

type Commit = NonNullable<Run["commit"]>;

/** Commits between which something became slower: `good` does not have it yet, `bad` has. */
export interface Between {
  readonly good: string;
  readonly bad: string;
}

/** Enough of a commit's name for any repository. */
const SHORT = 12;

/** The commits to search between; undefined when one is not known, or both are the same. */
export function between(good: Commit | null, bad: Commit | null): Between | undefined {
  if (good === null || bad === null || good.sha === bad.sha) return undefined;
  return { good: good.sha.slice(0, SHORT), bad: bad.sha.slice(0, SHORT) };
}

/**
 * Finds the commit by loading each candidate beside the good one. Nothing is checked out where Plimsoll runs, so it is the
 * same Plimsoll all along (git-bisect(1), --no-checkout). The verdict is that of ab's JSON, because its exit code is 0 as well
 * where it cannot tell; what cannot be told or measured is skipped (125).
 */
export function bisectCommands({ good, bad }: Between, scenario: string): string[] {
  const [from, to] = [shellWord(good), shellWord(bad)];
  const ab = `npx plimsoll ab ${from} BISECT_HEAD --scenario ${shellWord(scenario)}`;
  const verdicts = `*'"verdict":"same"'*|*'"verdict":"faster"'*) exit 0;; *'"verdict":"slower"'*|*'"verdict":"fail"'*) exit 1;; *) exit 125;;`;
  return [
    `npx plimsoll ab ${from} ${to} --scenario ${shellWord(scenario)}`,
    `git bisect start --no-checkout ${to} ${from}`,
    `git bisect run sh -c ${shellWord(`case "$(${ab} --json)" in ${verdicts} esac`)}`,
    "git bisect reset",
  ];
}
