import { epochOriginMs } from "./epoch-origin.ts";

/** How often it is looked whether the system's clock was set, at most: packets are judged by a wrong time for no longer. */
const LOOK_EVERY_MS = 100;

/** A difference that is a clock that was set; below it are rounding, and crystals that count a little apart. */
const STEP_MS = 5;

/**
 * Epoch milliseconds with a fraction, from the monotonic clock, so that what happens in turn has times in turn. When the
 * system's clock is set, or goes on while the monotonic one sleeps with the machine, it follows.
 */
export class EpochClock {
  readonly #dateMs: () => number;
  readonly #runMs: () => number;
  #originMs: number;
  #lookAtMs: number;

  /**
   * @param dateMs the system's clock
   * @param runMs the monotonic one
   */
  constructor(dateMs: () => number, runMs: () => number) {
    this.#dateMs = dateMs;
    this.#runMs = runMs;
    this.#originMs = epochOriginMs(dateMs, runMs);
    this.#lookAtMs = runMs() + LOOK_EVERY_MS;
  }

  /** @param runMs what the monotonic clock says now, or said a moment ago */
  at(runMs: number): number {
    if (runMs >= this.#lookAtMs) this.#look();
    return this.#originMs + runMs;
  }

  #look(): void {
    const before = this.#originMs + this.#runMs();
    const dateMs = this.#dateMs();
    const after = this.#runMs();
    this.#lookAtMs = after + LOOK_EVERY_MS;
    // From both sides: a process that is interrupted between its looks has not seen a clock that was set.
    const late = dateMs + 1 < before - STEP_MS;
    const early = dateMs > this.#originMs + after + STEP_MS;
    if (late || early) this.#originMs = epochOriginMs(this.#dateMs, this.#runMs);
  }
}
