import type { Ab } from "../ab/ab-schema.ts";
import { rowsOf } from "../ab/rows.ts";
import type { Trend } from "../trend/trend.ts";
import type { Gathered, GatheredRun } from "./gather.ts";
import { nextSteps } from "./next-steps.ts";
import { GATE, isMeasured, sentenceOf, worstOf } from "./outcome.ts";
import { TREND_DAYS } from "./recent-trend.ts";
import {
  type AbSummary,
  type RunSummary,
  SUMMARY_SCHEMA,
  type Summary,
  summarySchema,
  type TrendSummary,
} from "./summary-schema.ts";

/** What a set of runs came to: pages, comment and terminal all say this. */
export function summarize(gathered: Gathered, plimsoll: string, missing: readonly string[] = []): Summary {
  const runs = gathered.runs.map(runSummary);
  const ab = gathered.abs.map(abSummary);
  const trends = gathered.trends.map(trendSummary);
  const told = gathered.runs.map(({ run, reference }, i) => ({
    run,
    reference,
    summary: runs[i] as RunSummary,
  }));
  const outcome = worstOf({ runs, ab, missing });
  return summarySchema.parse({
    schema: SUMMARY_SCHEMA,
    kind: "summary",
    outcome,
    exitCode: GATE[outcome],
    sentence: sentenceOf({ runs, ab, missing }),
    measured: isMeasured({ runs, ab }),
    runs,
    ab,
    missing: [...missing],
    trendDays: TREND_DAYS,
    trends,
    next: nextSteps(told, ab, trends, missing),
    versions: { plimsoll },
  } satisfies Summary);
}

function runSummary({ run, figures, delta }: GatheredRun): RunSummary {
  const { scenario, profile, verdict, reasons, retryOf, startedAt, commit, host } = run;
  return {
    ...{ run: run.run, scenario, profile, verdict, reasons, startedAt, commit, figures },
    ...(retryOf && { retryOf }),
    quarantined: run.sla.filter(({ quarantine }) => quarantine).map(({ title }) => title),
    machine: host.fingerprint,
    againstBaseline: delta.said,
  };
}

function abSummary(ab: Ab): AbSummary {
  const { id, verdict, exitCode, scenario, a, b, reasons } = ab;
  return { id, verdict, exitCode, scenario, a: a.name, b: b.name, reasons, rows: rowsOf(ab) };
}

function trendSummary({ scenario, profile, runs, leftOut, metrics }: Trend): TrendSummary {
  return {
    ...{ scenario, profile, leftOut },
    runs: runs.length,
    from: runs[0]?.at ?? "",
    to: runs.at(-1)?.at ?? "",
    metrics: metrics.map(({ id, title, unit, worse, now, direction, shifts }) => ({
      ...{ id, title, unit, worse, now, direction },
      shifts: [...shifts],
    })),
  };
}
