/** How long to wait before the next attempt: longer each time, and never the same for many runs at once. */
export interface Backoff {
  /** Milliseconds until the next attempt. */
  readonly next: () => number;
  /** After a success: the next trouble begins small again. */
  readonly reset: () => void;
}

const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/** Doubles from half a second to fifteen, each between a half and the whole of it. @param random in [0, 1) */
export function jitteredBackoff(random: () => number = Math.random): Backoff {
  let ceilingMs = FIRST_MS;
  return {
    next() {
      const delayMs = ceilingMs * (0.5 + random() / 2);
      ceilingMs = Math.min(LONGEST_MS, ceilingMs * 2);
      return delayMs;
    },
    reset() {
      ceilingMs = FIRST_MS;
    },
  };
}
