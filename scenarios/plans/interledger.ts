/** The scenarios that load the Interledger connector. */
import type { Scenario, Stage } from "../lib/plan.ts";
import { everyPacketOnce, FULL_LIMITS, hold, latency, MB, SMOKE_LIMITS } from "./rows.ts";

const SOAK_RATE = 10_000;

export const soak: Scenario = {
  name: "soak",
  summary: "10,000 Interledger packets a second through one connector, for an hour: does it hold?",
  target: "ilp",
  variant: "ilp",
  profiles: {
    smoke: { ...SMOKE_LIMITS, warmUpSeconds: 4, load: packetLoad(SOAK_RATE, 20) },
    full: { ...FULL_LIMITS, load: packetLoad(SOAK_RATE, 3_600) },
  },
  sla: [
    latency("p99", 10, hold),
    ...everyPacketOnce("soak"),
    {
      id: "connector-heap",
      title: "connector heap",
      priority: "P0",
      metric: "target_heap_bytes",
      tags: { ...hold, member: "A" },
      stat: "max",
      op: "<",
      limit: 500 * MB,
      unit: "bytes",
    },
    {
      id: "connector-growth",
      title: "growth of connector memory",
      priority: "P0",
      metric: "target_rss_bytes",
      tags: { ...hold, member: "A" },
      stat: "growth",
      op: "<",
      limit: 10,
      unit: "%/h",
    },
    {
      id: "connector-cpu",
      title: "connector CPU",
      priority: "P1",
      metric: "target_cpu_cores",
      tags: { ...hold, member: "A" },
      stat: "avg",
      op: "<",
      limit: 0.8,
      unit: "cores",
    },
  ],
};

function packetLoad(rate: number, seconds: number) {
  return {
    model: "paced",
    from: rate,
    connections: 2,
    stages: [{ phase: "hold", seconds, to: rate }] as Stage[],
  } as const;
}
