/** So many readings, of which the middle one counts: a process that was interrupted in one of them reads it wrong. */
const READINGS = 5;

/**
 * Epoch milliseconds at which a process's monotonic clock was 0, to some microseconds: read at the moments when the system's
 * clock, which counts whole milliseconds, steps. It takes as many milliseconds as readings, once. `performance.timeOrigin`
 * is off by some 0.3 ms, in each process by another amount; a packet passes five connectors in little more.
 *
 * @param dateMs the system's clock
 * @param runMs the monotonic one
 */
export function epochOriginMs(dateMs: () => number, runMs: () => number): number {
  const readings = Array.from({ length: READINGS }, () => {
    const first = dateMs();
    let at: number;
    let now: number;
    do {
      at = runMs();
      now = dateMs();
    } while (now === first);
    return now - at;
  });
  return readings.sort((a, b) => a - b)[READINGS >> 1] as number;
}
