import { LATENCY } from "../../scenarios/lib/plan.ts";
import { Failure } from "../failure.ts";
import type { ResourceSample, Run } from "../results/run-schema.ts";

/**
 * How a rate went, and where it was not held why not: the first of these that is true.
 * - `died`: a process of the target ended
 * - `k6 late`: the generator was the limit, and what was measured is not the target
 * - `lost`: a packet was not fulfilled, or is not in everybody's books
 * - `rate`: fewer packets were sent in the time than the plan has
 * - `latency`: p99 was over its limit
 */
export type Outcome = "held" | "died" | "k6 late" | "lost" | "rate" | "latency";

/** What a load at one rate showed, over its hold phase; NaN where nothing was measured. */
export interface Reading {
  readonly outcome: Outcome;
  /** Percent of the packets that were due. */
  readonly achieved: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  /** How late k6 itself sent packets, p99; it is part of every latency. */
  readonly lateMs: number;
  /** Packets not fulfilled, answers nobody asked for, and packets that some book lacks. */
  readonly lost: number;
  /** The first that k6 said of packets that were not fulfilled. */
  readonly complaint?: string;
  /** CPU by process, in cores, on average: the target's members, `k6`, and `other` for all other work on the machine,
   * `stolen` for what the host of the machine kept for others. */
  readonly cores: Readonly<Record<string, number>>;
}

/** Windows are whole seconds, so the phase began or ended up to half a second off. */
const EDGE_MS = 500;

/** The rows of the soak that say whether packets were lost. */
const LOSSES = ["failed", "unexpected", "conservation"];

/**
 * Reads a run of the soak. Its rows on memory and CPU are for longer runs and are not looked at.
 *
 * @param seconds length of the hold phase: what k6 still waits for after it carries its tag too
 * @throws Failure when k6 itself failed, or nothing was measured
 */
export function readingOf(run: Run, resources: readonly ResourceSample[], seconds: number): Reading {
  const row = (id: string) => run.sla.find((row) => row.id === id);
  const quantiles = (metric: string) => {
    for (const it of run.series)
      if (it.metric === metric && it.type === "trend" && it.tags.phase === "hold") return it.quantiles;
    return undefined;
  };
  const latency = quantiles(LATENCY);
  const lost = LOSSES.reduce((sum, id) => sum + (row(id)?.value ?? 0), 0);
  const complaint = run.generator.complaints?.[0];
  const outcome = (): Outcome => {
    if (run.target.died) return "died";
    if (run.exitCode === 1 || run.verdict === "no-data") throw new Failure("FAULT", run.reasons.join("; "));
    if (!run.generator.healthy) return "k6 late";
    if (lost > 0) return "lost";
    if (row("achieved")?.state !== "pass") return "rate";
    return row("latency-p99")?.state === "pass" ? "held" : "latency";
  };
  return {
    outcome: outcome(),
    achieved: row("achieved")?.value ?? Number.NaN,
    p50Ms: latency?.p50 ?? Number.NaN,
    p99Ms: latency?.p99 ?? Number.NaN,
    p999Ms: latency?.["p99.9"] ?? Number.NaN,
    lateMs: quantiles("pacing_lag")?.p99 ?? Number.NaN,
    lost,
    ...(complaint !== undefined && { complaint }),
    cores: coresIn(resources, holdOf(run, seconds)),
  };
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

function holdOf({ phases }: Run, seconds: number): Span | undefined {
  const hold = phases.find(({ phase }) => phase === "hold");
  if (hold === undefined) return undefined;
  const fromMs = Date.parse(hold.from);
  return { fromMs: fromMs + EDGE_MS, toMs: fromMs + seconds * 1_000 - EDGE_MS };
}

/** Means over the samples whose whole second lies in the span. */
function coresIn(resources: readonly ResourceSample[], span: Span | undefined): Record<string, number> {
  const sums = new Map<string, { sum: number; n: number }>();
  const add = (name: string, cores: number | null | undefined) => {
    if (cores === null || cores === undefined) return;
    const { sum, n } = sums.get(name) ?? { sum: 0, n: 0 };
    sums.set(name, { sum: sum + cores, n: n + 1 });
  };
  for (const { at, target, k6, otherCpuCores, stolenCpuCores } of resources) {
    const atMs = Date.parse(at);
    if (span === undefined || atMs - 1_000 < span.fromMs || atMs > span.toMs) continue;
    for (const [name, { cpuCores }] of Object.entries(target?.members ?? {})) add(name, cpuCores);
    add("k6", k6?.cpuCores);
    add("other", otherCpuCores);
    add("stolen", stolenCpuCores);
  }
  return Object.fromEntries([...sums].map(([name, { sum, n }]) => [name, sum / n]));
}
