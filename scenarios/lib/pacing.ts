import exec from "k6/execution";
import type { Plan } from "./plan.ts";
import { intendedStart } from "./schedule.ts";

export interface Arrival {
  /** 0-based number of the arrival in its scenario. */
  readonly number: number;
  /** When it was due, seconds from the start of the scenario. */
  readonly dueSeconds: number;
  /**
   * How long after that it started, in milliseconds: the generator's own fault, not the target's. Undefined for the first
   * arrival of a VU, which only tells when the schedule began.
   */
  readonly lagMs: number | undefined;
}

/**
 * Where this VU saw the schedule begin, in milliseconds on the run's clock: as early as the most punctual of its arrivals
 * says. k6 itself tells only when the scenario did, in whole milliseconds, and starts the schedule when its VUs are up.
 */
let originMs: number | undefined;

/**
 * Which arrival of an open model this iteration is, and how late it came: against the most punctual one of this VU.
 * An arrival that k6 dropped takes no number, so after the first drop the lag also holds the dropped arrivals' time:
 * what is made of it counts only while nothing was dropped.
 */
export function arrival(plan: Plan): Arrival {
  const number = exec.scenario.iterationInTest;
  const dueSeconds = intendedStart(plan.load, number);
  const impliedMs = exec.instance.currentTestRunDuration - dueSeconds * 1000;
  const first = originMs === undefined;
  originMs = Math.min(originMs ?? impliedMs, impliedMs);
  return { number, dueSeconds, lagMs: first ? undefined : impliedMs - originMs };
}

/** Seconds since the scenario this VU runs in has started. */
export function elapsedSeconds(): number {
  return (Date.now() - exec.scenario.startTime) / 1000;
}
