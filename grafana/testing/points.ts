/**
 * Points of runs that never were, in the layout that `plimsoll run --influx` writes, as line protocol:
 * enough of each kind of run for every query of every dashboard to have an answer.
 */
import { FULL_CHAIN } from "../../scenarios/plans.ts";

export interface FixtureRun {
  readonly run: string;
  readonly scenario: string;
  readonly target: "connector" | "ilp";
  readonly startMs: number;
  readonly seconds: number;
  /** Of an HTTP run. */
  readonly variants?: readonly string[];
  /** Of a run of packets: its connectors. */
  readonly nodes?: readonly string[];
  /** Share of requests that fail. */
  readonly failing: number;
  readonly limits: Readonly<Record<string, { limit: number; unit: string }>>;
}

type Fields = Readonly<Record<string, number | string>>;

const PHASES = ["warm-up", "hold"] as const;
const MB = 1_000_000;

/** One run of each kind: HTTP, HTTP in variants, packets through five connectors, packets through one. */
export function fixtureRuns(nowMs: number): FixtureRun[] {
  const minutesAgo = (minutes: number) => Math.floor(nowMs / 1000 - minutes * 60) * 1000;
  const named = (startMs: number, scenario: string) => {
    const stamp = new Date(startMs).toISOString().replaceAll(/[-:]|\.\d+/g, "");
    return { run: `${stamp}-${scenario}-smoke`, scenario, startMs, seconds: 60 };
  };
  const http = { target: "connector", variants: ["full"], failing: 0.02 } as const;
  const latency = (percentiles: Record<string, number>) =>
    Object.fromEntries(Object.entries(percentiles).map(([id, limit]) => [id, { limit, unit: "ms" }]));
  const limits = {
    ...latency({ "latency-p50": 50, "latency-p95": 100, "latency-p99": 150 }),
    failed: { limit: 1, unit: "%" },
    "target-rss": { limit: 100 * MB, unit: "bytes" },
    "target-cpu": { limit: 0.5, unit: "cores" },
  };
  const packets = {
    ...latency({ "latency-p99": 10 }),
    failed: { limit: 0, unit: "" },
    "connector-heap": { limit: 500 * MB, unit: "bytes" },
    "connector-cpu": { limit: 0.8, unit: "cores" },
  };
  const added = Object.fromEntries(FULL_CHAIN.map((name) => [`added-${name}`, 2]));
  return [
    { ...named(minutesAgo(9), "basic-load"), ...http, limits },
    { ...named(minutesAgo(7), "basic-load"), ...http, failing: 0, limits },
    {
      ...named(minutesAgo(5), "interceptor-overhead"),
      ...http,
      variants: ["none", ...FULL_CHAIN, "full"],
      limits: { ...latency({ ...added, "full-p95": 15 }), failed: limits.failed },
    },
    {
      ...named(minutesAgo(3), "soak"),
      target: "ilp",
      nodes: ["A", "B", "C", "D", "E"],
      failing: 0.02,
      limits: packets,
    },
    { ...named(minutesAgo(1), "soak"), target: "ilp", nodes: ["A"], failing: 0, limits: packets },
  ];
}

/** All points of a run, from its start to its verdict. */
export function pointsOf(run: FixtureRun): string[] {
  const { scenario, startMs, seconds, target, limits } = run;
  const ours = { run: run.run, scenario, profile: "smoke", target, commit: "0123abc" };
  const lines: string[] = [];
  const put = (measurement: string, tags: Record<string, string>, fields: Fields, atMs: number) => {
    const key = [measurement, ...Object.entries({ ...ours, ...tags }).map(([k, v]) => `${k}=${v}`)].join(",");
    const values = Object.entries(fields).map(([k, v]) => `${k}=${typeof v === "string" ? `"${v}"` : v}`);
    lines.push(`${key} ${values.join(",")} ${atMs}`);
  };
  const endMs = startMs + seconds * 1000;
  put("annotations", { kind: "start" }, { title: `${scenario} smoke started`, text: run.run }, startMs);
  for (const [id, { limit, unit }] of Object.entries(limits)) {
    const row = { limit, op: "<", unit };
    put("sla", { id, priority: "P0" }, row, startMs);
    put("sla", { id, priority: "P0" }, { ...row, value: limit * 0.9, state: "pass", state_code: 0 }, endMs);
  }
  for (let n = 0; n < seconds; n++) second(run, n, put);
  for (const [n, title] of PHASES.entries())
    put("annotations", { kind: "phase" }, { title, text: `${run.run}: ${title}` }, startMs + n * 5_000);
  const verdict = { verdict: "pass", verdict_code: 0, exit_code: 0, seconds, requests: seconds * 1_000 };
  put("verdicts", {}, verdict, endMs);
  put("annotations", { kind: "verdict" }, { title: "pass", text: "every row of the SLA held" }, endMs);
  return lines;
}

type Put = (measurement: string, tags: Record<string, string>, fields: Fields, atMs: number) => void;

/** What one second leaves: a window, and a look at the processes. */
function second(run: FixtureRun, n: number, put: Put): void {
  const { variants, nodes, failing } = run;
  const atMs = run.startMs + n * 1000;
  const phase = PHASES[n < 5 ? 0 : 1] as string;
  const own = { k6_scenario: n < 5 ? "warm-up" : run.scenario, phase };
  for (const [v, variant] of (variants ?? []).entries()) {
    const tags = { ...own, variant };
    const request = { ...tags, name: "SayHello", status: "2xx", expected_response: "true" };
    const count = 600 / (variants?.length ?? 1);
    put("latency", tags, trend(count, 2 + 0.1 * v + Math.sin(n)), atMs);
    put("http_req_duration", request, trend(count, 1 + 0.1 * v + 0.5 * Math.sin(n)), atMs);
    put("http_reqs", request, { value: count, rate: count }, atMs);
    const yes = count * failing;
    put("http_req_failed", request, { yes, no: count - yes, ratio: failing }, atMs);
  }
  if (nodes) {
    put("latency", own, trend(10_000, 3 + Math.sin(n)), atMs);
    put("packets", own, { value: 10_000, rate: 10_000 }, atMs);
    put("packets_fulfilled", own, { value: 10_000 * (1 - failing), rate: 10_000 * (1 - failing) }, atMs);
    for (const outcome of failing > 0 ? ["rejected", "timed-out"] : [])
      put("packets_failed", { ...own, outcome }, { value: 5_000 * failing, rate: 5_000 * failing }, atMs);
  }
  put("pacing_lag", own, trend(900, 0.5), atMs);
  put("vus", {}, { value: 2, min: 2, max: 2 }, atMs);
  put("vus_max", {}, { value: 4, min: 4, max: 4 }, atMs);
  for (const [i, node] of (nodes ?? []).entries()) put("nodes", { node }, told(i, failing), atMs + 400);
  const members = nodes ? [...nodes, "hub", "bob"] : [];
  for (const process of ["target", "k6", "bench", ...members]) {
    const kind = process === "target" ? "target" : members.includes(process) ? "member" : "generator";
    const used = { cpu_cores: 0.3, rss_bytes: 90 * MB + n * 1_000, event_loop_delay_ms: 1.5 };
    put("resources", { process, kind }, { ...used, heap_bytes: 20 * MB + (n % 7) * MB }, atMs + 400);
  }
}

/** Percentiles of a second whose median is this, in ms. */
function trend(n: number, p50: number): Fields {
  const [p90, p95, p99, p99_9] = [2, 2.5, 4, 6].map((times) => times * p50) as [
    number,
    number,
    number,
    number,
  ];
  return { n, rate: n, mean: p50 * 1.2, min: p50 / 2, p50, p90, p95, p99, p99_9, max: 8 * p50 };
}

/** What a connector tells of itself, the i-th on a packet's way. */
function told(i: number, failing: number): Fields {
  return {
    received: 10_000,
    fulfilled: 10_000 * (1 - failing),
    rejected: 10_000 * failing,
    held: 30,
    ledger_queued: 15,
    ledger_batch_mean: 16,
    ledger_commit_mean_ms: 0.8,
    telemetry_dropped: 0,
    telemetry_waiting: 3,
    latency_p50_ms: 3 - 0.5 * i,
    latency_p99_ms: 9 - i,
  };
}
