import type { Options, Scenario } from "k6/options";
import type { Load, Plan } from "./plan.ts";
import { thresholdsOf } from "./thresholds.ts";

/**
 * k6's options for a plan: a warm-up that no SLA reads (it is a k6 scenario of its own, so `{scenario:...}` leaves
 * it out), then the load itself, and the SLA as thresholds, so that stock k6 gates by itself.
 */
export function optionsOf(plan: Plan): Options {
  return {
    scenarios: {
      ...(plan.warmUpSeconds > 0 && { "warm-up": warmUp(plan) }),
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

/** A tenth of the load's first height, at least one caller, so that the target's code is compiled and warm. */
function warmUp(plan: Plan): Scenario {
  const { load, warmUpSeconds } = plan;
  const first = Math.max(load.from, load.stages[0]?.to ?? 0);
  return {
    executor: "constant-vus",
    exec: "warmUp",
    vus: Math.max(1, Math.round(load.model === "closed" ? first / 10 : Math.min(first / 50, load.maxVUs))),
    duration: `${warmUpSeconds}s`,
    gracefulStop: `${plan.gracefulStopSeconds}s`,
  };
}

function main(load: Load, startSeconds: number, gracefulStopSeconds: number): Scenario {
  const shared = { startTime: `${startSeconds}s`, gracefulStop: `${gracefulStopSeconds}s` };
  const stages = load.stages.map((stage) => ({ duration: `${stage.seconds}s`, target: stage.to }));
  if (load.model === "closed") {
    return { executor: "ramping-vus", startVUs: load.from, stages, gracefulRampDown: "2s", ...shared };
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
