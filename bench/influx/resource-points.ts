import type { NodeFigures, ResourceSample } from "../results/run-schema.ts";
import type { VariantUsage } from "../results/variant-usage.ts";
import type { Tags } from "../windows/window.ts";
import { type InfluxPoint, pointOf } from "./point.ts";

/** What one process used; null or missing where it is not known. */
interface Used {
  readonly cpuCores: number | null | undefined;
  readonly rssBytes?: number;
  readonly heapBytes?: number | null;
  readonly eventLoopDelayMs?: number | null;
}

/** Connectors of the run as they come to be known, so that one that is silent for a second is still missed. */
export type KnownNodes = Set<string>;

/**
 * A connector's p50 holds those of all behind it: what is its own is the difference to the next one's, of connectors in a
 * line, in the order of their names. Undefined where either is not known; medians do not add up exactly, and a difference
 * below zero says nothing.
 */
function hopP50Ms(node: string, nodes: Readonly<Record<string, NodeFigures>>, known: KnownNodes) {
  const all = [...known].sort();
  const next = all[all.indexOf(node) + 1];
  const here = nodes[node]?.latencyP50Ms;
  const behind = next === undefined ? 0 : nodes[next]?.latencyP50Ms;
  return typeof here !== "number" || typeof behind !== "number" || here < behind ? undefined : here - behind;
}

/**
 * What the processes used, and what the connectors told, in the second before the sample: at the sample's own time.
 *
 * @param zeroMs what `elapsed_s` counts from, epoch milliseconds
 * @param known connectors of the samples before; gets those of this one
 */
export function resourcePoints(
  sample: ResourceSample,
  run: Tags,
  zeroMs: number,
  known: KnownNodes,
): InfluxPoint[] {
  const { target, k6, bench, otherCpuCores, stolenCpuCores, nodes = {} } = sample;
  const atMs = Date.parse(sample.at);
  for (const node of Object.keys(nodes)) known.add(node);
  const used = (process: string, kind: string, it: Used): InfluxPoint =>
    pointOf(
      "resources",
      { ...run, process, kind },
      {
        elapsed_s: (atMs - zeroMs) / 1000,
        cpu_cores: it.cpuCores,
        rss_bytes: it.rssBytes,
        heap_bytes: it.heapBytes,
        event_loop_delay_ms: it.eventLoopDelayMs,
      },
      atMs,
    );
  return [
    ...(target ? [used("target", "target", target)] : []),
    ...Object.entries(target?.members ?? {}).map(([name, member]) => used(name, "member", member)),
    ...(k6 ? [used("k6", "generator", k6)] : []),
    used("bench", "generator", { ...bench, eventLoopDelayMs: bench.loopDelayP99Ms }),
    ...(typeof otherCpuCores === "number" ? [used("other", "other", { cpuCores: otherCpuCores })] : []),
    ...(stolenCpuCores === undefined ? [] : [used("stolen", "host", { cpuCores: stolenCpuCores })]),
    ...Object.entries(nodes).map(([node, figures]) =>
      pointOf(
        "nodes",
        { ...run, node },
        { ...fieldsOf(figures), hop_p50_ms: hopP50Ms(node, nodes, known) },
        atMs,
      ),
    ),
  ];
}

/** What the calls of each variant cost in the second before a sample. */
export function variantPoints(
  used: ReadonlyMap<string, VariantUsage>,
  run: Tags,
  atMs: number,
): InfluxPoint[] {
  return [...used].map(([variant, { cpuCores, requestsPerSecond, cpuUsPerRequest }]) =>
    pointOf(
      "variants",
      { ...run, variant },
      { cpu_cores: cpuCores, rate: requestsPerSecond, cpu_us_per_request: cpuUsPerRequest },
      atMs,
    ),
  );
}

function fieldsOf(figures: NodeFigures) {
  return {
    received: figures.received,
    fulfilled: figures.fulfilled,
    rejected: figures.rejected,
    unanswered: figures.unanswered,
    held: figures.held,
    waiting_bytes: figures.waitingBytes,
    ledger_posted: figures.ledgerPosted,
    ledger_queued: figures.ledgerQueued,
    ledger_batch_mean: figures.ledgerBatchMean,
    ledger_commit_mean_ms: figures.ledgerCommitMeanMs,
    telemetry_recorded: figures.telemetryRecorded,
    telemetry_dropped: figures.telemetryDropped,
    telemetry_waiting: figures.telemetryWaiting,
    latency_p50_ms: figures.latencyP50Ms,
    latency_p99_ms: figures.latencyP99Ms,
  };
}
