import { z } from "zod";
import { runSchema } from "../results/run-schema.ts";
import { METRICS } from "./look.ts";

const { host, versions } = runSchema.shape;

export const AB_SCHEMA = 1;

export const VERDICTS = ["slower", "faster", "same", "inconclusive", "fail", "no-data"] as const;

const decision = z.enum(["slower", "faster", "same", "open"]);

const lookSchema = z.object({
  /** Rounds that were measured by then. */
  rounds: z.number(),
  /** p is held against this; the levels of all looks add up to alpha. */
  level: z.number(),
  metrics: z.array(
    z.object({
      metric: z.enum(METRICS),
      pairs: z.number(),
      /** B over A. */
      ratio: z.number(),
      low: z.number(),
      high: z.number(),
      p: z.number(),
      rounds: z.array(z.number()),
      decision,
    }),
  ),
  decision,
});

const buildSchema = z.object({
  kind: z.enum(["ref", "command"]),
  name: z.string(),
  sha: z.string().optional(),
  requests: z.number(),
  failed: z.number(),
  /** Over all blocks together; null without a request. */
  latencyMs: z
    .object({ mean: z.number(), p50: z.number(), p95: z.number(), p99: z.number(), max: z.number() })
    .nullable(),
  cpuMsPerRequest: z.number().nullable(),
  rssBytes: z.number().nullable(),
});

/** ab.json: what a comparison of two builds came to. Its blocks are in blocks.ndjson. */
export const abSchema = z.object({
  schema: z.literal(AB_SCHEMA),
  id: z.string(),
  /** Of B, as against A. */
  verdict: z.enum(VERDICTS),
  exitCode: z.number(),
  /** Why, in sentences; the first one says it. */
  reasons: z.array(z.string()),
  /** What to bear in mind. */
  notes: z.array(z.string()),
  scenario: z.string(),
  variant: z.string(),
  /** Requests a second to each build. */
  rate: z.number(),
  /** Rounds that there may be, and pairs of blocks in each. */
  shape: z.object({ rounds: z.number(), pairs: z.number() }),
  rule: z.object({ alpha: z.number(), band: z.number(), seed: z.number() }),
  a: buildSchema,
  b: buildSchema,
  looks: z.array(lookSchema),
  /** p99 over all blocks, B over A, with a 95 % interval: shown, not judged. */
  p99: z.object({ ratio: z.number(), low: z.number(), high: z.number() }).nullable(),
  host,
  versions,
  startedAt: z.string(),
  endedAt: z.string(),
});
export type Ab = z.infer<typeof abSchema>;
export type Verdict = Ab["verdict"];
