/** The scenarios that load the HTTP connector. */
import { LATENCY, type Scenario, type Sla, type Stage } from "../lib/plan.ts";
import { FULL_LIMITS, hold, latency, MB, SMOKE_LIMITS } from "./rows.ts";

/** The connector's variants in the order of their ports: the n-th listens on port base + n (8080 + n). */
export const CONNECTOR_VARIANTS = [
  "full",
  "none",
  "validation",
  "logger",
  "tracing",
  "tracing-otlp",
  "error-handler",
  "auth",
  "rate-limit",
  "timeout",
  "bulkhead",
  "circuit-breaker",
  "retry",
  "fallback",
  "serializer",
  "metrics",
] as const;

/** The interceptors that are in the full chain by default; each alone is a variant. */
export const FULL_CHAIN = [
  "error-handler",
  "timeout",
  "bulkhead",
  "circuit-breaker",
  "retry",
  "validation",
  "serializer",
  "logger",
  "tracing",
  "metrics",
] as const;

/** Think time of a closed-model caller: 100 VUs ask for at most 1,000 requests a second. */
const THINK_MS = 100;

/** At most this share of requests may fail, and at least the rest must be answered rightly. */
function errors(failedPercent: number, tags: Sla["tags"]): Sla[] {
  return [
    {
      id: "failed",
      title: "failed requests",
      priority: "P0",
      metric: "http_req_failed",
      tags,
      stat: "share",
      op: "<",
      limit: failedPercent,
      unit: "%",
    },
    {
      id: "correct",
      title: "right answers",
      priority: "P0",
      metric: "checks",
      tags,
      stat: "share",
      op: ">",
      limit: 100 - failedPercent,
      unit: "%",
    },
  ];
}

function noDropped(scenario: string): Sla {
  return {
    id: "dropped",
    title: "dropped arrivals",
    priority: "P0",
    metric: "dropped_iterations",
    tags: { scenario },
    stat: "count",
    op: "<=",
    limit: 0,
    unit: "",
  };
}

export const basicLoad: Scenario = {
  name: "basic-load",
  summary: "a steady arrival rate: does it hold its SLA on an ordinary day?",
  target: "connector",
  variant: "full",
  profiles: {
    smoke: { ...SMOKE_LIMITS, load: { ...openLoad(500), stages: trapezium(500, 4, 18, 3) } },
    full: { ...FULL_LIMITS, load: { ...openLoad(1_000), stages: trapezium(1_000, 30, 360, 30) } },
  },
  sla: [
    latency("p50", 50, hold),
    latency("p95", 100, hold),
    latency("p99", 150, hold),
    ...errors(1, hold),
    {
      id: "achieved",
      title: "achieved of asked rate",
      priority: "P0",
      metric: "http_reqs",
      tags: hold,
      stat: "achieved",
      op: ">=",
      limit: 99,
      unit: "%",
    },
    noDropped("basic-load"),
    {
      id: "busy-vus",
      title: "callers busy, mean",
      priority: "P0",
      metric: "iteration_duration",
      tags: hold,
      stat: "concurrency",
      op: "<=",
      limit: 100,
      unit: "VUs",
    },
    {
      id: "target-rss",
      title: "target memory",
      priority: "P1",
      metric: "target_rss_bytes",
      tags: hold,
      stat: "max",
      op: "<",
      limit: 100 * MB,
      unit: "bytes",
    },
    {
      id: "target-cpu",
      title: "target CPU",
      priority: "P1",
      metric: "target_cpu_cores",
      tags: hold,
      stat: "avg",
      op: "<",
      limit: 0.5,
      unit: "cores",
    },
  ],
};

/**
 * VUs for a rate: a tenth of it are busy while answers take under 100 ms. There are enough from the start for a stall of
 * half a second; k6 makes more up to a stall of a whole one (each costs some 0.5 MB and 3 ms to make, which is why not all
 * are there at once).
 */
function openLoad(rate: number) {
  return {
    model: "open",
    from: 0,
    preAllocatedVUs: Math.ceil(rate / 2),
    maxVUs: rate + Math.ceil(rate / 10),
  } as const;
}

function trapezium(rate: number, up: number, top: number, down: number): Stage[] {
  return [
    { phase: "ramp", seconds: up, to: rate },
    { phase: "hold", seconds: top, to: rate },
    { phase: "ramp", seconds: down, to: 0 },
  ];
}

export const stress: Scenario = {
  name: "stress",
  summary: "more and more callers: where does it break?",
  target: "connector",
  variant: "full",
  extraTags: ["stage"],
  profiles: {
    smoke: { ...SMOKE_LIMITS, load: staircase([25, 125, 250, 500], [3, 6, 6, 6, 3]) },
    full: { ...FULL_LIMITS, load: staircase([100, 500, 1_000, 2_000], [60, 120, 120, 120, 60]) },
  },
  sla: errors(5, { scenario: "stress" }),
};

function staircase(steps: readonly number[], seconds: readonly number[]) {
  const stages: Stage[] = [...steps, 0].map((to, i) => ({ phase: "ramp", seconds: seconds[i] ?? 0, to }));
  return { model: "closed", from: 0, stages, thinkMs: THINK_MS } as const;
}

export const spike: Scenario = {
  name: "spike",
  summary: "ten times the callers within seconds: does it survive, and how fast is it back?",
  target: "connector",
  variant: "full",
  profiles: {
    smoke: { ...SMOKE_LIMITS, load: spikeLoad(25, 250, [6, 2, 5, 2, 9]) },
    full: { ...FULL_LIMITS, load: spikeLoad(100, 1_000, [30, 10, 30, 10, 60]) },
  },
  sla: [
    ...errors(2, { scenario: "spike" }),
    {
      id: "recovery",
      title: "recovery of p95 after the spike",
      priority: "P0",
      metric: LATENCY,
      tags: { scenario: "spike" },
      stat: "recovery",
      op: "<",
      limit: 30,
      unit: "s",
    },
  ],
};

function spikeLoad(calm: number, peak: number, seconds: readonly [number, number, number, number, number]) {
  const [before, up, top, down, after] = seconds;
  const stages: Stage[] = [
    { phase: "hold", seconds: before, to: calm },
    { phase: "spike", seconds: up, to: peak },
    { phase: "spike", seconds: top, to: peak },
    { phase: "spike", seconds: down, to: calm },
    { phase: "recovery", seconds: after, to: calm },
  ];
  return { model: "closed", from: calm, stages, thinkMs: THINK_MS } as const;
}

const OVERHEAD_RATE = 600;
const overheadVariants = ["none", ...FULL_CHAIN, "full"];

export const interceptorOverhead: Scenario = {
  name: "interceptor-overhead",
  summary: "what does each interceptor cost, in added latency and CPU a request?",
  target: "connector",
  variant: "full",
  blocks: {
    variants: overheadVariants,
    seed: 20261121,
  },
  profiles: {
    smoke: { ...SMOKE_LIMITS, load: steady(OVERHEAD_RATE, 24) },
    full: { ...FULL_LIMITS, load: steady(OVERHEAD_RATE, 120) },
  },
  sla: [
    ...[...FULL_CHAIN].map(
      (variant): Sla => ({
        id: `added-${variant}`,
        title: `${variant}: added latency p50`,
        priority: "P0",
        metric: "http_req_duration",
        tags: { phase: "hold", variant },
        stat: "added-p50",
        op: "<",
        limit: 2,
        unit: "ms",
      }),
    ),
    ...errors(1, hold),
    noDropped("interceptor-overhead"),
    {
      id: "full-p95",
      title: "full chain: latency p95",
      priority: "P1",
      metric: LATENCY,
      tags: { phase: "hold", variant: "full" },
      stat: "p95",
      op: "<",
      limit: 15,
      unit: "ms",
    },
  ],
};

function steady(rate: number, seconds: number) {
  return { ...openLoad(rate), from: rate, stages: [{ phase: "hold", seconds, to: rate }] as Stage[] };
}
