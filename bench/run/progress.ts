import { CONNECT_SECONDS, LATENCY, type Plan } from "../../scenarios/lib/plan.ts";
import { durationOf } from "../../scenarios/lib/schedule.ts";
import type { ResourceSample } from "../results/run-schema.ts";
import { foldOf } from "../windows/fold.ts";
import type { Window } from "../windows/window.ts";

/** What the live view shows: the last whole window and the sums so far. */
export interface Progress {
  readonly elapsedSeconds: number;
  readonly totalSeconds: number;
  readonly phase: string;
  readonly requestsPerSecond: number;
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
  readonly p99Ms: number | undefined;
  /** In all, so far; warm-up included. */
  readonly requests: number;
  readonly failed: number;
  readonly dropped: number;
  readonly vus: number;
  readonly maxVus: number;
  readonly target: ResourceSample["target"];
  readonly k6: ResourceSample["k6"];
}

/** Length of a run in seconds: warm-up and all stages, and for connections that come first the time to make them. */
export function lengthOf(plan: Plan): number {
  const connecting = plan.load.model === "paced" ? CONNECT_SECONDS : 0;
  return plan.warmUpSeconds + connecting + durationOf(plan.load);
}

export function startOf(plan: Plan): Progress {
  return {
    elapsedSeconds: 0,
    totalSeconds: lengthOf(plan),
    phase: "starting",
    requestsPerSecond: 0,
    p50Ms: undefined,
    p95Ms: undefined,
    p99Ms: undefined,
    requests: 0,
    failed: 0,
    dropped: 0,
    vus: 0,
    maxVus: 0,
    target: null,
    k6: null,
  };
}

/** The progress after one more window. */
export function afterWindow(before: Progress, window: Window, phase: string | undefined): Progress {
  const fold = foldOf(window);
  const duration = fold.trend(LATENCY);
  return {
    ...before,
    phase: phase ?? before.phase,
    requestsPerSecond: ((fold.requests() ?? 0) * 1000) / window.ms,
    p50Ms: duration.percentile(50),
    p95Ms: duration.percentile(95),
    p99Ms: duration.percentile(99),
    requests: before.requests + (fold.requests() ?? 0),
    failed: before.failed + fold.failures().yes,
    dropped: before.dropped + (fold.counter("dropped_iterations") ?? 0),
    vus: fold.gauge("vus")?.value ?? before.vus,
    maxVus: fold.gauge("vus_max")?.value ?? before.maxVus,
  };
}
