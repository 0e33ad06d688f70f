import type { PacketCounts, ResourceSample } from "../results/run-schema.ts";
import { type ConnectorTotals, connectorTotals } from "./connector-totals.ts";
import { by, sum } from "./prometheus-text.ts";

type Target = NonNullable<ResourceSample["target"]>;

/** What a target tells of itself at GET /metrics, in Prometheus text; each undefined where it does not. */
export interface Scrape {
  readonly heapBytes: number | undefined;
  /** What the heap may grow to before V8 ends the process. */
  readonly heapLimitBytes: number | undefined;
  readonly eventLoopDelayMs: number | undefined;
  /** Requests that reached the target since it started. */
  readonly requests: number | undefined;
  readonly variants: Target["variants"];
  /** Of an Interledger connector, since it started. */
  readonly packets: Omit<PacketCounts, "paidUnits" | "heldUnits"> | undefined;
  readonly connector: ConnectorTotals | undefined;
}

/** A target that is too busy to answer within this must not hold up the sampling. */
const SCRAPE_TIMEOUT_MS = 900;
/** More text than this is no metrics page of a target. */
const MAX_BYTES = 4 << 20;

/** Reads a target's metrics; undefined when it does not answer in time. */
export async function scrape(adminUrl: string): Promise<Scrape | undefined> {
  try {
    const answer = await fetch(`${adminUrl}/metrics`, { signal: AbortSignal.timeout(SCRAPE_TIMEOUT_MS) });
    if (!answer.ok || Number(answer.headers.get("content-length") ?? 0) > MAX_BYTES) return undefined;
    const text = await limited(answer);
    return text === undefined ? undefined : readMetrics(text);
  } catch {
    return undefined;
  }
}

/** Picks the few numbers we use out of a metrics page. */
export function readMetrics(text: string): Scrape {
  const delaySeconds = sum(text, "nodejs_eventloop_lag_p99_seconds");
  const requests = by("variant", text, "connector_requests_total");
  const cpu = by("variant", text, "connector_cpu_seconds_total");
  const variants = Object.fromEntries(
    [...cpu].map(([variant, cpuSeconds]) => [variant, { cpuSeconds, requests: requests.get(variant) ?? 0 }]),
  );
  return {
    heapBytes: sum(text, "nodejs_heap_size_used_bytes"),
    heapLimitBytes: sum(text, "nodejs_heap_size_limit_bytes"),
    eventLoopDelayMs: delaySeconds === undefined ? undefined : delaySeconds * 1000,
    requests: sum(text, "connector_requests_total"),
    variants: cpu.size === 0 ? null : variants,
    packets: packetsIn(text),
    connector: connectorTotals(text),
  };
}

function packetsIn(text: string): Scrape["packets"] {
  const outcomes = by("outcome", text, "ilp_packets_total");
  if (outcomes.size === 0) return undefined;
  return {
    received: outcomes.get("received") ?? 0,
    fulfilled: outcomes.get("fulfilled") ?? 0,
    rejected: outcomes.get("rejected") ?? 0,
  };
}

/** The text of an answer; undefined when there is more of it than a page of metrics has. */
async function limited(answer: Response): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
