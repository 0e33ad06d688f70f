import { createHash } from "node:crypto";
import { z } from "zod";
import type { Baseline } from "../baseline/baseline-schema.ts";
import { METRICS } from "../compare/metrics.ts";
import type { RunFolder } from "../results/store.ts";

/** One run in the history of its scenario and profile: a line of results/history/<scenario>.<profile>.ndjson. */
export const entrySchema = z.object({
  v: z.literal(1),
  /** Name of its folder. */
  run: z.string(),
  scenario: z.string(),
  profile: z.string(),
  /** When it began. */
  at: z.iso.datetime(),
  verdict: z.string().nullable(),
  commit: z.object({ sha: z.string(), dirty: z.boolean() }).nullable(),
  /** Figures of another machine or another load do not belong in one line. */
  machine: z.string(),
  load: z.string(),
  /** By the names that comparisons have for them; what a run could not see is missing. */
  metrics: z.record(z.string(), z.number()),
});

export type Entry = z.infer<typeof entrySchema>;

/** A whole run as a line of history. */
export function entryOf(folder: Pick<RunFolder, "id">, baseline: Baseline): Entry {
  const { scenario, profile, startedAt, verdict, commit, host, load, blocks } = baseline;
  const metrics = METRICS.flatMap(({ id, of }): [string, number][] => {
    const value = of(blocks).statistic();
    return Number.isFinite(value) ? [[id, Number(value.toPrecision(6))]] : [];
  });
  return {
    v: 1,
    run: folder.id,
    scenario,
    profile,
    at: startedAt,
    verdict,
    commit,
    machine: host.fingerprint,
    load: createHash("sha256").update(JSON.stringify(load)).digest("hex").slice(0, 12),
    metrics: Object.fromEntries(metrics),
  };
}
