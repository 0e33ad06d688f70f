import { isDeepStrictEqual } from "node:util";
import { LEAST_BLOCKS } from "../baseline/baseline.ts";
import type { Baseline, Block } from "../baseline/baseline-schema.ts";
import { partsOf } from "../baseline/summary.ts";
import { Failure } from "../failure.ts";
import { noiseOf } from "../judge/judge.ts";
import { bootstrapRatio, degreesOfFreedom } from "../stats/bootstrap.ts";
import { commonLanguageEffect } from "../stats/effect.ts";
import { holm } from "../stats/holm.ts";
import { resamples, runLengthFor } from "../stats/resamples.ts";
import { METRICS, type Metric } from "./metrics.ts";
import type { Policy } from "./policy.ts";
import { overall, type RowVerdict, verdictOf } from "./verdict.ts";

const RESAMPLES = 1000;
/** The same two runs always give the same answer. */
const SEEDS = { before: 1, after: 2 };

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
  const [a, b] = inSharedParts(before.blocks, after.blocks);
  const [draw, redraw] = [drawn(a, SEEDS.before), drawn(b, SEEDS.after)];
  const found = METRICS.flatMap((metric) => {
    const [was, is] = [metric.of(a), metric.of(b)];
    if (Math.min(was.byBlock.length, is.byBlock.length) < LEAST_BLOCKS) return [];
    const estimate = bootstrapRatio({ ...draw, ...was }, { ...redraw, ...is });
    return estimate ? [{ metric, was, is, estimate }] : [];
  });
  if (found.length === 0)
    throw new Failure("NO_DATA", `no data: ${before.run} and ${after.run} have no metric in common`);
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
      ...verdictOf(estimate, adjustedP, metric, policy),
    };
  });
  const verdict = overall(rows);
  return {
    ...verdict,
    exitCode: verdict.severity === "fail" ? 3 : 0,
    scenario: after.scenario,
    profile: after.profile,
    before: sideOf(before, a),
    after: sideOf(after, b),
    notices: noticesOf(before, after),
    rows,
    test: "Welch's t on logarithms, standard errors from a stationary block bootstrap, p-values after Holm",
    policy,
  };
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

function machineOf({ host }: Baseline): string {
  return `${host.cpu} with ${host.cores} cores (${host.fingerprint})`;
}

/** Blocks of the parts that both have, part by part in the order of the first. */
function inSharedParts(before: readonly Block[], after: readonly Block[]): [Block[], Block[]] {
  const [a, b] = [partsOf(before), partsOf(after)];
  const shared = [...a.keys()].filter((part) => b.has(part));
  return [shared.flatMap((part) => a.get(part) ?? []), shared.flatMap((part) => b.get(part) ?? [])];
}

function drawn(blocks: readonly Block[], seed: number) {
  const strata = [...partsOf(blocks).values()].map(({ length }) => length);
  return {
    draws: resamples(strata, { count: RESAMPLES, seed, runLength: runLengthFor }),
    df: degreesOfFreedom(strata, runLengthFor),
  };
}

function sideOf(baseline: Baseline, blocks: readonly Block[]): Side {
  const { run, startedAt, commit, host, versions, target, blockSeconds } = baseline;
  return { run, startedAt, commit, host, versions, target, blocks: blocks.length, blockSeconds };
}

function noticesOf(before: Baseline, after: Baseline): string[] {
  const notices: string[] = [];
  if (before.host.fingerprint !== after.host.fingerprint)
    notices.push(
      `two machines: before on ${machineOf(before)}, after on ${machineOf(after)}: not comparable`,
    );
  for (const [what, was, is] of [
    ["target", before.target.name, after.target.name],
    ["Node", before.versions.node, after.versions.node],
    ["k6", before.versions.k6, after.versions.k6],
  ] as const)
    if (was !== is) notices.push(`${what}: before ${was}, after ${is}`);
  for (const [which, side] of [
    ["before", before],
    ["after", after],
  ] as const) {
    const noise = noiseOf(side, side.host.cores);
    if (noise !== undefined) notices.push(`${which}: ${noise}`);
  }
  return notices;
}
