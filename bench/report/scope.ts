import { LATENCY } from "../../scenarios/lib/plan.ts";
import { phaseOfLatency } from "../results/phase-of-latency.ts";
import type { Run, SlaResult } from "../results/run-schema.ts";
import { TrendHistogram } from "../windows/histogram.ts";
import type { Timeline } from "./timeline.ts";

/** Tags that narrow a row down to a part of the run, not to a part of the traffic. */
const RUN_TAGS = new Set(["phase", "scenario", "stage"]);

/** The SLA rows a chart of all latencies can show as a level: percentiles of all requests, each limit once. */
export function latencyLimits(run: Run): SlaResult[] {
  const rows = run.sla.filter(
    ({ metric, stat, tags }) =>
      metric === LATENCY &&
      ["p50", "p95", "p99"].includes(stat) &&
      Object.keys(tags).every((tag) => RUN_TAGS.has(tag)),
  );
  return rows.filter(
    (row, i) => rows.findIndex(({ stat, limit }) => stat === row.stat && limit === row.limit) === i,
  );
}

/** Latencies of the part of the run that its SLA is about. */
export interface Scope {
  /** `hold`, or `all but warm-up`. */
  readonly name: string;
  readonly latency: TrendHistogram;
}

/** The phase all latency rows of the SLA name, or all but the warm-up: so charts and SLA table show the same p95. */
export function scopeOf(run: Run, timeline: Timeline): Scope {
  const phase = phaseOfLatency(run.sla);
  const latency = new TrendHistogram();
  for (const group of timeline.groups) {
    const within = phase === undefined ? group.phase !== "warm-up" : group.phase === phase;
    if (within) latency.merge(group.latency);
  }
  return { name: phase ?? "all but warm-up", latency };
}
