import { changeText } from "../compare/words.ts";
import type { Entry } from "../history/entry.ts";
import type { MetricTrend, Shift, Trend } from "./trend.ts";
import { LEAST_RUNS, likeNewest } from "./trend.ts";

/** `3c03fee`, `3c03fee+` with changes that were not committed. */
export function commitText(commit: Entry["commit"]): string {
  return commit === null ? "no commit" : `${commit.sha.slice(0, 7)}${commit.dirty ? "+" : ""}`;
}

/** `+23.0 % with 3c03fee (2026-11-20), after b176923`. */
export function shiftText({ ratio, commit, commitBefore, at }: Shift): string {
  return `${changeText(ratio)} with ${commitText(commit)} (${at.slice(0, 10)}), after ${commitText(commitBefore)}`;
}

/** A line an odd run, oldest first: its folder, and in what it is odd. */
export function oddRunsOf({ runs, metrics }: Pick<Trend, "runs" | "metrics">): string[] {
  return runs.flatMap(({ run }, at) => {
    const titles = metrics
      .filter(({ odd }) => odd.some(({ index }) => index === at))
      .map(({ title }) => title);
    return titles.length === 0 ? [] : [`${run}: ${titles.join(", ")}`];
  });
}

/** Why there is no trend of `name` yet: how many of its runs there are, and how many do not compare. */
export function tooFewText(name: string, history: readonly Entry[]): string {
  const alike = likeNewest(history).length;
  const others = history.length - alike;
  const leftOut = others === 0 ? "" : `; ${others} left out: other load, machine or target`;
  return `${alike} of the ${LEAST_RUNS} runs of ${name} that a trend takes${leftOut}`;
}

/** A line a shift, as a person would say it. */
export function shiftsOf(metrics: readonly MetricTrend[]): string[] {
  return metrics.flatMap(({ title, shifts }) => shifts.map((shift) => `${title} ${shiftText(shift)}`));
}
