import type { NodeFigures, ResourceSample } from "../results/run-schema.ts";
import type { Tags } from "../windows/window.ts";
import { type InfluxPoint, pointOf } from "./point.ts";

/** What one process used; null or missing where it is not known. */
interface Used {
  readonly cpuCores: number | null | undefined;
  readonly rssBytes?: number;
  readonly heapBytes?: number | null;
  readonly eventLoopDelayMs?: number | null;
}

/** What the processes used, and what the connectors told, in the second before the sample: at the sample's own time. */
export function resourcePoints(sample: ResourceSample, run: Tags): InfluxPoint[] {
  const { target, k6, bench, otherCpuCores, nodes = {} } = sample;
  const atMs = Date.parse(sample.at);
  const used = (process: string, kind: string, it: Used): InfluxPoint =>
    pointOf(
      "resources",
      { ...run, process, kind },
      {
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
    ...Object.entries(nodes).map(([node, figures]) =>
      pointOf("nodes", { ...run, node }, fieldsOf(figures), atMs),
    ),
  ];
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
