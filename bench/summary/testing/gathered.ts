/** Runs as a summary gathers them, made up from a seed. */
import { baselineOf } from "../../baseline/baseline.ts";
import { DEFAULT_POLICY } from "../../compare/policy.ts";
import { Failure } from "../../failure.ts";
import type { Entry } from "../../history/entry.ts";
import { scopeOf } from "../../report/scope.ts";
import { type Sample, sample } from "../../report/testing/sample.ts";
import { timelineOf } from "../../report/timeline.ts";
import type { Run } from "../../results/run-schema.ts";
import { againstBaseline } from "../against-baseline.ts";
import type { GatheredRun } from "../gather.ts";
import { runFigures } from "../run-figures.ts";

/** A sample as it is gathered, beside the baseline that another one makes. */
export async function gatheredRun(
  { run, windows, resources }: Sample = sample("basic-load"),
  change: Partial<Run> = {},
  before?: Sample,
): Promise<GatheredRun> {
  const changed = { ...run, ...change };
  const timeline = await timelineOf(windows, resources);
  const scope = scopeOf(changed, timeline);
  const baseline = before && (await baselineOf(before.run, before.windows, before.resources));
  const after = await baselineOf(changed, windows, resources).catch((error: Error) => {
    if (error instanceof Failure) return error;
    throw error;
  });
  return {
    run: changed,
    reference: changed.run,
    report: undefined,
    scope,
    figures: runFigures(changed, timeline, scope),
    delta: againstBaseline(baseline, after, DEFAULT_POLICY),
  };
}

/** One run a day of November; each of a commit of its own. */
export function history(days: number, p95On: (day: number) => number, change: Partial<Entry> = {}): Entry[] {
  return Array.from({ length: days }, (_, i) => ({
    v: 1,
    run: `run-${i + 1}`,
    scenario: "basic-load",
    profile: "smoke",
    at: new Date(Date.UTC(2026, 10, i + 1)).toISOString(),
    verdict: "pass",
    commit: { sha: commitOn(i + 1), dirty: false },
    machine: "m",
    load: "l",
    metrics: { "latency-p95": p95On(i + 1) * (1 + 0.01 * Math.sin(7 * i)), throughput: 500 },
    ...change,
  }));
}

export function commitOn(day: number): string {
  return String(day).padEnd(40, "c");
}
