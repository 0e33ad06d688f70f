/** So many readings, of which the middle one counts: a process that was interrupted in one of them reads it wrong. */
const READINGS = 5;

/** A clock that stands still for so long does not count milliseconds. */
const NO_STEP_MS = 20;

/**
 * Epoch milliseconds at which a process's monotonic clock was 0, to some microseconds: read at the moments when the system's
 * clock, which counts whole milliseconds, steps. It takes as many milliseconds as readings, once. `performance.timeOrigin`
 * is off by some 0.3 ms, in each process by another amount; a packet passes five connectors in little more. A clock that
 * does not step is taken at its word.
 *
 * @param dateMs the system's clock
 * @param runMs the monotonic one
 */
export function epochOriginMs(dateMs: () => number, runMs: () => number): number {
  const readings = Array.from({ length: READINGS }, () => {
    const first = dateMs();
    const untilMs = runMs() + NO_STEP_MS;
    let at: number;
    let now: number;
    do {
      at = runMs();
      now = dateMs();
    } while (now === first && at < untilMs);
    return now - at;
  });
  return readings.sort((a, b) => a - b)[READINGS >> 1] as number;
}
