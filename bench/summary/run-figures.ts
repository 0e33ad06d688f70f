import type { Load, Phase } from "../../scenarios/lib/plan.ts";
import { wholeArrivalsIn } from "../../scenarios/lib/schedule.ts";
import { loadOf } from "../report/load.ts";
import type { Scope } from "../report/scope.ts";
import type { Timeline } from "../report/timeline.ts";
import { phaseOfLatency } from "../results/phase-of-latency.ts";
import type { Run } from "../results/run-schema.ts";
import type { RunFigures } from "./summary-schema.ts";

/** A run in a line of a table: what its SLA is about, and what the target took for it. */
export function runFigures(run: Run, timeline: Timeline, { latency }: Scope): RunFigures {
  const phase = phaseOfLatency(run.sla);
  const within = (name: string) => (phase === undefined ? name !== "warm-up" : name === phase);
  let [requests, failed] = [0, 0];
  for (const group of timeline.groups) {
    if (!within(group.phase)) continue;
    requests += group.requests;
    failed += group.failed;
  }
  const load = loadOf(run);
  // A whole run lasted as long as its plan, to the millisecond; windows know it to the second.
  const planned = load && run.state === "complete" && !run.target.died ? secondsOf(load, within) : 0;
  const seconds = planned || secondsSeen(timeline, within);
  const { cpuCores, rssBytes } = run.target;
  return {
    requests,
    ratePerSecond: requests === 0 || seconds === 0 ? null : requests / seconds,
    askedPerSecond: load ? askedPerSecond(load, within) : null,
    p50Ms: latency.percentile(50) ?? null,
    p95Ms: latency.percentile(95) ?? null,
    p99Ms: latency.percentile(99) ?? null,
    failedPercent: requests === 0 ? null : (100 * failed) / requests,
    cpuCoresMean: cpuCores?.avg ?? null,
    cpuCoresMax: cpuCores?.max ?? null,
    rssBytesMean: rssBytes?.avg ?? null,
    rssBytesMax: rssBytes?.max ?? null,
  };
}

function secondsOf(load: Load, within: (phase: string) => boolean): number {
  return load.stages.reduce((sum, { phase, seconds }) => sum + (within(phase) ? seconds : 0), 0);
}

function secondsSeen({ phases }: Timeline, within: (phase: string) => boolean): number {
  return phases.reduce((sum, { name, fromMs, toMs }) => sum + (within(name) ? (toMs - fromMs) / 1000 : 0), 0);
}

function askedPerSecond(load: Load, within: (phase: string) => boolean): number | null {
  const seconds = secondsOf(load, within);
  if (load.model === "closed" || seconds === 0) return null;
  const phases = new Set<Phase>(load.stages.map(({ phase }) => phase).filter(within));
  return [...phases].reduce((sum, phase) => sum + wholeArrivalsIn(load, phase), 0) / seconds;
}
