/** The scenarios that load the Interledger connector. */
import {
  LATENCY,
  type Load,
  type PacedLoad,
  type Phase,
  PROMISED_MS,
  type Scenario,
  type Stage,
} from "../lib/plan.ts";
import { achieved, FULL_LIMITS, hold, latency, MB, nothingLost, PACKET_ENV, SMOKE_LIMITS } from "./rows.ts";

/** Packets a second that a connector is to carry. */
const RATE = 10_000;

const connector = { ...hold, member: "A" };

export const soak: Scenario = {
  name: "soak",
  summary: "10,000 Interledger packets a second through one connector, for an hour: does it hold?",
  target: "ilp",
  variant: "ilp",
  env: PACKET_ENV,
  extraTags: ["outcome"],
  profiles: {
    // With the second in which the load's own connections come up, half a minute.
    smoke: { ...SMOKE_LIMITS, warmUpSeconds: 4, load: packets([{ phase: "hold", seconds: 25, to: RATE }]) },
    full: { ...FULL_LIMITS, load: packets([{ phase: "hold", seconds: 3_600, to: RATE }]) },
  },
  sla: [
    latency("p99", PROMISED_MS, hold),
    achieved(hold),
    ...nothingLost("soak"),
    {
      id: "connector-heap",
      title: "connector heap",
      priority: "P0",
      metric: "target_heap_bytes",
      tags: connector,
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
      tags: connector,
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
      tags: connector,
      stat: "avg",
      op: "<",
      limit: 0.8,
      unit: "cores",
    },
  ],
};

const RUNGS = [1_000, 5_000, RATE] as const;

export const latencyLadder: Scenario = {
  name: "latency-ladder",
  summary: "1,000, then 5,000, then 10,000 packets a second: what does load do to latency?",
  target: "ilp",
  variant: "ilp",
  env: PACKET_ENV,
  extraTags: ["outcome", "stage"],
  profiles: {
    smoke: { ...SMOKE_LIMITS, warmUpSeconds: 4, load: ladder(7) },
    full: { ...FULL_LIMITS, load: ladder(120) },
  },
  sla: (load) => [
    ...ratesOf(load).map((rate) =>
      latency(
        "p99",
        PROMISED_MS,
        { ...hold, stage: String(rate) },
        `latency-p99-${rate}`,
        `latency p99 at ${rate}/s`,
      ),
    ),
    achieved(hold),
    ...nothingLost("latency-ladder"),
  ],
};

/** The rates of a ladder; scaled down far enough, rungs become one. */
function ratesOf({ stages }: Load): number[] {
  return [...new Set(stages.map(({ to }) => to))].filter((rate) => rate > 0);
}

function ladder(seconds: number): PacedLoad {
  return packets(RUNGS.flatMap((to): Stage[] => [jump("hold", to), { phase: "hold", seconds, to }]));
}

const CALM = 1_000;

export const burst: Scenario = {
  name: "burst",
  summary: "1,000 packets a second, and bursts of ten times that for 5 s: is any lost, how fast is it back?",
  target: "ilp",
  variant: "ilp",
  env: PACKET_ENV,
  extraTags: ["outcome"],
  profiles: {
    smoke: { ...SMOKE_LIMITS, load: bursts(1, 4, 15) },
    full: { ...FULL_LIMITS, load: bursts(5, 30, 30) },
  },
  sla: [
    achieved(hold),
    achieved({ phase: "spike" }, "achieved-spike", "achieved of a burst"),
    achieved({ phase: "recovery" }, "achieved-recovery", "achieved after it"),
    ...nothingLost("burst"),
    {
      id: "recovery",
      title: "recovery of p95 after a burst",
      priority: "P0",
      metric: LATENCY,
      tags: { scenario: "burst" },
      stat: "recovery",
      op: "<",
      limit: 10,
      unit: "s",
    },
  ],
};

function bursts(count: number, before: number, after: number): PacedLoad {
  const one: Stage[] = [
    jump("spike", RATE),
    { phase: "spike", seconds: 5, to: RATE },
    jump("recovery", CALM),
    { phase: "recovery", seconds: after, to: CALM },
  ];
  return packets([
    { phase: "hold", seconds: before, to: CALM },
    ...Array.from({ length: count }, () => one).flat(),
  ]);
}

/** From one rate to another at once. */
function jump(phase: Phase, to: number): Stage {
  return { phase, seconds: 0, to };
}

/** Two connections: each costs k6 a timer, and one VU alone can send some 25,000 a second. */
function packets(stages: readonly Stage[]): PacedLoad {
  return { model: "paced", from: stages[0]?.to ?? 0, connections: 2, stages };
}
