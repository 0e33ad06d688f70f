import type { ResourceSample } from "../results/run-schema.ts";
import type { VariantUsage } from "../results/variant-usage.ts";
import type { Put } from "./figures.ts";

/** What processes used and connectors told in a second. */
export function resourceFigures(
  sample: ResourceSample,
  variants: ReadonlyMap<string, VariantUsage>,
  put: Put,
): void {
  const { target, k6, bench, otherCpuCores, stolenCpuCores, nodes = {} } = sample;
  const members = Object.entries(target?.members ?? {});
  for (const [name, used] of [["target", target], ...members, ["k6", k6], ["bench", bench]] as const) {
    put("cpu", name, used?.cpuCores);
    put("rss", name, used?.rssBytes);
  }
  put("cpu", "other", otherCpuCores);
  put("cpu", "stolen", stolenCpuCores);
  // What a target of several processes tells is told by one of them.
  for (const [name, used] of members.length > 0 ? members : ([["target", target]] as const)) {
    put("heap", name, used?.heapBytes);
    put("loop", name, used?.eventLoopDelayMs);
  }
  put("loop", "bench", bench.loopDelayP99Ms);
  for (const [variant, { cpuCores, cpuUsPerRequest }] of variants) {
    put("variant-cpu", variant, cpuCores);
    put("call-cpu", variant, cpuUsPerRequest);
  }
  for (const [node, told] of Object.entries(nodes)) {
    put("fulfilled", node, told.fulfilled);
    put("rejected", node, told.rejected);
    put("node-p50", node, told.latencyP50Ms);
    put("node-p99", node, told.latencyP99Ms);
    put("held", node, told.held);
    put("ledger-queue", node, told.ledgerQueued);
    put("commit-ms", node, told.ledgerCommitMeanMs);
    put("commit-entries", node, told.ledgerBatchMean);
    put("telemetry-dropped", node, told.telemetryDropped);
    put("telemetry-waiting", node, told.telemetryWaiting);
  }
}
