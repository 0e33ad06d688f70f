/** Graphs of one run that more than one dashboard shows. */
import { graph } from "./graph.ts";
import { influxql } from "./influxql.ts";
import { over, PERCENTILES, TOTALS } from "./select.ts";
import type { Limits } from "./sla-limits.ts";

/** Rows whose limit is on a percentile of all latencies; `full-p95` is on those of one variant alone. */
export const LATENCY_LIMITS = {
  "limit p50": "latency-p50",
  "limit p95": "latency-p95",
  "limit p99": "latency-p99|latency-p99-[0-9]+",
};

export function requestRate() {
  return graph({
    title: "Requests a second",
    description:
      "HTTP requests or packets that were sent, a second. Every one is counted, answered or not; in an interval of several seconds it is their mean.",
    unit: "reqps",
    queries: [influxql(over({ rate: 'mean("rate")' }, TOTALS), { alias: "$col" })],
  });
}

/** @param limits those that the dashboard's scenarios have */
export function latencyPercentiles(limits: Limits = LATENCY_LIMITS) {
  return graph({
    title: "Latency",
    description:
      "From when a request was due (open and paced loads) or made (closed ones) to its answer. Each second has its own percentiles, of all requests: in an interval of several, p50 is their median and the others are the worst second's. Dashed lines: the limits of the SLA, which are on the whole hold phase.",
    unit: "ms",
    queries: [influxql(over(PERCENTILES, TOTALS), { alias: "$col" })],
    limits,
  });
}

/** @param limited whether the scenarios of the dashboard have a limit on CPU */
export function cpuByProcess({ limited = true } = {}) {
  return graph({
    title: "CPU",
    description:
      "Cores each process used: the target with all its children, its members one by one, k6, plimsoll itself, whatever else the machine did, and what its host kept for others (stolen). Dashed, where there is one: the limit on the target.",
    unit: "short",
    decimals: 2,
    queries: [byProcess("cpu_cores")],
    ...(limited && { limits: { limit: "target-cpu|connector-cpu" } }),
  });
}

export function memoryByProcess() {
  return graph({
    title: "Memory",
    description: "Resident memory of each process. Dashed: the limit on the target.",
    unit: "bytes",
    queries: [byProcess("rss_bytes")],
    limits: { limit: "target-rss" },
  });
}

export function loopDelays() {
  return graph({
    title: "Event loops",
    description:
      "How long work waited for its turn in a process that tells it (p99 of each second). Of the target it is latency to come; of plimsoll (bench) it says that the machine was too busy to measure on.",
    unit: "ms",
    queries: [byProcess("event_loop_delay_ms", "max")],
  });
}

export function byProcess(field: string, aggregate: "mean" | "max" = "mean") {
  const by = "process";
  return influxql(over({ [field]: `${aggregate}("${field}")` }, '"resources"', { by }), {
    alias: "$tag_process",
  });
}
