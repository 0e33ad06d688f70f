import { Code, ConnectError } from "@connectrpc/connect";
import type { FaultPlan } from "./fault.ts";
import { spin } from "./spin.ts";

export interface FaultInjector {
  /**
   * To be awaited by the handler before it answers; undefined when the answer may go out at once, so that
   * a healthy target pays no promise for the feature.
   *
   * @throws ConnectError Internal, for the share of calls that are to fail
   */
  beforeAnswer(signal: AbortSignal): Promise<void> | undefined;
}

/**
 * Runs a fault plan. The clocks of `stall` and `crash` start with the first call, not with the process, so
 * that "5 s" means the same to a test whether its load generator took one second to start or ten.
 *
 * @param random uniform in [0, 1)
 * @param crash ends the process; called once
 */
export function faultInjector(plan: FaultPlan, random: () => number, crash: () => void): FaultInjector {
  const { latencyMs, jitterMs, slow, spinRounds, errorRate, stall, crashAfterMs } = plan;
  let firstCallMs: number | undefined;

  /** Draws in a fixed order, so that one seed gives one sequence of faults. */
  function drawDelayMs(): number {
    let delayMs = latencyMs;
    if (jitterMs > 0) delayMs += random() * jitterMs;
    if (slow !== undefined && random() < slow.share) delayMs += slow.delayMs;
    return delayMs;
  }

  return {
    beforeAnswer(signal) {
      if (spinRounds > 0) spin(spinRounds);
      const nowMs = performance.now();
      if (firstCallMs === undefined) {
        firstCallMs = nowMs;
        if (crashAfterMs !== undefined) setTimeout(crash, crashAfterMs);
      }
      const delayMs = drawDelayMs();
      const fails = errorRate > 0 && random() < errorRate;
      const answerMs = nowMs + delayMs;
      const untilMs =
        stall === undefined ? answerMs : afterStall(answerMs - firstCallMs, stall) + firstCallMs;
      if (untilMs > nowMs) {
        const waited = untilMs === Number.POSITIVE_INFINITY ? forever(signal) : sleepUntil(untilMs);
        return fails ? waited.then(failInternally) : waited;
      }
      if (fails) failInternally();
      return undefined;
    },
  };
}

/** When an answer due at `dueMs` goes out, if nothing goes out during the stall; milliseconds since the first call. */
function afterStall(dueMs: number, stall: NonNullable<FaultPlan["stall"]>): number {
  const endMs = stall.afterMs + stall.forMs;
  return dueMs >= stall.afterMs && dueMs < endMs ? endMs : dueMs;
}

function failInternally(): never {
  throw new ConnectError("injected fault", Code.Internal);
}

/**
 * Node's timers count whole milliseconds from the start of the loop's turn, so they may fire up to 1 ms early by
 * the real clock. A known delay that is sometimes too short would spoil every comparison with it: go round again.
 */
function sleepUntil(untilMs: number): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) resolve();
      else setTimeout(check, leftMs);
    };
    setTimeout(check, untilMs - performance.now());
  });
}

/** Waits for the client to give up; the rejection lets connect release what the call holds. */
function forever(signal: AbortSignal): Promise<void> {
  return new Promise((_, reject) => {
    const onAbort = () => reject(ConnectError.from(signal.reason, Code.Canceled));
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}
