import type { Series, Window } from "../../windows/window.ts";
import { runOf, type Sample, type SampleOptions, sample } from "./sample.ts";

/** What a network of connectors in a line is called. */
const NODES = ["A", "B", "C"] as const;
/** Where a connector's p50 lies above that of the one behind it, ms. */
const HOP_MS = 2;

export interface PacketsOptions extends SampleOptions {
  readonly scenario?: "soak" | "latency-ladder" | "chain";
  /** Share of packets that the last connector rejects. */
  readonly rejecting?: number;
  /** Of a chain: share of packets that some connector tells nothing of, by the second. */
  readonly untold?: (second: number) => number;
}

/** A run of packets: that of requests over HTTP, told as packets are, with connectors that tell of themselves. */
export function packetsSample({
  scenario = "soak",
  rejecting = 0,
  untold = () => 0,
  ...options
}: PacketsOptions = {}): Sample {
  const http = sample(scenario, { seconds: 20, ...options });
  const windows = http.windows.map((window, second) => {
    const packets = packetsIn(window, rejecting);
    return scenario === "chain" ? withTelemetry(packets, untold(second)) : packets;
  });
  const resources = http.resources.map((one, second) => ({
    ...one,
    otherCpuCores: 0.1,
    stolenCpuCores: 0.03,
    target: one.target && {
      ...one.target,
      variants: null,
      members: Object.fromEntries(
        NODES.map((node) => [node, { cpuCores: 0.1, rssBytes: 90e6, heapBytes: 30e6, eventLoopDelayMs: 2 }]),
      ),
    },
    nodes: Object.fromEntries(NODES.map((node, n) => [node, told(second, NODES.length - n, rejecting)])),
  }));
  return { run: runOf(planOf(http), windows, resources), windows, resources };
}

type Plan = Parameters<typeof runOf>[0];
const planOf = ({ run }: Sample) => run.plan as unknown as Plan;

function packetsIn(window: Window, rejecting: number): Window {
  const series = window.series.flatMap((one): Series[] => {
    const { variant: _, name: __, ...tags } = one.tags;
    if (one.metric === "http_reqs" && one.type === "counter") {
      const failed = Math.round(one.value * rejecting);
      const counted = (metric: string, value: number, more: Record<string, string> = {}): Series[] =>
        value === 0 ? [] : [{ ...one, metric, value, tags: { ...tags, ...more } }];
      return [
        ...counted("packets", one.value),
        ...counted("packets_fulfilled", one.value - failed),
        ...counted("packets_failed", failed, { outcome: "rejected" }),
      ];
    }
    return /^(latency|pacing_lag|vus)$/.test(one.metric) ? [{ ...one, tags }] : [];
  });
  return { ...window, series };
}

/** As whoever watches the telemetry of a chain counts it: a packet is complete, or it is not. */
function withTelemetry(window: Window, untold: number): Window {
  const complete = window.series.flatMap((one): Series[] => {
    if (one.metric !== "packets_fulfilled" || one.type !== "counter") return [];
    const no = Math.round(one.value * untold);
    return [{ ...one, type: "rate", metric: "telemetry_complete", yes: one.value - no, no }];
  });
  return { ...window, series: [...window.series, ...complete] };
}

/** What a connector with so many from it to the end tells. */
function told(second: number, toTheEnd: number, rejecting: number) {
  return {
    received: 100,
    fulfilled: 100 * (1 - rejecting),
    rejected: 100 * rejecting,
    unanswered: 0,
    held: 2 + (second % 3),
    waitingBytes: 0,
    ledgerPosted: 100,
    ledgerQueued: second % 5,
    ledgerBatchMean: 3,
    ledgerCommitMeanMs: 1.5,
    telemetryRecorded: 300,
    telemetryDropped: 0,
    telemetryWaiting: second % 7,
    latencyP50Ms: HOP_MS * toTheEnd,
    latencyP99Ms: 3 * HOP_MS * toTheEnd,
  };
}
