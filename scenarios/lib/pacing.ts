import exec from "k6/execution";
import type { Plan } from "./plan.ts";
import { intendedStart } from "./schedule.ts";

/** Epoch milliseconds with a fraction: Date.now() only counts whole ones, the run's own clock is finer. */
let runStartMs: number | undefined;
function nowMs(): number {
  const sinceRunStart = exec.instance.currentTestRunDuration;
  runStartMs ??= Date.now() - sinceRunStart;
  return runStartMs + sinceRunStart;
}

export interface Arrival {
  /** 0-based number of the arrival in its scenario. */
  readonly number: number;
  /** When it was due, seconds from the start of the scenario. */
  readonly dueSeconds: number;
  /** How long after that it started, in milliseconds: the generator's own fault, not the target's. */
  readonly lagMs: number;
}

/**
 * Which arrival of an open model this iteration is, and how late it came (resolution: 1 ms).
 * An arrival that k6 dropped takes no number, so after the first drop the lag also holds the dropped arrivals' time:
 * what is made of it counts only while nothing was dropped.
 */
export function arrival(plan: Plan): Arrival {
  const number = exec.scenario.iterationInTest;
  const dueSeconds = intendedStart(plan.load, number);
  const lagMs = nowMs() - exec.scenario.startTime - dueSeconds * 1000;
  return { number, dueSeconds, lagMs: Math.max(0, lagMs) };
}

/** Seconds since the scenario this VU runs in has started. */
export function elapsedSeconds(): number {
  return (nowMs() - exec.scenario.startTime) / 1000;
}
