/**
 * The vocabulary of a plan: what load a scenario puts on a target, in which phases, and which SLA it must hold.
 * Plain data, read by k6 (options, thresholds) and by Node (the judge, the reports) alike.
 */

export type ProfileName = "smoke" | "full";

/**
 * The trend latency SLAs read, in milliseconds. Open model: from when the arrival was due, so that a generator or target
 * that stalls cannot hide it (coordinated omission); the first arrival of each VU counts as due when it came, since it
 * tells the VU when the schedule began. Closed model: from the call. To the last byte of the answer, time to
 * connect included.
 */
export const LATENCY = "latency";

/** A bundled target. */
export type TargetName = "connector" | "ilp";

/** What was asked for and what of it failed: k6's own counter and rate over HTTP, counters of packets. A run has one. */
export const REQUEST_METRICS: readonly string[] = ["http_reqs", "packets"];
export const FAILED_METRICS: readonly string[] = ["http_req_failed", "packets_failed"];

/** The counter of requests of a load. */
export function requestMetric({ model }: Load): string {
  return model === "paced" ? "packets" : "http_reqs";
}

/** Which part of a run a request belongs to. Warm-up is measured but no SLA reads it. */
export type Phase = "warm-up" | "ramp" | "hold" | "spike" | "recovery";

/** A straight line from where the stage before it ended to `to`. */
export interface Stage {
  readonly phase: Phase;
  readonly seconds: number;
  /** Arrivals a second (open model) or virtual users (closed model) at the end of the stage. */
  readonly to: number;
}

/** Arrivals come when they are due and do not wait for answers. */
export interface OpenLoad {
  readonly model: "open";
  /** Arrivals a second before the first stage. */
  readonly from: number;
  readonly stages: readonly Stage[];
  /** VUs there from the start: enough for the load while the target keeps its SLA. */
  readonly preAllocatedVUs: number;
  /** The most there may be: enough to outlive a stall of a second without dropping an arrival. */
  readonly maxVUs: number;
}

/**
 * Arrivals come when they are due, over a few connections that each carry many at once: the script paces them itself,
 * so none is ever dropped, and one that starts late is late from when it was due.
 */
export interface PacedLoad {
  readonly model: "paced";
  /** Arrivals a second before the first stage. */
  readonly from: number;
  readonly stages: readonly Stage[];
  /** Connections, each with a VU of its own. */
  readonly connections: number;
}

/** Time the connections of a paced load have before its first arrival is due. */
export const CONNECT_SECONDS = 1;

/**
 * How late a packet may leave: by half of the least time that the plan allows one, since what a generator adds is no
 * fault of the target. Milliseconds.
 */
export function latestStartMs(sla: readonly Sla[]): number {
  const limits = sla.filter(({ unit }) => unit === "ms").map(({ limit }) => limit);
  return (limits.length === 0 ? PROMISED_MS : Math.min(...limits)) / 2;
}

/** What each packet of a load is worth, in units of the sender's account. */
export const PACKET_AMOUNT = 100;

/** What is promised of packets where the plan has no limit of its own. */
export const PROMISED_MS = 10;

/** A fixed number of callers, each waiting for its answer, then pausing, then calling again. */
export interface ClosedLoad {
  readonly model: "closed";
  /** Virtual users before the first stage. */
  readonly from: number;
  readonly stages: readonly Stage[];
  /** Pause of a caller between an answer and its next call, in milliseconds. */
  readonly thinkMs: number;
}

export type Load = OpenLoad | ClosedLoad | PacedLoad;

/** P0: crossed means fail. P1: crossed by at most 20 % warns, by more fails. */
export type Priority = "P0" | "P1";

/**
 * How one number is made of a metric's samples.
 * - `p50` .. `max`, `avg`: of a trend, in its unit
 * - `share`: the yes-share of a rate, in percent
 * - `count`: the sum of a counter
 * - `achieved`: a counter's sum over the arrivals the plan asked for in that phase, in percent
 * - `concurrency`: mean number of callers busy at once: arrival rate x time each took (Little's law)
 * - `recovery`: seconds from the end of the spike until p95 was back for good
 * - `growth`: of a resource, percent an hour, over the last two thirds of the phase
 * - `unaccounted`: packets on which the books of generator, connectors and ledgers differ
 * - `added-p50`: p50 over that of variant `none`, upper end of its 95 % interval, in milliseconds
 */
export type Stat =
  | "p50"
  | "p90"
  | "p95"
  | "p99"
  | "p99.9"
  | "avg"
  | "max"
  | "share"
  | "count"
  | "achieved"
  | "concurrency"
  | "recovery"
  | "growth"
  | "unaccounted"
  | "added-p50";

export type Op = "<" | "<=" | ">" | ">=";

export interface Sla {
  readonly id: string;
  readonly title: string;
  readonly priority: Priority;
  /**
   * A k6 metric, or one of the target that bench sees for itself: `target_cpu_cores`, `target_rss_bytes`,
   * `target_heap_bytes`, `target_ready_seconds`.
   */
  readonly metric: string;
  /** Only samples that carry all of these count. `member`: one process of a target that has several. */
  readonly tags: Readonly<Record<string, string>>;
  readonly stat: Stat;
  readonly op: Op;
  readonly limit: number;
  readonly unit: "ms" | "%" | "" | "s" | "bytes" | "cores" | "VUs" | "%/h";
}

/** Load and SLA of a scenario in one profile, before anything was overridden. */
export interface Profile {
  readonly warmUpSeconds: number;
  readonly load: Load;
  /** A request without an answer after this long has failed, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** How long answers may still come in when the last stage is over, in seconds. */
  readonly gracefulStopSeconds: number;
}

/** Callers of one scenario, in blocks of this many arrivals a variant, in a new random order each round. */
export interface Blocks {
  readonly variants: readonly string[];
  readonly arrivalsPerBlock: number;
  readonly seed: number;
}

export interface Scenario {
  readonly name: string;
  /** One line for `plimsoll list`. */
  readonly summary: string;
  readonly target: TargetName;
  readonly profiles: Readonly<Record<ProfileName, Profile>>;
  /** Flags that the bundled target is started with. */
  readonly targetFlags?: readonly string[];
  /** The variant of the target to call, or the blocks that call several. */
  readonly variant: string;
  readonly blocks?: Omit<Blocks, "arrivalsPerBlock">;
  /** Tags beyond the usual ones that windows keep. */
  readonly extraTags?: readonly string[];
  /** What its script reads of `-e`, beyond what every script does and flags say. */
  readonly env?: readonly string[];
  /** Or the rows for a load, where they name its rates, which the user may scale. */
  readonly sla: readonly Sla[] | ((load: Load) => readonly Sla[]);
}

/** What a user may turn on the command line or with `-e`. */
export interface Overrides {
  /** Peak arrival rate of an open model, arrivals a second; all stages are scaled to it. */
  readonly rate?: number;
  /** Peak VUs of a closed model, scaled likewise; the cap on VUs of an open one; the connections of a paced one. */
  readonly vus?: number;
  /** Length of all stages together in seconds; each is scaled to it. */
  readonly seconds?: number;
}

/** A scenario in a profile with the overrides worked in: what is really run. */
export interface Plan extends Profile {
  readonly scenario: string;
  readonly profile: ProfileName;
  readonly summary: string;
  readonly target: TargetName;
  readonly targetFlags: readonly string[];
  readonly variant: string;
  readonly blocks?: Blocks;
  readonly extraTags: readonly string[];
  readonly sla: readonly Sla[];
  readonly overrides: Overrides;
}

/** Works the overrides into a scenario's profile. */
export function planOf(scenario: Scenario, profile: ProfileName, overrides: Overrides = {}): Plan {
  const base = scenario.profiles[profile];
  const load = override(base.load, overrides);
  return {
    scenario: scenario.name,
    profile,
    summary: scenario.summary,
    target: scenario.target,
    targetFlags: scenario.targetFlags ?? [],
    variant: scenario.variant,
    ...(scenario.blocks && {
      blocks: { ...scenario.blocks, arrivalsPerBlock: blockOf(scenario.blocks, load) },
    }),
    extraTags: scenario.extraTags ?? [],
    sla: typeof scenario.sla === "function" ? scenario.sla(load) : scenario.sla,
    overrides,
    ...base,
    load,
  };
}

/**
 * Arrivals a block, so that a second holds two rounds of all variants: then every window of a second holds a whole
 * round, and windows can be paired. Below two arrivals a second a variant that cannot be had.
 */
function blockOf({ variants }: Pick<Blocks, "variants">, load: Load): number {
  return Math.max(1, Math.floor(peakOf(load) / variants.length / 2));
}

function override(load: Load, { rate, vus, seconds }: Overrides): Load {
  const peak = peakOf(load);
  const height = load.model === "closed" ? vus : rate;
  const rise = height === undefined ? 1 : height / peak;
  const total = load.stages.reduce((sum, stage) => sum + stage.seconds, 0);
  const stretch = seconds === undefined ? 1 : seconds / total;
  const stages = load.stages.map((stage) => ({
    ...stage,
    to: Math.round(stage.to * rise),
    seconds: stage.seconds * stretch,
  }));
  const from = Math.round(load.from * rise);
  if (load.model === "closed") return { ...load, from, stages };
  if (load.model === "paced") return { ...load, from, stages, connections: vus ?? load.connections };
  const scaled = (vusNow: number) => Math.max(1, Math.ceil(vusNow * rise));
  const maxVUs = vus ?? scaled(load.maxVUs);
  return { ...load, from, stages, maxVUs, preAllocatedVUs: Math.min(maxVUs, scaled(load.preAllocatedVUs)) };
}

/** The highest rate or number of VUs a load reaches. */
export function peakOf(load: Load): number {
  return Math.max(load.from, ...load.stages.map((stage) => stage.to));
}
