import type { ResourceSample } from "../results/run-schema.ts";

type Target = NonNullable<ResourceSample["target"]>;

/** What a target tells of itself at GET /metrics, in Prometheus text; each undefined where it does not. */
export interface Scrape {
  readonly heapBytes: number | undefined;
  readonly eventLoopDelayMs: number | undefined;
  /** Requests that reached the target since it started. */
  readonly requests: number | undefined;
  readonly variants: Target["variants"];
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
    return readMetrics(await answer.text());
  } catch {
    return undefined;
  }
}

/** Picks the few numbers we use out of a metrics page. */
export function readMetrics(text: string): Scrape {
  const delaySeconds = sum(text, "nodejs_eventloop_lag_p99_seconds");
  const requests = byVariant(text, "connector_requests_total");
  const cpu = byVariant(text, "connector_cpu_seconds_total");
  const variants = Object.fromEntries(
    [...cpu].map(([variant, cpuSeconds]) => [variant, { cpuSeconds, requests: requests.get(variant) ?? 0 }]),
  );
  return {
    heapBytes: sum(text, "nodejs_heap_size_used_bytes"),
    eventLoopDelayMs: delaySeconds === undefined ? undefined : delaySeconds * 1000,
    requests: sum(text, "connector_requests_total"),
    variants: cpu.size === 0 ? null : variants,
  };
}

function sum(text: string, name: string): number | undefined {
  let total: number | undefined;
  for (const { value } of samples(text, name)) total = (total ?? 0) + value;
  return total;
}

function byVariant(text: string, name: string): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { labels, value } of samples(text, name)) {
    const variant = /variant="([^"\\]*)"/.exec(labels)?.[1];
    if (variant !== undefined) totals.set(variant, (totals.get(variant) ?? 0) + value);
  }
  return totals;
}

function* samples(text: string, name: string): Generator<{ labels: string; value: number }> {
  for (const line of text.split("\n")) {
    if (!line.startsWith(name)) continue;
    const match = /^\{?([^}]*)\}?\s+(\S+)/.exec(line.slice(name.length));
    const value = Number(match?.[2]);
    if (match && /^[{\s]/.test(line.slice(name.length)) && Number.isFinite(value)) {
      yield { labels: match[1] ?? "", value };
    }
  }
}
