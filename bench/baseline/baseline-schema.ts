import { z } from "zod";
import { runSchema } from "../results/run-schema.ts";

/** Raised with every change that an older reader would misread. */
export const BASELINE_SCHEMA = 1;

const { scenario, profile, run, verdict, commit, host, versions, startedAt, target, generator } =
  runSchema.shape;

/** A few seconds of a run: what comparisons resample, because neighbouring seconds resemble each other. */
const block = z.object({
  from: z.iso.datetime(),
  /** Time that its windows cover. */
  seconds: z.number().positive(),
  /** Phase and stage of the load: blocks are compared within one part. */
  part: z.string(),
  /** Requests that were answered, and how many of them failed. */
  requests: z.number(),
  failed: z.number(),
  /** Of all answers, in milliseconds; `hdr` as in windows.ndjson; null when there was none. */
  latency: z
    .object({ n: z.number(), sum: z.number(), min: z.number(), max: z.number(), hdr: z.string() })
    .nullable(),
  /** Means over the block, of the target's process tree; null where it could not be seen. */
  cpuCores: z.number().nullable(),
  rssBytes: z.number().nullable(),
  heapBytes: z.number().nullable(),
});

/** results/baselines/<scenario>.<profile>.json: a run as later ones are compared with it, small enough for git. */
export const baselineSchema = z.object({
  schema: z.literal(BASELINE_SCHEMA),
  kind: z.literal("baseline"),
  scenario,
  profile,
  run,
  verdict,
  startedAt,
  /** Where the figures are from: comparable only on the same host. */
  host,
  commit,
  versions,
  target: target.pick({ kind: true, name: true }),
  /** Set where the target ended before the load did. */
  died: z.boolean().optional(),
  /** What other work on the machine took meanwhile. */
  otherCpuCores: generator.shape.otherCpuCores,
  stolenCpuCores: generator.shape.stolenCpuCores,
  /** What was asked of the target: figures of another load do not compare. */
  load: z.record(z.string(), z.unknown()),
  /** Length of a block; the last of a part may be shorter. */
  blockSeconds: z.number(),
  blocks: z.array(block),
});

export type Baseline = z.infer<typeof baselineSchema>;
export type Block = z.infer<typeof block>;
