import type { NodeFigures } from "../results/run-schema.ts";
import { by, sum } from "./prometheus-text.ts";

/** What an Interledger connector tells of itself: counts since it started, and what it holds now. */
export interface ConnectorTotals {
  readonly received: number;
  readonly fulfilled: number;
  readonly rejected: number;
  readonly unanswered: number;
  readonly held: number | undefined;
  readonly waitingBytes: number | undefined;
  readonly ledgerPosted: number | undefined;
  readonly ledgerQueued: number | undefined;
  /** Entries of commits, and how many commits. */
  readonly ledgerBatches: Mean;
  readonly ledgerCommits: Mean;
  readonly telemetryRecorded: number | undefined;
  readonly telemetryDropped: number | undefined;
  readonly telemetryWaiting: number | undefined;
  /** Packets answered within so many seconds, by that bound; Infinity has all. */
  readonly latency: ReadonlyMap<number, number>;
}

interface Mean {
  readonly sum: number | undefined;
  readonly count: number | undefined;
}

/** Reads them from a metrics page; undefined when it is not a connector's. */
export function connectorTotals(text: string): ConnectorTotals | undefined {
  const outcomes = by("outcome", text, "ilp_packets_total");
  if (outcomes.size === 0) return undefined;
  const buckets = [...by("le", text, "ilp_packet_duration_seconds_bucket")];
  const mean = (name: string): Mean => ({ sum: sum(text, `${name}_sum`), count: sum(text, `${name}_count`) });
  return {
    received: outcomes.get("received") ?? 0,
    fulfilled: outcomes.get("fulfilled") ?? 0,
    rejected: outcomes.get("rejected") ?? 0,
    unanswered: outcomes.get("unanswered") ?? 0,
    held: sum(text, "ilp_held_packets"),
    waitingBytes: sum(text, "btp_waiting_bytes"),
    ledgerPosted: by("state", text, "ilp_ledger_transfers_total").get("posted"),
    ledgerQueued: sum(text, "ilp_ledger_queued_entries"),
    ledgerBatches: mean("ilp_ledger_batch_entries"),
    ledgerCommits: mean("ilp_ledger_commit_seconds"),
    telemetryRecorded: sum(text, "ilp_telemetry_recorded_total"),
    telemetryDropped: sum(text, "ilp_telemetry_dropped_total"),
    telemetryWaiting: sum(text, "ilp_telemetry_waiting_events"),
    latency: new Map(
      buckets.map(([le, count]) => [le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le), count]),
    ),
  };
}

/** What a connector did between two looks, counts as rates a second. */
export function connectorFigures(
  before: ConnectorTotals,
  after: ConnectorTotals,
  seconds: number,
): NodeFigures {
  const rate = (key: "received" | "fulfilled" | "rejected" | "unanswered") =>
    since(before[key], after[key]) / seconds;
  const maybeRate = (key: "ledgerPosted" | "telemetryRecorded" | "telemetryDropped") => {
    const now = after[key];
    return now === undefined ? null : since(before[key] ?? 0, now) / seconds;
  };
  const latencyMs = (percent: number) => {
    const bound = quantileSince(before.latency, after.latency, percent);
    return bound === null ? null : bound * 1000;
  };
  const commit = meanSince(before.ledgerCommits, after.ledgerCommits);
  return {
    received: rate("received"),
    fulfilled: rate("fulfilled"),
    rejected: rate("rejected"),
    unanswered: rate("unanswered"),
    held: after.held ?? null,
    waitingBytes: after.waitingBytes ?? null,
    ledgerPosted: maybeRate("ledgerPosted"),
    ledgerQueued: after.ledgerQueued ?? null,
    ledgerBatchMean: meanSince(before.ledgerBatches, after.ledgerBatches),
    ledgerCommitMeanMs: commit === null ? null : commit * 1000,
    telemetryRecorded: maybeRate("telemetryRecorded"),
    telemetryDropped: maybeRate("telemetryDropped"),
    telemetryWaiting: after.telemetryWaiting ?? null,
    latencyP50Ms: latencyMs(50),
    latencyP99Ms: latencyMs(99),
  };
}

/** A counter that is less than it was has begun again with its process. */
function since(before: number, after: number): number {
  return after < before ? after : after - before;
}

function meanSince(before: Mean, after: Mean): number | null {
  if (after.sum === undefined || after.count === undefined) return null;
  const n = since(before.count ?? 0, after.count);
  return n === 0 ? null : since(before.sum ?? 0, after.sum) / n;
}

/** As Prometheus' histogram_quantile: within its bucket a value is taken to lie in proportion. */
function quantileSince(
  before: ReadonlyMap<number, number>,
  after: ReadonlyMap<number, number>,
  percent: number,
): number | null {
  const bounds = [...after.keys()].sort((a, b) => a - b);
  const upTo = (bound: number) => since(before.get(bound) ?? 0, after.get(bound) ?? 0);
  const last = bounds.at(-1);
  const all = last === undefined ? 0 : upTo(last);
  if (all === 0) return null;
  const wanted = (percent / 100) * all;
  const at = bounds.findIndex((bound) => upTo(bound) >= wanted);
  const [top, bottom] = [bounds[at] as number, at === 0 ? 0 : (bounds[at - 1] as number)];
  // How far beyond the last bound a value lies, the buckets do not tell.
  if (!Number.isFinite(top)) return bottom;
  const below = at === 0 ? 0 : upTo(bottom);
  const within = upTo(top) - below;
  return bottom + (top - bottom) * (within === 0 ? 1 : (wanted - below) / within);
}
