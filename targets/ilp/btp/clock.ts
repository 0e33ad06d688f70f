/** Time, so that tests can turn it by hand. */
export interface Clock {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Calls once, after `delayMs`; the handle is for {@link Clock.cancel}. */
  after(delayMs: number, call: () => void): unknown;
  cancel(handle: unknown): void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (delayMs, call) => setTimeout(call, delayMs),
  cancel: (handle) => clearTimeout(handle as NodeJS.Timeout | undefined),
};
