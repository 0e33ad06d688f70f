/** What plans share: limits of a profile, names that scripts read, and SLA rows that are asked of any. */
import { LATENCY, type Sla } from "../lib/plan.ts";

export const MB = 1_000_000;

export const SMOKE_LIMITS = { warmUpSeconds: 2, requestTimeoutMs: 3_000, gracefulStopSeconds: 3 };
export const FULL_LIMITS = { warmUpSeconds: 10, requestTimeoutMs: 10_000, gracefulStopSeconds: 10 };

/** What every script that sends packets reads of `-e`: as whom, where to, and the secret it shares with the receiver. */
export const PACKET_ENV = ["TOKEN", "DESTINATION", "SECRET"];

export const hold = { phase: "hold" };

/** A row on latency, under a limit. */
export function latency(
  stat: "p50" | "p95" | "p99",
  limitMs: number,
  tags: Sla["tags"],
  id = `latency-${stat}`,
  title = `latency ${stat}`,
): Sla {
  return {
    id,
    title,
    priority: "P0",
    metric: LATENCY,
    tags,
    stat,
    op: "<",
    limit: limitMs,
    unit: "ms",
  };
}

/** Every packet has exactly one answer, a Fulfill, and is in everybody's books. */
export function nothingLost(scenario: string): Sla[] {
  return [
    {
      id: "failed",
      title: "packets not fulfilled",
      priority: "P0",
      metric: "packets_failed",
      tags: { scenario },
      stat: "count",
      op: "<=",
      limit: 0,
      unit: "",
    },
    {
      id: "unexpected",
      title: "answers nobody asked for",
      priority: "P0",
      metric: "packets_unexpected",
      tags: { scenario },
      stat: "count",
      op: "<=",
      limit: 0,
      unit: "",
    },
    {
      id: "conservation",
      title: "packets unaccounted for",
      priority: "P0",
      metric: "packets",
      tags: {},
      stat: "unaccounted",
      op: "<=",
      limit: 0,
      unit: "",
    },
  ];
}

/** Packets that were sent, of those that were due. */
export function achieved(tags: Sla["tags"], id = "achieved", title = "achieved of asked rate"): Sla {
  return {
    id,
    title,
    priority: "P0",
    metric: "packets",
    tags,
    stat: "achieved",
    op: ">=",
    limit: 99.5,
    unit: "%",
  };
}
