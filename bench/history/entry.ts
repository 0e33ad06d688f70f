import { createHash } from "node:crypto";
import { z } from "zod";
import type { Baseline } from "../baseline/baseline-schema.ts";
import { METRICS } from "../compare/metrics.ts";
import type { Run } from "../results/run-schema.ts";
import type { RunFolder } from "../results/store.ts";

/** What a row of the SLA came to where it could be judged. A `warn` did not gate. */
const gateState = z.enum(["pass", "warn", "fail"]);

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
  /** What each gate, a row of the SLA by its id, came to. Not in lines written before there was a history of them. */
  gates: z.record(z.string(), gateState).optional(),
  /** Tells what was loaded, and how it was hurt: verdicts over another target say nothing of this one. */
  target: z.string().optional(),
  /** The run that failed and was repeated by this one, and its verdict. */
  retryOf: z.object({ run: z.string(), verdict: z.string() }).optional(),
});

export type Entry = z.infer<typeof entrySchema>;

/** A whole run as a line of history. */
export function entryOf(folder: Pick<RunFolder, "id">, run: Run, baseline: Baseline): Entry {
  const { scenario, profile, startedAt, verdict, commit, blocks } = baseline;
  const metrics = METRICS.flatMap(({ id, of }): [string, number][] => {
    const value = of(blocks).statistic();
    return Number.isFinite(value) ? [[id, Number(value.toPrecision(6))]] : [];
  });
  const { machine, load, target } = subjectOf(run);
  return {
    v: 1,
    run: folder.id,
    scenario,
    profile,
    at: startedAt,
    verdict,
    commit,
    machine,
    load,
    metrics: Object.fromEntries(metrics),
    gates: gatesOf(run),
    target,
    ...(run.retryOf && { retryOf: { run: run.retryOf.run, verdict: run.retryOf.verdict } }),
  };
}

/** None of a run whose target died: its rows were judged by a part of the load, and it is the death that failed it. */
function gatesOf({ sla, target }: Run): NonNullable<Entry["gates"]> {
  if (target.died) return {};
  return Object.fromEntries(
    sla.flatMap(({ id, state }) => {
      const { success, data } = gateState.safeParse(state);
      return success ? [[id, data]] : [];
    }),
  );
}

/** What two runs must have in common for their verdicts to be about the same thing. */
export type Subject = Required<Pick<Entry, "machine" | "load" | "target">>;

export function subjectOf({ host, plan, target }: Pick<Run, "host" | "plan" | "target">): Subject {
  const { load, variant, blocks } = plan;
  const { kind, name, url, command } = target;
  return {
    machine: host.fingerprint,
    load: digest({ load, variant, variants: blocks }),
    // Where a target that we start listens does not make it another one.
    target: digest({
      kind,
      name,
      at: kind === "url" ? url : command?.replace(/ --(port-base|admin-port) \d+/g, ""),
    }),
  };
}

/** Short, and the same for the same. */
function digest(of: object): string {
  return createHash("sha256").update(JSON.stringify(of)).digest("hex").slice(0, 12);
}
