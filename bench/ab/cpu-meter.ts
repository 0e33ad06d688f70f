import { existsSync } from "node:fs";
import { join } from "node:path";
import { threadTimes } from "../run/thread-times.ts";
import { usageOf } from "../run/usage.ts";

/**
 * CPU time of a process and all it started, to the nanosecond: /proc/<pid>/stat counts in steps of 10 ms, which is much of
 * what a build uses in a second. The kernel's scheduler keeps exact time of each thread (schedstat); what a thread that
 * ended used since the last reading is lost. Where there is no such file, what usageOf tells.
 */
export class CpuMeter {
  readonly #root: number;
  readonly #proc: string;
  readonly #before = new Map<string, number>();
  #seconds = 0;

  /** @param proc where the kernel tells of processes; another place for a test of what cannot be read */
  constructor(root: number, proc = "/proc") {
    this.#root = root;
    this.#proc = proc;
  }

  /** Seconds used since the first reading, which is 0; undefined when the process is gone. */
  read(): number | undefined {
    const threads = threadTimes(this.#root, this.#proc);
    if (threads.size === 0) return usageOf(this.#root)?.cpuSeconds;
    const first = this.#before.size === 0;
    for (const [thread, nanoseconds] of threads) {
      // Of a thread that is new, all it used was used since.
      if (!first) this.#seconds += Math.max(0, nanoseconds - (this.#before.get(thread) ?? 0)) / 1e9;
      this.#before.set(thread, nanoseconds);
    }
    // One that could not be read just now is still known: as a new one it would bring all it ever used.
    for (const thread of this.#before.keys())
      if (!threads.has(thread) && !existsSync(join(this.#proc, thread))) this.#before.delete(thread);
    return this.#seconds;
  }
}
