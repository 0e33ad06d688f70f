import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** What a process and all it started have used. */
export interface Usage {
  /** User and system time since each started, seconds. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  /** Files, sockets among them, that the process nearest to its own limit has open; undefined where nobody tells. */
  readonly openFiles?: { readonly open: number; readonly limit: number } | undefined;
}

/** Linux counts CPU times in ticks of 1/100 s (sysconf(_SC_CLK_TCK), the same on every port of Linux that Node runs on). */
export const TICKS_PER_SECOND = 100;
/** Processes of one tree that are looked at; a fork bomb must not hold us up. */
export const TREE_LIMIT = 256;

/** Usage of a process tree now; undefined when the root is gone or cannot be seen. */
export function usageOf(pid: number): Usage | undefined {
  return process.platform === "linux" ? linuxUsage(pid) : psUsage(pid);
}

function linuxUsage(root: number): Usage | undefined {
  let cpuSeconds = 0;
  let rssBytes = 0;
  let openFiles: Usage["openFiles"];
  let found = false;
  const queue = [root];
  for (let i = 0; i < queue.length && i < TREE_LIMIT; i++) {
    const pid = queue[i] as number;
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
      // The command in parentheses may itself hold spaces and parentheses; fields count from behind the last one.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      // utime and stime, and those of children that are over and were waited for (proc_pid_stat(5), fields 14 to 17).
      cpuSeconds += [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0) / TICKS_PER_SECOND;
      rssBytes += rssOf(pid);
      openFiles = nearer(openFiles, openFilesOf(pid));
      queue.push(...childrenOf(pid));
      if (pid === root) found = true;
    } catch {
      // It ended while we looked.
    }
  }
  return found ? { cpuSeconds, rssBytes, openFiles } : undefined;
}

type OpenFiles = NonNullable<Usage["openFiles"]>;

function nearer(a: OpenFiles | undefined, b: OpenFiles | undefined): OpenFiles | undefined {
  return a === undefined || (b !== undefined && b.open / b.limit > a.open / a.limit) ? b : a;
}

function openFilesOf(pid: number): OpenFiles | undefined {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, "latin1"))?.[1];
    return limit === undefined
      ? undefined
      : { open: readdirSync(`/proc/${pid}/fd`).length, limit: Number(limit) };
  } catch {
    // Of a process of somebody else's nobody tells.
    return undefined;
  }
}

function rssOf(pid: number): number {
  const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
  return Number(kb ?? 0) * 1024;
}

/** Processes a process has started and that have not ended; Linux only. */
function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) => {
    try {
      const text = readFileSync(`/proc/${pid}/task/${task}/children`, "latin1").trim();
      return text === "" ? [] : text.split(" ").map(Number);
    } catch {
      return [];
    }
  });
}

function psUsage(root: number): Usage | undefined {
  let table: string;
  try {
    table = execFileSync("ps", ["-A", "-o", "pid=,ppid=,rss=,time="], { encoding: "utf8" });
  } catch {
    return undefined;
  }
  const rows = table
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, ppid, rss, time]) => ({
      pid: Number(pid),
      ppid: Number(ppid),
      rss: Number(rss),
      time: time ?? "0",
    }));
  const tree = new Set([root]);
  for (let size = 0; size < tree.size; ) {
    size = tree.size;
    for (const { pid, ppid } of rows) if (tree.has(ppid) && tree.size < TREE_LIMIT) tree.add(pid);
  }
  const own = rows.filter(({ pid }) => tree.has(pid));
  if (!own.some(({ pid }) => pid === root)) return undefined;
  return {
    cpuSeconds: own.reduce((sum, { time }) => sum + psSeconds(time), 0),
    rssBytes: own.reduce((sum, { rss }) => sum + rss * 1024, 0),
  };
}

/** `ps` writes [[dd-]hh:]mm:ss[.ff]. */
function psSeconds(time: string): number {
  const [clock, days] = time.split("-").reverse();
  const parts = (clock ?? "0").split(":").map(Number);
  return parts.reduce((sum, part) => sum * 60 + part, 0) + Number(days ?? 0) * 86_400;
}
