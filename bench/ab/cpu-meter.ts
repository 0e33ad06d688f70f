import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TREE_LIMIT, usageOf } from "../run/usage.ts";

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
    const threads = this.#threads();
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

  /** Nanoseconds on a CPU of each thread in the process tree, by its folder; empty where the kernel does not tell. */
  #threads(): Map<string, number> {
    const threads = new Map<string, number>();
    if (process.platform !== "linux") return threads;
    const queue = [this.#root];
    for (let i = 0; i < queue.length && i < TREE_LIMIT; i++) {
      for (const tid of read(() => readdirSync(join(this.#proc, `${queue[i]}`, "task"))) ?? []) {
        const thread = join(`${queue[i]}`, "task", tid);
        const file = (name: string) => read(() => readFileSync(join(this.#proc, thread, name), "latin1"));
        const children = file("children")?.trim().split(" ") ?? [];
        queue.push(...children.filter((child) => child !== "").map(Number));
        const nanoseconds = file("schedstat")?.split(" ")[0];
        if (nanoseconds !== undefined) threads.set(thread, Number(nanoseconds));
      }
    }
    return threads;
  }
}

/** Undefined when the thread ended while we looked, or there is no such file. */
function read<T>(what: () => T): T | undefined {
  try {
    return what();
  } catch {
    return undefined;
  }
}
