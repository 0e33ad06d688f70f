import { isDeepStrictEqual } from "node:util";
import type { Baseline, Block } from "../baseline/baseline-schema.ts";
import { Failure } from "../failure.ts";
import { bootstrapFall, bootstrapRatio, pairedRatio, type RatioEstimate } from "../stats/bootstrap.ts";
import { commonLanguageEffect } from "../stats/effect.ts";
import { holm } from "../stats/holm.ts";
import { unansweredOf, withUnanswered } from "./answered.ts";
import { type Draws, drawsOf, isSeen, sharedParts } from "./draws.ts";
import { METRICS, type Measured, type Metric } from "./metrics.ts";
import { isSameRun, machineOf, missing, noticesOf, sameCommit } from "./notices.ts";
import type { Policy } from "./policy.ts";
import { overall, type RowVerdict, verdictOf } from "./verdict.ts";

/** One metric of both runs. */
export interface Row extends RowVerdict, Pick<Metric, "id" | "title" | "family" | "unit" | "worse"> {
  readonly before: number;
  readonly after: number;
  /** after / before, with its 95 % interval and its p-value before and after Holm. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly p: number;
  readonly adjustedP: number;
  /** Chance that a block of `after` has more than one of `before`, 0 to 1. */
  readonly effect: number;
}

export interface Comparison extends RowVerdict {
  readonly exitCode: 0 | 3;
  readonly scenario: string;
  readonly profile: string;
  readonly before: Side;
  readonly after: Side;
  /** What a reader should know before the figures. */
  readonly notices: readonly string[];
  /** What one run answered and the other did not, so that there is nothing to compare it with. */
  readonly unanswered: readonly string[];
  readonly rows: readonly Row[];
  readonly test: string;
  readonly policy: Policy;
}

/** Where the figures of a side are from. */
export type Side = Pick<Baseline, "run" | "startedAt" | "commit" | "host" | "versions" | "target"> & {
  readonly blocks: number;
  readonly blockSeconds: number;
};

export interface CompareOptions {
  readonly policy: Policy;
  /** Compare figures of two machines all the same. */
  readonly acrossMachines: boolean;
}

/**
 * Whether a run is slower than one before, metric by metric: ratios of quantiles and means from a block bootstrap of both.
 *
 * @throws Failure `USAGE` when they are of different scenarios, loads or machines, `NO_DATA` when nothing of them compares
 */
export function compare(
  before: Baseline,
  after: Baseline,
  { policy, acrossMachines }: CompareOptions,
): Comparison {
  refuseUnlike(before, after, acrossMachines);
  const parts = sharedParts(before.blocks, after.blocks);
  const [a, b] = [parts.flatMap((part) => part.before), parts.flatMap((part) => part.after)];
  const draws = drawsOf(parts, after.load);
  const unseen: string[] = [];
  const found = METRICS.flatMap((metric) => {
    const [was, is] = [metric.of(a), metric.of(b)];
    const estimate = estimated(metric, was, is, draws);
    if (estimate) return [{ metric, was, is, estimate }];
    const why = missing(metric, was, is);
    if (why !== undefined) unseen.push(why);
    return [];
  });
  if (found.length === 0)
    throw new Failure("NO_DATA", `no data: ${before.run} and ${after.run} have no metric in common`);
  const oneRun = isSameRun(before, after);
  const adjusted = holm(found.map(({ estimate }) => estimate.p));
  const rows = found.map(({ metric, was, is, estimate }, i): Row => {
    const { id, title, family, unit, worse } = metric;
    const adjustedP = adjusted[i] as number;
    return {
      ...{ id, title, family, unit, worse },
      before: was.statistic(),
      after: is.statistic(),
      ...estimate,
      adjustedP,
      effect: commonLanguageEffect(was.byBlock, is.byBlock) as number,
      // However wide its interval: a run differs from itself in nothing.
      ...(oneRun ? SAME : verdictOf(estimate, adjustedP, metric, policy)),
    };
  });
  const unanswered = unansweredOf(before, after);
  const verdict = withUnanswered(overall(rows), unanswered);
  return {
    ...verdict,
    exitCode: verdict.severity === "fail" ? 3 : 0,
    scenario: after.scenario,
    profile: after.profile,
    before: sideOf(before, a),
    after: sideOf(after, b),
    notices: [...noticesOf(before, after), ...sameCommit(before, after, rows), ...unseen],
    unanswered: unanswered.lines,
    rows,
    test: TESTS[draws.paired ? "paired" : "apart"],
    policy,
  };
}

const SAME: RowVerdict = { change: "same", severity: "none", limit: null };

const TESTS = {
  apart: "Welch's t on logarithms, standard errors from a stationary block bootstrap, p-values after Holm",
  paired:
    "Student's t on logarithms, standard errors from a stationary bootstrap of pairs of blocks where the load ramps, p-values after Holm",
} as const;

/** What falls to nothing has no logarithm, and must not go unseen. */
function estimated(
  { worse }: Metric,
  was: Measured,
  is: Measured,
  { before, after, paired }: Draws,
): RatioEstimate | undefined {
  if (!isSeen(was.byBlock) || !isSeen(is.byBlock)) return undefined;
  const [a, b] = [
    { ...before, ...was },
    { ...after, ...is },
  ];
  const ratio = paired ? pairedRatio(a, b) : bootstrapRatio(a, b);
  return ratio ?? (worse === "less" ? bootstrapFall(a, b) : undefined);
}

function refuseUnlike(before: Baseline, after: Baseline, acrossMachines: boolean): void {
  const nameOf = ({ scenario, profile }: Baseline) => `${scenario} ${profile}`;
  if (nameOf(before) !== nameOf(after)) {
    const what = `${before.run} is of ${nameOf(before)}, ${after.run} of ${nameOf(after)}`;
    throw new Failure("USAGE", `${what}: only runs of one scenario and profile compare`);
  }
  if (!isDeepStrictEqual(before.load, after.load))
    throw new Failure(
      "USAGE",
      `${before.run} and ${after.run} put different loads on the target: they do not compare`,
    );
  if (before.host.fingerprint !== after.host.fingerprint && !acrossMachines) {
    const machines = `${machineOf(before)}, ${after.run} from ${machineOf(after)}`;
    throw new Failure(
      "USAGE",
      `${before.run} is from ${machines}: --across-machines compares them all the same`,
    );
  }
}

function sideOf(baseline: Baseline, blocks: readonly Block[]): Side {
  const { run, startedAt, commit, host, versions, target, blockSeconds } = baseline;
  return { run, startedAt, commit, host, versions, target, blocks: blocks.length, blockSeconds };
}
