import { readdirSync, readFileSync } from "node:fs";
import { childrenOf, TREE_LIMIT, usageOf } from "../run/usage.ts";

/**
 * CPU time of a process and all it started, to the nanosecond: /proc/<pid>/stat counts in steps of 10 ms, which is much of
 * what a build uses in a second. The kernel's scheduler keeps exact time of each thread (schedstat); what a thread that
 * ended used since the last reading is lost. Where there is no such file, what usageOf tells.
 */
export class CpuMeter {
  readonly #root: number;
  readonly #before = new Map<string, number>();
  #seconds = 0;

  constructor(root: number) {
    this.#root = root;
  }

  /** Seconds used since the first reading, which is 0; undefined when the process is gone. */
  read(): number | undefined {
    const threads = threadsOf(this.#root);
    if (threads.size === 0) return usageOf(this.#root)?.cpuSeconds;
    const first = this.#before.size === 0;
    for (const [thread, nanoseconds] of threads) {
      // Of a thread that is new, all it used was used since.
      if (!first) this.#seconds += Math.max(0, nanoseconds - (this.#before.get(thread) ?? 0)) / 1e9;
      this.#before.set(thread, nanoseconds);
    }
    for (const thread of this.#before.keys()) if (!threads.has(thread)) this.#before.delete(thread);
    return this.#seconds;
  }
}

/** Nanoseconds on a CPU of each thread in a process tree, by `pid/tid`; empty where the kernel does not tell. */
function threadsOf(root: number): Map<string, number> {
  const threads = new Map<string, number>();
  if (process.platform !== "linux") return threads;
  const queue = [root];
  for (let i = 0; i < queue.length && i < TREE_LIMIT; i++) {
    const pid = queue[i] as number;
    try {
      queue.push(...childrenOf(pid));
      for (const tid of readdirSync(`/proc/${pid}/task`)) {
        const text = readFileSync(`/proc/${pid}/task/${tid}/schedstat`, "latin1");
        threads.set(`${pid}/${tid}`, Number(text.split(" ")[0]));
      }
    } catch {
      // It ended while we looked, or there is no schedstat.
    }
  }
  return threads;
}
