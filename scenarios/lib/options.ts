import type { Options, Scenario } from "k6/options";
import { CONNECT_SECONDS, type Load, type PacedLoad, type Plan, peakOf } from "./plan.ts";
import { durationOf } from "./schedule.ts";
import { thresholdsOf } from "./thresholds.ts";

/**
 * k6's options for a plan: a warm-up that no SLA reads (it is a k6 scenario of its own, so `{scenario:...}` leaves
 * it out), then the load itself, and the SLA as thresholds, so that plain k6 gates by itself.
 */
export function optionsOf(plan: Plan): Options {
  return {
    scenarios: {
      ...warmUp(plan),
      [plan.scenario]: main(plan.load, plan.warmUpSeconds, plan.gracefulStopSeconds),
    },
    thresholds: thresholdsOf(plan),
    summaryTrendStats: ["min", "med", "avg", "p(90)", "p(95)", "p(99)", "max"],
    // url is left out: the name tag says it, and a URL per variant would only double the series.
    systemTags: ["scenario", "name", "status", "group", "check", "expected_response", "error_code", "method"],
    // A request that fails is counted either way; thrown and caught, it does not print a line for each of thousands.
    throw: true,
    userAgent: "plimsoll",
  } as Options;
}

/**
 * Half of the load before the load, so that the target's code is compiled and its connections are open: half the peak
 * rate of an open model, half the first callers of a closed one. None where no load is asked for.
 */
function warmUp({ load, warmUpSeconds, gracefulStopSeconds }: Plan): Record<string, Scenario> {
  if (warmUpSeconds === 0 || peakOf(load) === 0) return {};
  if (load.model === "paced")
    return { "warm-up": { ...paced(load, warmUpSeconds, gracefulStopSeconds), exec: "warmUp" } };
  const shared = { exec: "warmUp", duration: `${warmUpSeconds}s`, gracefulStop: `${gracefulStopSeconds}s` };
  if (load.model === "closed") {
    const vus = Math.max(1, Math.round(Math.max(load.from, load.stages[0]?.to ?? 0) / 2));
    return { "warm-up": { executor: "constant-vus", vus, ...shared } };
  }
  const rate = Math.max(1, Math.round(peakOf(load) / 2));
  const { preAllocatedVUs } = load;
  return {
    "warm-up": { executor: "constant-arrival-rate", rate, timeUnit: "1s", preAllocatedVUs, ...shared },
  };
}

/** A VU a connection, and one long iteration each, which ends by itself. */
function paced({ connections }: PacedLoad, seconds: number, gracefulStopSeconds: number) {
  const maxDuration = `${seconds + CONNECT_SECONDS + 2 * gracefulStopSeconds}s`;
  return { executor: "per-vu-iterations", vus: connections, iterations: 1, maxDuration } as const;
}

function main(load: Load, startSeconds: number, gracefulStopSeconds: number): Scenario {
  const shared = { startTime: `${startSeconds}s`, gracefulStop: `${gracefulStopSeconds}s` };
  if (load.model === "paced") return { ...paced(load, durationOf(load), gracefulStopSeconds), ...shared };
  const stages = load.stages.map((stage) => ({ duration: `${stage.seconds}s`, target: stage.to }));
  if (load.model === "closed") {
    return {
      executor: "ramping-vus",
      startVUs: load.from,
      stages,
      gracefulRampDown: shared.gracefulStop,
      ...shared,
    };
  }
  return {
    executor: "ramping-arrival-rate",
    timeUnit: "1s",
    startRate: load.from,
    stages,
    preAllocatedVUs: load.preAllocatedVUs,
    maxVUs: load.maxVUs,
    ...shared,
  };
}
