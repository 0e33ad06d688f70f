import { LATENCY, type Plan, peakOf } from "../../scenarios/lib/plan.ts";
import type { Run } from "../results/run-schema.ts";
import type { Evidence, Instant } from "./evidence.ts";

/** A generator that starts arrivals later than this (p99) measures itself. */
const PACING_LAG_P99_MS = 100;
/** Share of all cores from which k6 counts as saturated. */
const CPU_SHARE = 0.9;
/** A bench whose event loop stood still this long (p99) may have lost samples of resources. */
const BENCH_LOOP_P99_MS = 1000;
/** Where a plan names no latency limit: answers later than this are late. */
const LATE_MS = 100;

export interface GeneratorFacts {
  readonly cores: number;
  readonly k6ExitCode: number | null;
}

/** Whether what was measured is the target, or the generator's own limit. */
export function generatorHealth(evidence: Evidence, { cores, k6ExitCode }: GeneratorFacts): Run["generator"] {
  const { fold } = evidence;
  const k6Cpu = evidence.spread(({ k6 }) => k6?.cpuCores);
  const benchCpu = evidence.spread(({ bench }) => bench.cpuCores);
  const loopDelay = evidence.spread(({ bench }) => bench.loopDelayP99Ms);
  const lag = evidence.pacingLagP99Ms;
  const dropped = droppedArrivals(evidence);
  const reasons: string[] = [];
  if (dropped.blame === "generator") {
    reasons.push(
      `the generator dropped ${count(dropped.count)} arrivals while answers were quick: too few VUs (--vus) or too little CPU for the rate`,
    );
  }
  if (lag !== undefined && lag > PACING_LAG_P99_MS) {
    reasons.push(
      `the generator started arrivals late: p99 ${lag.toFixed(0)} ms, limit ${PACING_LAG_P99_MS} ms`,
    );
  }
  if (k6Cpu && k6Cpu.p95 > CPU_SHARE * cores) {
    reasons.push(`k6 used ${k6Cpu.p95.toFixed(1)} of ${cores} cores: the generator was the limit`);
  }
  if (loopDelay && loopDelay.max > BENCH_LOOP_P99_MS) {
    reasons.push(
      `plimsoll itself was held up for ${(loopDelay.max / 1000).toFixed(1)} s: the machine was overloaded`,
    );
  }
  if (fold.overflow > 0) {
    reasons.push(`${count(fold.overflow)} samples were past the limit of series: tags have too many values`);
  }
  return {
    healthy: reasons.length === 0,
    reasons,
    dropped,
    pacingLagP99Ms: lag ?? null,
    k6CpuCores: k6Cpu,
    k6RssBytes: evidence.spread(({ k6 }) => k6?.rssBytes),
    benchCpuCores: benchCpu,
    benchLoopDelayP99Ms: loopDelay?.max ?? null,
    lateSamples: fold.late,
    overflowSamples: fold.overflow,
    k6ExitCode,
  };
}

/**
 * Arrivals k6 never started because no VU was free, and whose fault that is, window by window. By Little's law a target
 * whose answers take W holds rate x W callers: when that is more than there were VUs, and W is late by the plan's own
 * limit, the target stalled. When answers were quick, there were too few VUs for the rate, or k6 was too slow to make them.
 * The target is blamed when most of the dropped arrivals are its fault.
 */
function droppedArrivals({ plan, instants }: Evidence): Run["generator"]["dropped"] {
  let total = 0;
  let byTarget = 0;
  for (const [i, { dropped }] of instants.entries()) {
    total += dropped;
    if (dropped > 0 && stalled(plan, slowestFrom(instants, i, plan.requestTimeoutMs + 1000)))
      byTarget += dropped;
  }
  if (total === 0 || plan.load.model !== "open") return { count: total, blame: "none" };
  return { count: total, blame: byTarget > total / 2 ? "target" : "generator" };
}

/** Whether answers of this p95 (none: nothing was answered) held more callers than k6 starts with: it makes more while it drops. */
function stalled(plan: Plan, slowestMs: number | undefined): boolean {
  if (slowestMs === undefined) return true;
  const needed = (peakOf(plan.load) * slowestMs) / 1000;
  return slowestMs > lateFrom(plan) && needed > (plan.load.model === "open" ? plan.load.preAllocatedVUs : 0);
}

/**
 * The slowest p95 from a window on to `aheadMs` after it: the answers that were outstanding when an arrival was dropped
 * come in up to one time-out later. Undefined when none came.
 */
function slowestFrom(instants: readonly Instant[], i: number, aheadMs: number): number | undefined {
  const untilMs = (instants[i]?.fromMs ?? 0) + aheadMs;
  let most: number | undefined;
  for (let at = i; at < instants.length; at++) {
    const { fromMs, p95Ms } = instants[at] as Instant;
    if (fromMs > untilMs) break;
    if (p95Ms !== undefined) most = Math.max(most ?? 0, p95Ms);
  }
  return most;
}

/** The plan's own limit for p95: an answer slower than this is late. */
function lateFrom(plan: Plan): number {
  const row = plan.sla.find(
    ({ stat, metric, priority }) => priority === "P0" && stat === "p95" && metric === LATENCY,
  );
  return row?.limit ?? LATE_MS;
}

function count(n: number): string {
  return n.toLocaleString("en");
}
