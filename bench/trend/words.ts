import { changeText } from "../compare/words.ts";
import type { Entry } from "../history/entry.ts";
import type { MetricTrend, Shift } from "./trend.ts";

/** `3c03fee`, `3c03fee+` with changes that were not committed. */
export function commitText(commit: Entry["commit"]): string {
  return commit === null ? "no commit" : `${commit.sha.slice(0, 7)}${commit.dirty ? "+" : ""}`;
}

/** `+23.0 % with 3c03fee (2026-11-20), after b176923`. */
export function shiftText({ ratio, commit, commitBefore, at }: Shift): string {
  return `${changeText(ratio)} with ${commitText(commit)} (${at.slice(0, 10)}), after ${commitText(commitBefore)}`;
}

/** A line a shift, as a person would say it. */
export function shiftsOf(metrics: readonly MetricTrend[]): string[] {
  return metrics.flatMap(({ title, shifts }) => shifts.map((shift) => `${title} ${shiftText(shift)}`));
}
