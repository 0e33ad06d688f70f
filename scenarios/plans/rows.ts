/** What plans of several targets share: limits of a profile, and SLA rows that are asked of any. */
import { LATENCY, type Sla } from "../lib/plan.ts";

export const MB = 1_000_000;

export const SMOKE_LIMITS = { warmUpSeconds: 2, requestTimeoutMs: 3_000, gracefulStopSeconds: 3 };
export const FULL_LIMITS = { warmUpSeconds: 10, requestTimeoutMs: 10_000, gracefulStopSeconds: 10 };

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

/** What is asked of every load of packets: all that were due were sent, each was fulfilled once, all books agree. */
export function everyPacketOnce(scenario: string): Sla[] {
  const own = { scenario };
  const row = { priority: "P0", stat: "count", op: "<=", limit: 0, unit: "" } as const;
  return [
    {
      id: "achieved",
      title: "achieved of asked rate",
      priority: "P0",
      metric: "packets",
      tags: hold,
      stat: "achieved",
      op: ">=",
      limit: 99.5,
      unit: "%",
    },
    { ...row, id: "failed", title: "packets not fulfilled", metric: "packets_failed", tags: own },
    { ...row, id: "unexpected", title: "answers nobody asked for", metric: "packets_unexpected", tags: own },
    {
      ...row,
      id: "conservation",
      title: "packets unaccounted for",
      metric: "packets",
      tags: {},
      stat: "unaccounted",
    },
  ];
}
