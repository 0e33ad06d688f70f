import { LATENCY, latestStartMs, type Plan } from "../../scenarios/lib/plan.ts";
import { arrivalsDue } from "../../scenarios/lib/schedule.ts";
import type { Run } from "../results/run-schema.ts";
import type { Evidence, Instant } from "./evidence.ts";

/** A generator that starts arrivals later than this (p99) measures itself. */
const PACING_LAG_P99_MS = 100;
/** A generator that sends more of its packets late than this measures itself. */
const LATE_PERCENT = 1;
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
  const own = dropped.blame === "none" ? 0 : dropped.count - dropped.byTarget;
  if (own > 0) {
    reasons.push(
      `the generator dropped ${count(own)} arrivals while answers were quick: too few VUs (--vus) or too little CPU for the rate`,
    );
  }
  if (evidence.plan.load.model === "paced") reasons.push(...latePackets(evidence));
  else if (lag !== undefined && lag > PACING_LAG_P99_MS) {
    reasons.push(
      `the generator started arrivals late: p99 ${lag.toFixed(0)} ms, limit ${PACING_LAG_P99_MS} ms`,
    );
  }
  if (k6Cpu && k6Cpu.p95 > CPU_SHARE * cores) {
    reasons.push(`k6 used ${k6Cpu.p95.toFixed(1)} of ${cores} cores: the generator was the limit`);
  }
  const benchLoopDelayP99Ms = loopDelay?.max ?? null;
  if (heldUp({ benchLoopDelayP99Ms })) {
    reasons.push(
      `plimsoll itself was held up for ${(Number(benchLoopDelayP99Ms) / 1000).toFixed(1)} s: the machine was overloaded`,
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
    benchLoopDelayP99Ms,
    otherCpuCores: evidence.spread(({ otherCpuCores }) => otherCpuCores),
    stolenCpuCores: evidence.spread(({ stolenCpuCores }) => stolenCpuCores),
    lateSamples: fold.late,
    overflowSamples: fold.overflow,
    k6ExitCode,
  };
}

/** Whether the machine had no time for plimsoll, which takes next to none. */
export function heldUp({ benchLoopDelayP99Ms }: Pick<Run["generator"], "benchLoopDelayP99Ms">): boolean {
  return (benchLoopDelayP99Ms ?? 0) > BENCH_LOOP_P99_MS;
}

/**
 * Phases in which too many packets left late. Counted, and not read from how late each tick was: a generator that stands
 * still has few ticks.
 */
function latePackets({ plan: { scenario, load, sla }, fold }: Evidence): string[] {
  const latestMs = latestStartMs(sla);
  return [...new Set(load.stages.map(({ phase }) => phase))].flatMap((phase) => {
    const sent = fold.counter("packets", { scenario, phase }) ?? 0;
    const late = fold.counter("packets_late", { scenario, phase }) ?? 0;
    const percent = (100 * late) / Math.max(1, sent);
    return percent > LATE_PERCENT
      ? [
          `the generator sent ${percent.toFixed(1)} % of the packets of ${phase} more than ${latestMs} ms late, limit ${LATE_PERCENT} %`,
        ]
      : [];
  });
}

/**
 * Arrivals k6 never started because no VU was free, and whose fault that is, window by window. By Little's law a target
 * whose answers take W holds rate x W callers: when that is more than k6 starts with (it makes more while it drops), and W
 * is late by the plan's own limit, the target stalled. When answers were quick, there were too few VUs for the rate, or k6
 * was too slow to make them.
 */
function droppedArrivals(evidence: Evidence): Run["generator"]["dropped"] {
  const { plan, instants } = evidence;
  let total = 0;
  let byTarget = 0;
  for (const [i, { dropped }] of instants.entries()) {
    total += dropped;
    if (dropped > 0 && stalled(evidence, i)) byTarget += dropped;
  }
  if (plan.load.model !== "open" || total === 0) return { count: total, byTarget: 0, blame: "none" };
  return { count: total, byTarget, blame: byTarget > 0 ? "target" : "generator" };
}

function stalled({ plan, instants }: Evidence, i: number): boolean {
  const { load } = plan;
  const slowestMs = slowestOutstanding(instants, i, plan.requestTimeoutMs + 1000);
  if (slowestMs === undefined || load.model !== "open") return true;
  const { fromMs, ms } = instants[i] as Instant;
  // Phases are told by answers, and a silent target has none: the start is that of the plan, to a window or so.
  const startMs = (instants[0]?.fromMs ?? fromMs) + plan.warmUpSeconds * 1000;
  const at = (epochMs: number) => arrivalsDue(load, Math.max(0, (epochMs - startMs) / 1000));
  const due = [-1, 0, 1].map((near) => at(fromMs + (near + 1) * ms) - at(fromMs + near * ms));
  const perMs = Math.max(...due) / ms;
  return slowestMs > lateFrom(plan) && perMs * slowestMs > load.preAllocatedVUs;
}

/**
 * The slowest p95 (ms) among answers that were outstanding in window `i`: those of its own, and those that came up to
 * `aheadMs` later but must have been asked for before its end. Undefined when nothing was answered from then on.
 */
function slowestOutstanding(instants: readonly Instant[], i: number, aheadMs: number): number | undefined {
  const { fromMs, ms } = instants[i] as Instant;
  let slowest: number | undefined;
  for (let at = i; at < instants.length; at++) {
    const later = instants[at] as Instant;
    if (later.fromMs > fromMs + aheadMs) break;
    if (later.p95Ms === undefined) continue;
    const outstanding = later.fromMs - later.p95Ms <= fromMs + ms;
    slowest = Math.max(slowest ?? 0, outstanding ? later.p95Ms : 0);
  }
  return slowest;
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
