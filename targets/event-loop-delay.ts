/** How often the event loop is looked at, in ms. */
const EVERY_MS = 10;
/** Looks that are remembered: those of the last two seconds, so that whoever asks each second misses none. */
const REMEMBERED = 200;

/** In ms: how long something that came at any moment of the last two seconds had to wait for its turn. */
export interface Delays {
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * How late an event loop is. A look is due every 10 ms, and how late it is taken is the delay; a loop that is blocked for
 * half a second makes 50 looks late, each by its own time, as it does with whatever else comes in meanwhile (no coordinated
 * omission). Reading changes nothing, so any number may read.
 *
 * Why not Node's `monitorEventLoopDelay`, which prom-client shows: it counts its own interval into the delay, so an idle
 * loop has 10 ms; it counts a block as one value, so the p99 of a second does not know of one of 200 ms; and prom-client
 * empties it for each scrape, so two who scrape take values from each other.
 *
 * The clock is the caller's: {@link look} says when it wants to be called again.
 */
export class EventLoopDelay {
  readonly #delaysMs = new Float64Array(REMEMBERED);
  #looks = 0;
  #dueMs: number;

  constructor(nowMs: number) {
    this.#dueMs = nowMs + EVERY_MS;
  }

  /** Takes the looks that are due. @returns ms until the next one is, above 0 */
  look(nowMs: number): number {
    // A block that is longer than what is remembered gets fewer looks, so that its whole length is among them.
    const everyMs = Math.max(EVERY_MS, (nowMs - this.#dueMs) / (REMEMBERED - 1));
    for (; this.#dueMs <= nowMs; this.#dueMs += everyMs)
      this.#delaysMs[this.#looks++ % REMEMBERED] = nowMs - this.#dueMs;
    this.#dueMs = Math.min(this.#dueMs, nowMs + EVERY_MS);
    return this.#dueMs - nowMs;
  }

  read(nowMs: number): Delays {
    // The loop may have been blocked until this very call.
    this.look(nowMs);
    const delays = this.#delaysMs.slice(0, Math.min(this.#looks, REMEMBERED)).sort();
    const at = (share: number) => delays[Math.ceil(share * delays.length) - 1] ?? 0;
    const sum = delays.reduce((all, ms) => all + ms, 0);
    return { mean: sum / (delays.length || 1), p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
  }
}
