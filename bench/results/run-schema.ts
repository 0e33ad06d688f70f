import { z } from "zod";
import { SLA_STATES, VERDICTS } from "../../scenarios/lib/verdicts.ts";
import { type estimate, findings, type packetCounts, spread } from "./findings-schema.ts";

/** Raised with every change that an older reader would misread. */
export const RUN_SCHEMA = 1;

const tags = z.record(z.string(), z.string());

const slaResult = z.object({
  id: z.string(),
  title: z.string(),
  priority: z.enum(["P0", "P1"]),
  metric: z.string(),
  tags,
  stat: z.string(),
  op: z.enum(["<", "<=", ">", ">="]),
  limit: z.number(),
  unit: z.string(),
  /** What was measured, in `unit`; null when there was nothing to measure. */
  value: z.number().nullable(),
  state: z.enum(SLA_STATES),
  /** Why the value is what it is, where a number does not say it. */
  note: z.string().optional(),
  /** Not of the plan: every run is watched for it. */
  watched: z.boolean().optional(),
  /** Set where the row failed and did not gate, because it is flaky: it flipped so often in so many earlier runs. */
  quarantine: z.object({ flips: z.number(), runs: z.number() }).optional(),
});

const quantiles = z.object({
  min: z.number(),
  p50: z.number(),
  p90: z.number(),
  p95: z.number(),
  p99: z.number(),
  "p99.9": z.number(),
  max: z.number(),
});

const series = z.discriminatedUnion("type", [
  z.object({
    metric: z.string(),
    type: z.literal("trend"),
    unit: z.string(),
    tags,
    n: z.number(),
    mean: z.number(),
    quantiles,
  }),
  z.object({ metric: z.string(), type: z.literal("counter"), unit: z.string(), tags, value: z.number() }),
  z.object({
    metric: z.string(),
    type: z.literal("rate"),
    unit: z.string(),
    tags,
    yes: z.number(),
    no: z.number(),
    ratio: z.number(),
  }),
  z.object({
    metric: z.string(),
    type: z.literal("gauge"),
    unit: z.string(),
    tags,
    value: z.number(),
    min: z.number(),
    max: z.number(),
  }),
]);

/** The JSON a run leaves in results/<run>/run.json: what every later step and every user's script reads. */
export const runSchema = z.object({
  schema: z.literal(RUN_SCHEMA),
  run: z.string(),
  /** Files are named after it, so it is a name and no path. */
  scenario: z.string().regex(/^\w[\w.-]*$/),
  profile: z.enum(["smoke", "full"]),
  /** `running` stays behind when the process was killed before it could finish; `interrupted`: Ctrl-C. */
  state: z.enum(["running", "complete", "interrupted"]),
  verdict: z.enum(VERDICTS).nullable(),
  exitCode: z.number().nullable(),
  /** One line each, the most important first; empty for a pass. */
  reasons: z.array(z.string()),
  /** The run that failed just before and is repeated by this one. If this one holds, it warns: the target is flaky. */
  retryOf: z
    .object({
      run: z.string(),
      verdict: z.enum(VERDICTS),
      reasons: z.array(z.string()),
      /** What this run came to by itself. */
      ownVerdict: z.enum(VERDICTS),
    })
    .optional(),
  sla: z.array(slaResult),
  findings,
  series: z.array(series),
  phases: z.array(z.object({ phase: z.string(), from: z.string(), to: z.string() })),
  generator: z.object({
    healthy: z.boolean(),
    reasons: z.array(z.string()),
    /** Arrivals k6 never started, and who is to blame: answers were late (target) or VUs too few (generator). */
    dropped: z.object({
      count: z.number(),
      /** How many of them while its answers were late. */
      byTarget: z.number(),
      blame: z.enum(["none", "target", "generator"]),
    }),
    /** How late arrivals started, ms; null for closed models. */
    pacingLagP99Ms: z.number().nullable(),
    k6CpuCores: spread.nullable(),
    k6RssBytes: spread.nullable(),
    benchCpuCores: spread.nullable(),
    benchLoopDelayP99Ms: z.number().nullable(),
    /** What neither target, k6 nor plimsoll used: cores that other work on this machine took. */
    otherCpuCores: spread.nullable(),
    /**
     * What the host of a virtual machine kept for others while this one had work (steal), cores: null where nobody tells,
     * absent in results of before it was looked at.
     */
    stolenCpuCores: spread.nullable().optional(),
    lateSamples: z.number(),
    overflowSamples: z.number(),
    k6ExitCode: z.number().nullable(),
    /** Why requests failed, in the script's own words: the first few different ones. */
    complaints: z.array(z.string()).optional(),
  }),
  target: z.object({
    kind: z.enum(["bundled", "command", "url"]),
    name: z.string(),
    url: z.string(),
    /** Addresses of the variants of a server that is not bundled. */
    variants: z.record(z.string(), z.string()).optional(),
    command: z.string().nullable(),
    pid: z.number().nullable(),
    cpuCores: spread.nullable(),
    rssBytes: spread.nullable(),
    heapBytes: spread.nullable(),
    eventLoopDelayMs: spread.nullable(),
    /** Each process of a target that has several, by its name. */
    members: z
      .record(
        z.string(),
        z.object({
          pid: z.number(),
          cpuCores: spread.nullable(),
          rssBytes: spread.nullable(),
          heapBytes: spread.nullable(),
          eventLoopDelayMs: spread.nullable(),
        }),
      )
      .optional(),
    /** From its start until it said that it was ready; null for a server that was there. */
    readySeconds: z.number().nullable().optional(),
    /** Requests the target says it served during the run; null when it does not say. */
    requestsServed: z.number().nullable(),
    /** Set when the target ended during the run. */
    died: z
      .object({
        exitCode: z.number().nullable(),
        signal: z.string().nullable(),
        atSeconds: z.number(),
        lastLog: z.array(z.string()),
      })
      .nullable(),
  }),
  host: z.object({
    os: z.string(),
    arch: z.string(),
    cpu: z.string(),
    cores: z.number(),
    memoryBytes: z.number(),
    /** Hash of the above: runs are comparable only on the same one. */
    fingerprint: z.string(),
  }),
  versions: z.object({ plimsoll: z.string(), node: z.string(), k6: z.string() }),
  commit: z.object({ sha: z.string(), dirty: z.boolean() }).nullable(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  /** The plan that was run: load, phases, limits, overrides (scenarios/lib/plan.ts). */
  plan: z.looseObject({ scenario: z.string(), profile: z.string() }),
});

export type Run = z.infer<typeof runSchema>;
export type Verdict = (typeof VERDICTS)[number];
export type SlaResult = z.infer<typeof slaResult>;
export type RetryOf = NonNullable<Run["retryOf"]>;
export type SlaState = SlaResult["state"];
export type Findings = z.infer<typeof findings>;
export type Spread = z.infer<typeof spread>;
export type PacketCounts = z.infer<typeof packetCounts>;
export type Estimate = z.infer<typeof estimate>;

/** What an Interledger connector did in a second: packets, transfers and events are rates; null where it does not say. */
const nodeFigures = z.object({
  received: z.number(),
  fulfilled: z.number(),
  rejected: z.number(),
  unanswered: z.number(),
  /** Packets that went on and are not answered. */
  held: z.number().nullable(),
  /** What peers have not read yet. */
  waitingBytes: z.number().nullable(),
  ledgerPosted: z.number().nullable(),
  ledgerQueued: z.number().nullable(),
  ledgerBatchMean: z.number().nullable(),
  ledgerCommitMeanMs: z.number().nullable(),
  telemetryRecorded: z.number().nullable(),
  telemetryDropped: z.number().nullable(),
  telemetryWaiting: z.number().nullable(),
  /** From the receipt of a Prepare to its answer, as exact as the connector's buckets. */
  latencyP50Ms: z.number().nullable(),
  latencyP99Ms: z.number().nullable(),
});

export type NodeFigures = z.infer<typeof nodeFigures>;

/** One line of results/<run>/resources.ndjson: what the processes used in the second before `at`. */
export const resourceSampleSchema = z.object({
  at: z.string(),
  /** Of the machine, or of the container. */
  memory: z.object({ availableBytes: z.number(), totalBytes: z.number() }).optional(),
  target: z
    .object({
      cpuCores: z.number(),
      rssBytes: z.number(),
      heapBytes: z.number().nullable(),
      /** What it may grow to before V8 ends the process; missing where the target does not tell. */
      heapLimitBytes: z.number().optional(),
      eventLoopDelayMs: z.number().nullable(),
      /** What the busiest thread took of a core over the last minute, 0 to 1; of a server of one's own, from a minute on. */
      busiestThreadCores: z.number().optional(),
      /** Files, sockets among them, of the process nearest to its own limit; null where the system does not tell. */
      openFiles: z.object({ open: z.number(), limit: z.number() }).nullable().optional(),
      /** CPU seconds and requests by variant since the target started, where it reports them. */
      variants: z.record(z.string(), z.object({ cpuSeconds: z.number(), requests: z.number() })).nullable(),
      /** The same of each process of a target that has several. */
      members: z
        .record(
          z.string(),
          z.object({
            cpuCores: z.number(),
            rssBytes: z.number(),
            heapBytes: z.number().nullable(),
            heapLimitBytes: z.number().optional(),
            eventLoopDelayMs: z.number().nullable(),
          }),
        )
        .optional(),
    })
    .nullable(),
  k6: z.object({ cpuCores: z.number(), rssBytes: z.number() }).nullable(),
  bench: z.object({ cpuCores: z.number(), rssBytes: z.number(), loopDelayP99Ms: z.number() }),
  /** Cores that neither of the three used; null when one of them could not be seen. */
  otherCpuCores: z.number().nullable().optional(),
  /** Cores that the host of a virtual machine kept for others (steal); absent where nobody tells. */
  stolenCpuCores: z.number().optional(),
  /** Each connector of the target, by its name. */
  nodes: z.record(z.string(), nodeFigures).optional(),
});

export type ResourceSample = z.infer<typeof resourceSampleSchema>;
