import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TREE_LIMIT } from "./usage.ts";

/**
 * Nanoseconds on a CPU of each thread of a process and all it started, by its folder below /proc, as the kernel's scheduler
 * counts them (schedstat). Empty where the kernel does not tell.
 *
 * @param proc where the kernel tells of processes; another place for a test of what cannot be read
 * @param most threads that are looked at
 */
export function threadTimes(
  root: number,
  proc = "/proc",
  most = Number.POSITIVE_INFINITY,
): Map<string, number> {
  const threads = new Map<string, number>();
  if (process.platform !== "linux") return threads;
  const queue = [root];
  for (let i = 0; i < queue.length && i < TREE_LIMIT; i++) {
    for (const tid of read(() => readdirSync(join(proc, `${queue[i]}`, "task"))) ?? []) {
      if (threads.size >= most) return threads;
      const thread = join(`${queue[i]}`, "task", tid);
      const file = (name: string) => read(() => readFileSync(join(proc, thread, name), "latin1"));
      const children = file("children")?.trim().split(" ") ?? [];
      queue.push(...children.filter((child) => child !== "").map(Number));
      const nanoseconds = file("schedstat")?.split(" ")[0];
      if (nanoseconds !== undefined) threads.set(thread, Number(nanoseconds));
    }
  }
  return threads;
}

/** Undefined when the thread ended while we looked, or there is no such file. */
function read<T>(what: () => T): T | undefined {
  try {
    return what();
  } catch {
    return undefined;
  }
}
