import { readdirSync, readFileSync } from "node:fs";

/** What the threads of a Node process have used since it started, in seconds. */
export interface ThreadCpu {
  readonly main: number;
  /** Worker threads of JavaScript. */
  readonly workers: number;
  /** The sampler of a profile. */
  readonly profiler: number;
  /** V8's and libuv's own threads: garbage, compilation, files. */
  readonly others: number;
  /** No CPU: time that the main thread, and worker threads, could have run and no core was free. */
  readonly mainDelay: number;
  readonly workerDelay: number;
}

/** What the system says; undefined where it has no such files, as on macOS. */
export function threadCpu(pid: number): ThreadCpu | undefined {
  const used = { main: 0, workers: 0, profiler: 0, others: 0, mainDelay: 0, workerDelay: 0 };
  try {
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      const folder = `/proc/${pid}/task/${task}`;
      const kind = Number(task) === pid ? "main" : kindOf(readFileSync(`${folder}/comm`, "latin1"));
      // Nanoseconds on a core, nanoseconds in wait for one, and how often (Documentation/scheduler/sched-stats.rst).
      const [runNs, delayNs] = readFileSync(`${folder}/schedstat`, "latin1").split(" ").map(Number);
      used[kind] += (runNs ?? 0) / 1e9;
      if (kind === "main") used.mainDelay += (delayNs ?? 0) / 1e9;
      if (kind === "workers") used.workerDelay += (delayNs ?? 0) / 1e9;
    }
    return used;
  } catch {
    return undefined;
  }
}

/** Names that Node and V8 give their threads; the system keeps 15 letters. */
function kindOf(name: string): "workers" | "profiler" | "others" {
  if (name.startsWith("WorkerThread")) return "workers";
  return name.startsWith("v8:Prof") ? "profiler" : "others";
}

/** What was used between two looks. */
export function usedBetween(before: ThreadCpu, after: ThreadCpu): ThreadCpu {
  const since = (key: keyof ThreadCpu) => after[key] - before[key];
  return {
    main: since("main"),
    workers: since("workers"),
    profiler: since("profiler"),
    others: since("others"),
    mainDelay: since("mainDelay"),
    workerDelay: since("workerDelay"),
  };
}
