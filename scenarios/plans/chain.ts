/** The scenario that sends packets through five connectors in a line, and watches what their telemetry tells of them. */
import type { Scenario, Sla } from "../lib/plan.ts";
import { achieved, FULL_LIMITS, hold, nothingLost, PACKET_ENV, SMOKE_LIMITS } from "./rows.ts";

const CHAIN_RATE = 100;
/** Each of the five keeps a second of a packet's time for itself, so that it can still be paid for its answer. */
const REQUEST_TIMEOUT_MS = 10_000;

export const chain: Scenario = {
  name: "chain",
  summary:
    "100 Interledger packets a second through five connectors: does telemetry tell all of it, in time?",
  target: "ilp",
  targetFlags: ["--nodes", "5"],
  variant: "ilp",
  env: [...PACKET_ENV, "HUB", "HOPS"],
  extraTags: ["outcome"],
  profiles: {
    smoke: { ...SMOKE_LIMITS, requestTimeoutMs: REQUEST_TIMEOUT_MS, load: chainLoad(20) },
    full: { ...FULL_LIMITS, requestTimeoutMs: REQUEST_TIMEOUT_MS, load: chainLoad(600) },
  },
  // Where telemetry_complete has no samples telemetry_delay has none either, which k6 can tell of a trend only.
  sla: [
    {
      id: "ready",
      title: "network ready",
      priority: "P0",
      metric: "target_ready_seconds",
      tags: { scenario: "chain" },
      stat: "max",
      op: "<",
      limit: 30,
      unit: "s",
    },
    {
      id: "telemetry-complete",
      title: "packets with all their telemetry",
      priority: "P0",
      metric: "telemetry_complete",
      tags: hold,
      stat: "share",
      op: ">=",
      limit: 100,
      unit: "%",
    },
    under100ms("telemetry-delay", "packet to its telemetry p95", "telemetry_delay"),
    under100ms("heartbeat", "heartbeat answered p95", "heartbeat"),
    achieved(hold),
    ...nothingLost("chain"),
  ],
};

function under100ms(id: string, title: string, metric: string): Sla {
  return { id, title, priority: "P0", metric, tags: hold, stat: "p95", op: "<", limit: 100, unit: "ms" };
}

// One connection, since who sends a packet must see its telemetry.
function chainLoad(seconds: number) {
  return {
    model: "paced",
    from: CHAIN_RATE,
    connections: 1,
    stages: [{ phase: "hold", seconds, to: CHAIN_RATE }],
  } as const;
}
