/**
 * How long to wait before a connect: full jitter (Marc Brooker, Exponential Backoff and Jitter, 2015), so that peers of
 * one that restarts do not come back all at once.
 *
 * @param attempt 0 for the first
 * @param random 0 to below 1
 */
export function backOffMs(attempt: number, firstMs: number, maxMs: number, random: number): number {
  return random * Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30));
}
