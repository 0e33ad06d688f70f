import type { PacketCounts, ResourceSample } from "../results/run-schema.ts";

type Target = NonNullable<ResourceSample["target"]>;

/** What a target tells of itself at GET /metrics, in Prometheus text; each undefined where it does not. */
export interface Scrape {
  readonly heapBytes: number | undefined;
  readonly eventLoopDelayMs: number | undefined;
  /** Requests that reached the target since it started. */
  readonly requests: number | undefined;
  readonly variants: Target["variants"];
  /** Of an Interledger connector, since it started. */
  readonly packets: Omit<PacketCounts, "paidUnits" | "heldUnits"> | undefined;
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
    eventLoopDelayMs: delaySeconds === undefined ? undefined : delaySeconds * 1000,
    requests: sum(text, "connector_requests_total"),
    variants: cpu.size === 0 ? null : variants,
    packets: packetsIn(text),
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

function sum(text: string, name: string): number | undefined {
  let total: number | undefined;
  for (const { value } of samples(text, name)) total = (total ?? 0) + value;
  return total;
}

/** Sums of a metric by the values of one of its labels. */
function by(label: string, text: string, name: string): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { labels, value } of samples(text, name)) {
    const key = labels.get(label);
    if (key !== undefined) totals.set(key, (totals.get(key) ?? 0) + value);
  }
  return totals;
}

/** `{label="value",...}`; in a value, a quote, a backslash and a line break are escaped. */
const LABELS = /^\s*\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\}/;
const LABEL = /([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"/g;

/** Samples of a metric: its name, its labels, its value, and maybe a time stamp. */
function* samples(text: string, name: string): Generator<{ labels: Map<string, string>; value: number }> {
  for (const line of text.split("\n")) {
    if (!line.startsWith(name)) continue;
    const rest = line.slice(name.length);
    const braces = LABELS.exec(rest);
    const number = /^\s+(\S+)/.exec(rest.slice(braces?.[0].length ?? 0))?.[1];
    const value = Number(number);
    if (number === undefined || !Number.isFinite(value)) continue;
    const labels = new Map<string, string>();
    for (const [, key = "", content = ""] of (braces?.[1] ?? "").matchAll(LABEL)) labels.set(key, content);
    yield { labels, value };
  }
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
