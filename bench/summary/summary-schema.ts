import { z } from "zod";
import { VERDICTS as AB_VERDICTS } from "../ab/ab-schema.ts";
import { FAMILIES } from "../compare/policy.ts";
import { CHANGES } from "../compare/verdict.ts";
import { runSchema } from "../results/run-schema.ts";

/** Raised with every change that an older reader would misread. */
export const SUMMARY_SCHEMA = 1;

/** The worst of what a set of runs came to; `regression`: slower than its baseline, or B slower than A. */
export const OUTCOMES = ["pass", "warn", "no-data", "regression", "fail"] as const;

const { run, profile, verdict, reasons, retryOf, commit, startedAt, host } = runSchema.shape;

/** Checked where a run is read; files are not named after it here, so it is text like any other. */
const scenario = z.string();

const value = z.number().nullable();

/** Of the phase that the SLA is about, else of all but the warm-up; null where nothing was measured. */
const figures = z.object({
  requests: z.number(),
  ratePerSecond: value,
  /** Null for a closed model, which asks for no rate. */
  askedPerSecond: value,
  p50Ms: value,
  p95Ms: value,
  p99Ms: value,
  failedPercent: value,
  /** Of the target, over the whole run. */
  cpuCoresMean: value,
  cpuCoresMax: value,
  rssBytesMean: value,
  rssBytesMax: value,
});

const change = z.enum(CHANGES);
const severity = z.enum(["none", "warn", "fail"]);
const limit = z.number().nullable();

const row = z.object({
  id: z.string(),
  title: z.string(),
  family: z.enum(FAMILIES),
  unit: z.enum(["ms", "/s", "%", "cores", "bytes"]),
  worse: z.enum(["more", "less"]),
  before: z.number(),
  after: z.number(),
  /** after / before, with its 95 % interval and its p-value before and after Holm. */
  ratio: z.number(),
  low: z.number(),
  high: z.number(),
  p: z.number(),
  adjustedP: z.number(),
  effect: z.number(),
  change,
  severity,
  limit,
});

/** A run beside the baseline of its scenario and profile. */
const againstBaseline = z.discriminatedUnion("state", [
  z.object({
    state: z.literal("compared"),
    baseline: run,
    commit,
    change,
    severity,
    limit,
    notices: z.array(z.string()),
    unanswered: z.array(z.string()),
    rows: z.array(row),
  }),
  /** There is none; this run is it; or it is of another machine or load, or the run has nothing to compare. */
  z.object({ state: z.enum(["none", "itself", "other-machine", "not-compared"]), why: z.string() }),
]);

const oneRun = z.object({
  run,
  scenario,
  profile,
  verdict,
  reasons,
  retryOf,
  /** Titles of gates that failed and, in quarantine, did not gate. */
  quarantined: z.array(z.string()),
  startedAt,
  commit,
  machine: host.shape.fingerprint,
  figures,
  againstBaseline,
});

const oneAb = z.object({
  id: z.string(),
  verdict: z.enum(AB_VERDICTS),
  exitCode: z.number(),
  scenario: z.string(),
  a: z.string(),
  b: z.string(),
  reasons: z.array(z.string()),
  /** As `plimsoll ab` shows them: metric, A, B, B to A, interval, verdict. */
  rows: z.array(z.array(z.string())),
});

const shift = z.object({
  index: z.number(),
  run: z.string(),
  at: z.string(),
  commit,
  commitBefore: commit,
  ratio: z.number(),
  p: z.number(),
});

const oneTrend = z.object({
  scenario: z.string(),
  profile: z.string(),
  /** How many runs, and when the first and the last of them began. */
  runs: z.number(),
  from: z.string(),
  to: z.string(),
  leftOut: z.number(),
  metrics: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      unit: row.shape.unit,
      worse: row.shape.worse,
      now: z.number(),
      direction: z.enum(["improving", "stable", "degrading"]),
      shifts: z.array(shift),
    }),
  ),
});

const step = z.object({
  /** What was found, in a sentence. */
  why: z.string(),
  /** What to do about it, in a sentence. */
  what: z.string(),
  /** Ready for a POSIX shell. */
  commands: z.array(z.string()),
});

/** benchmark-results.json: what a set of runs came to. */
export const summarySchema = z.object({
  schema: z.literal(SUMMARY_SCHEMA),
  kind: z.literal("summary"),
  outcome: z.enum(OUTCOMES),
  /** What `--gate` exits with. */
  exitCode: z.number(),
  /** The outcome in a sentence. */
  sentence: z.string(),
  /** False when not one run says anything of its target. */
  measured: z.boolean(),
  runs: z.array(oneRun),
  ab: z.array(oneAb),
  /** What should have been in the set and left no result, as the user called it: `stress smoke: exit 2`. */
  missing: z.array(z.string()),
  /** Of the last so many days up to the newest run of each scenario and profile. */
  trendDays: z.number(),
  trends: z.array(oneTrend),
  next: z.array(step),
  versions: z.object({ plimsoll: z.string() }),
});

export type Summary = z.infer<typeof summarySchema>;
export type Outcome = Summary["outcome"];
export type RunSummary = z.infer<typeof oneRun>;
export type RunFigures = z.infer<typeof figures>;
export type AgainstBaseline = z.infer<typeof againstBaseline>;
export type Compared = Extract<AgainstBaseline, { state: "compared" }>;
export type AbSummary = z.infer<typeof oneAb>;
export type TrendSummary = z.infer<typeof oneTrend>;
export type Step = z.infer<typeof step>;
