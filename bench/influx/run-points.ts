import { z } from "zod";
import { REQUEST_METRICS } from "../../scenarios/lib/plan.ts";
import { SLA_STATES, VERDICTS } from "../../scenarios/lib/verdicts.ts";
import type { Run } from "../results/run-schema.ts";
import type { PhaseSpan } from "../windows/fold.ts";
import type { Tags } from "../windows/window.ts";
import { type InfluxPoint, pointOf } from "./point.ts";

/** Digits of a commit that tell it apart. */
const SHORT_SHA = 7;

/** The tags every point of a run carries. */
export function runTags({ run, scenario, profile, target, commit }: Run): Tags {
  return {
    run,
    scenario,
    profile,
    target: target.name,
    commit: commit?.sha.slice(0, SHORT_SHA) ?? "none",
  };
}

/**
 * What `elapsed_s` counts from, epoch milliseconds: when the target was ready, and k6 was started. It is known before the
 * first point of a run, and does not change.
 */
export function zeroMs({ startedAt, target }: Run): number {
  return Date.parse(startedAt) + 1000 * (target.readySeconds ?? 0);
}

const limits = z.array(
  z.object({ id: z.string(), priority: z.string(), limit: z.number(), op: z.string(), unit: z.string() }),
);

/** What is known when a run starts: that it did, and the limits of its plan, so that they can be drawn while it goes. */
export function startPoints(run: Run): InfluxPoint[] {
  const atMs = Date.parse(run.startedAt);
  const { data: rows = [] } = limits.safeParse(run.plan.sla);
  const title = `${run.scenario} ${run.profile} started`;
  return [
    annotation(run, "start", title, `${run.run} on ${run.target.name}`, atMs),
    ...rows.map(({ id, priority, limit, op, unit }) =>
      pointOf("sla", { ...runTags(run), id, priority }, { limit, op, unit }, atMs),
    ),
  ];
}

/** That a phase began. */
export function phasePoint(run: Run, { phase, fromMs }: PhaseSpan): InfluxPoint {
  return annotation(run, "phase", phase, `${run.run}: ${phase}`, fromMs);
}

/** What is known when a run is over; nothing of one that was killed. */
export function endPoints(run: Run): InfluxPoint[] {
  const { verdict, exitCode, endedAt, startedAt, sla, reasons } = run;
  if (verdict === null || endedAt === null) return [];
  const atMs = Date.parse(endedAt);
  const seconds = (atMs - Date.parse(startedAt)) / 1000;
  return [
    ...sla.map(({ id, priority, value, limit, op, unit, state: own, quarantine }) => {
      // In quarantine a row that failed weighs in the verdict as one that warned.
      const state = quarantine && own === "fail" ? "warn" : own;
      return pointOf(
        "sla",
        { ...runTags(run), id, priority },
        { value, limit, op, unit, state, state_code: SLA_STATES.indexOf(state) },
        atMs,
      );
    }),
    pointOf(
      "verdicts",
      runTags(run),
      {
        verdict,
        verdict_code: VERDICTS.indexOf(verdict),
        exit_code: exitCode,
        seconds,
        requests: requestsOf(run),
      },
      atMs,
    ),
    annotation(run, "verdict", verdict, reasons.join("\n") || "every row of the SLA held", atMs),
  ];
}

function annotation(run: Run, kind: string, title: string, text: string, atMs: number): InfluxPoint {
  return pointOf("annotations", { ...runTags(run), kind }, { title, text }, atMs);
}

/** Requests, or packets, of the whole run. */
function requestsOf({ series }: Run): number {
  return series.reduce(
    (sum, one) => (one.type === "counter" && REQUEST_METRICS.includes(one.metric) ? sum + one.value : sum),
    0,
  );
}
