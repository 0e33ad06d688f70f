import { threadTimes } from "./thread-times.ts";

const MINUTE_MS = 60_000;
/** A look a second; a few may be missing, or late. */
const LEAST_MS = 0.9 * MINUTE_MS;
/** Two files a thread are read each second. Of a target with more threads nobody knows the busiest, and no thread is its limit. */
const THREADS_LIMIT = 512;

interface Look {
  readonly atMs: number;
  readonly times: ReadonlyMap<string, number>;
}

/**
 * How much of a core the busiest thread of a target took over the last minute: a server of one thread is at its limit at one
 * core, however many the machine has. The busiest of each second would not do: of many threads that take turns there is
 * always one that is busy.
 */
export class BusiestThread {
  readonly #looks: Look[] = [];

  /** Looks at the threads of a process tree; as `minuteTo`. */
  look(root: number, atMs: number): number | undefined {
    const times = threadTimes(root, undefined, THREADS_LIMIT);
    return times.size === 0 || times.size === THREADS_LIMIT ? undefined : this.minuteTo(times, atMs);
  }

  /**
   * @param times nanoseconds of each thread so far
   * @returns cores, 0 to 1; undefined in the first minute
   */
  minuteTo(times: ReadonlyMap<string, number>, atMs: number): number | undefined {
    this.#looks.push({ atMs, times });
    while ((this.#looks[1]?.atMs ?? atMs) <= atMs - MINUTE_MS) this.#looks.shift();
    const ms = atMs - (this.#looks[0] as Look).atMs;
    if (ms < LEAST_MS) return undefined;
    let most = 0;
    for (const [thread, now] of times) most = Math.max(most, now - this.#firstOf(thread));
    return Math.min(1, most / 1e6 / ms);
  }

  /** What a thread had used when it was first seen in the last minute: what it used before that is not of this minute. */
  #firstOf(thread: string): number {
    return this.#looks.find(({ times }) => times.has(thread))?.times.get(thread) ?? 0;
  }
}
