import { IDLE } from "./stages.ts";

/** Times of a thread's stages, in microseconds, and of what they are not. */
export interface CpuTimes {
  /** CPU by stage, without the idle one. */
  readonly times: ReadonlyMap<string, number>;
  readonly sumUs: number;
  /** What the sampler saw of all of them together. */
  readonly seenUs: number;
  /** Time that the waiting stage waited and did nothing. */
  readonly waitUs: number;
}

/**
 * CPU by stage, from what a sampler saw and what the system says. A sampler cannot tell a thread that works from one that
 * waits, for the disk within a call or for a free core; what it saw beyond the thread's CPU time was waiting. It is taken
 * off the stage that waits by what it does, if there is one, and the rest off all alike. Where the sampler saw less, the
 * rest went into falling asleep and waking up, which it takes for idle, and is left out.
 *
 * @param cpuUs the thread's CPU time; undefined where the system does not tell, and then all counts as CPU
 * @param waiter the stage that waits
 */
export function cpuByStage(
  seen: ReadonlyMap<string, number>,
  cpuUs: number | undefined,
  waiter?: string,
): CpuTimes {
  const times = new Map(seen);
  times.delete(IDLE);
  const seenUs = sumOf(times);
  const surplusUs = Math.max(0, seenUs - (cpuUs ?? seenUs));
  const waiterUs = waiter === undefined ? 0 : (times.get(waiter) ?? 0);
  const waitUs = Math.min(surplusUs, waiterUs);
  if (waiter !== undefined) times.set(waiter, waiterUs - waitUs);
  const left = seenUs - waitUs;
  const scale = left === 0 ? 1 : (seenUs - surplusUs) / left;
  for (const [stage, us] of times) times.set(stage, us * scale);
  return { times, sumUs: seenUs - surplusUs, seenUs, waitUs };
}

function sumOf(times: ReadonlyMap<string, number>): number {
  return Array.from(times.values()).reduce((sum, us) => sum + us, 0);
}
