import type { Clock } from "../clock.ts";

interface Timer {
  readonly atMs: number;
  readonly call: () => void;
}

/** A clock that stands still until it is turned. */
export class HandClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<Timer>();

  /** How long the timers that are set were to wait, from now. */
  get waits(): number[] {
    return [...this.#timers].map(({ atMs }) => atMs - this.#nowMs).sort((a, b) => a - b);
  }

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, call: () => void): Timer {
    const timer = { atMs: this.#nowMs + delayMs, call };
    this.#timers.add(timer);
    return timer;
  }

  cancel(handle: unknown): void {
    this.#timers.delete(handle as Timer);
  }

  /** Lets time pass, and every timer in it fire at its own time. */
  turn(ms: number): void {
    const end = this.#nowMs + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ atMs }) => atMs <= end).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      due.call();
    }
    this.#nowMs = end;
  }
}
