import type { Baseline } from "../baseline/baseline-schema.ts";
import { partsOf } from "../baseline/summary.ts";
import type { RowVerdict } from "./verdict.ts";

/**
 * The load was the same, so a part of it that was answered for less long in one run is one that its target did not answer to
 * the end. What is compared is what both have: the rest has no figures, and must not pass for the same.
 */
export interface Unanswered {
  /** A line each, of what one run answered and the other did not. */
  readonly lines: readonly string[];
  /** Whether it was the target of `after`, which had failed, that did not answer. */
  readonly isFailure: boolean;
}

/** A phase begins and ends within a second, and which second counts to it differs from run to run. */
const EDGE_SECONDS = 2;
/** Beyond that, two parts are as long when they differ by less than this share. */
const ALIKE = 0.1;

export function unansweredOf(before: Baseline, after: Baseline): Unanswered {
  const [a, b] = [secondsByPart(before), secondsByPart(after)];
  const spans = [...new Set([...a.keys(), ...b.keys()])].map((part) => ({
    part,
    was: a.get(part) ?? 0,
    is: b.get(part) ?? 0,
  }));
  const unlike = spans.filter((span) => !isAsLong(span));
  // A second or two of each of many parts may be half of the load.
  const whole = { part: "all of the load", was: total(a), is: total(b) };
  if (unlike.length === 0 && !isAsLong(whole)) unlike.push(whole);
  const died = after.died === true && before.died !== true;
  return {
    lines: [
      ...(died ? ["the target ended before the load did"] : []),
      ...unlike.map(
        ({ part, was, is }) =>
          `${part}: answered for ${was.toFixed(0)} s before and ${is.toFixed(0)} s after`,
      ),
    ],
    // Where both failed, slow answers move the edges of stages in either: there only the whole of the load tells.
    isFailure:
      died ||
      (after.verdict === "fail" &&
        (before.verdict === "fail" ? [whole].filter((span) => !isAsLong(span)) : unlike).some(
          ({ was, is }) => is < was,
        )),
  };
}

/** The verdict over rows that leave something out: what is not known to be the same is not. */
export function withUnanswered(verdict: RowVerdict, { lines, isFailure }: Unanswered): RowVerdict {
  if (isFailure && verdict.severity !== "fail") return { change: "slower", severity: "fail", limit: null };
  if (lines.length === 0 || verdict.change === "slower") return verdict;
  return { change: "inconclusive", severity: "none", limit: null };
}

function isAsLong({ was, is }: { readonly was: number; readonly is: number }): boolean {
  return Math.abs(was - is) <= Math.max(EDGE_SECONDS, ALIKE * Math.max(was, is));
}

function secondsByPart({ blocks }: Baseline): Map<string, number> {
  const parts = [...partsOf(blocks)];
  return new Map(parts.map(([part, own]) => [part, own.reduce((sum, { seconds }) => sum + seconds, 0)]));
}

function total(parts: ReadonlyMap<string, number>): number {
  return [...parts.values()].reduce((sum, seconds) => sum + seconds, 0);
}
