/**
 * What every run is watched for, beside its plan's SLA: a leak, a core at its limit, too many open files, no memory left on
 * the machine or in a heap.
 */
import { max, min } from "simple-statistics";
import type { ResourceSample, SlaResult } from "../results/run-schema.ts";
import type { Evidence, ResourcePick } from "./evidence.ts";
import { leak, type Reading } from "./growth.ts";
import { stateOf } from "./sla.ts";

/** More than this in ten minutes, with a slope that is one, is a leak. */
const GROWTH_PERCENT = 10;
const GROWTH_MINUTES = 10;
/** A process, or a thread, that takes more of a core than this for a minute has little left for a peak. */
const CPU_CORES = 0.8;
const CPU_SECONDS = 60;
/** Of the files that a process may have open, sockets among them. */
const FILES_PERCENT = 80;
/**
 * Fewer more in ten minutes are no leak of files, whatever they are in percent: a server opens a log, and k6 one more connection
 * with each caller that a late answer costs it.
 */
const LEAST_FILES = 50;
/** Of the heap that V8 allows: near it the process collects all the time, and at it V8 ends it, whatever the machine has left. */
const HEAP_PERCENT = 90;
/** Below this the system begins to kill. */
const MEMORY_LEFT_PERCENT = 5;

export interface Watched {
  /** Of the machine. */
  readonly cores: number;
  /** One of our targets: each process does its work on one core. Of another nobody knows. */
  readonly bundled: boolean;
}

type Sampled = NonNullable<ResourceSample["target"]> | Members[string];
type Members = NonNullable<NonNullable<ResourceSample["target"]>["members"]>;
type What = Pick<SlaResult, "id" | "title" | "metric" | "tags">;
type Limit = Pick<SlaResult, "stat" | "op" | "limit" | "unit">;

/**
 * P1 rows of what could be judged: growth from ten minutes of level load on, since more load takes more memory; a minute at
 * the limit from a minute on. A load without a rate asks for all that a target can give, so its CPU is shown and not judged.
 */
export function watched(evidence: Evidence, machine: Watched): SlaResult[] {
  const rows = processesIn(evidence.resources).flatMap((name) => ofProcess(evidence, machine, name));
  return [...rows, busiestThread(evidence), ...openFiles(evidence), memoryLeft(evidence)].filter(
    (row) => row !== undefined,
  );
}

/** @param member undefined for a target of one process */
function ofProcess(evidence: Evidence, { cores, bundled }: Watched, member: string | undefined) {
  const name = member ?? "target";
  const tags: Record<string, string> = member === undefined ? {} : { member };
  const of =
    (pick: (process: Sampled) => number | null | undefined): ResourcePick =>
    ({ target }) => {
      const process = member === undefined ? target : target?.members?.[member];
      return process && pick(process);
    };
  const rows = [
    growing(
      { id: `watched-${name}-memory`, title: `growth of ${name} memory`, metric: "target_rss_bytes", tags },
      evidence.levelReadings(of(({ rssBytes }) => rssBytes)),
    ),
    growing(
      { id: `watched-${name}-heap`, title: `growth of ${name} heap`, metric: "target_heap_bytes", tags },
      evidence.levelReadings(of(({ heapBytes }) => heapBytes)),
    ),
  ];
  const shares = evidence.readings(
    of(({ heapBytes, heapLimitBytes }) => heapBytes && heapLimitBytes && (100 * heapBytes) / heapLimitBytes),
  );
  const heap = judged(
    {
      id: `watched-${name}-heap-limit`,
      title: `${name} heap of its limit`,
      metric: "target_heap_bytes",
      tags,
    },
    { stat: "max", op: "<", limit: HEAP_PERCENT, unit: "%" },
    shares.length === 0 ? undefined : max(shares.map(({ value }) => value)),
  );
  const limit = CPU_CORES * (bundled ? 1 : cores);
  const cpu = judged(
    { id: `watched-${name}-cpu`, title: `${name} CPU, busiest minute`, metric: "target_cpu_cores", tags },
    { stat: "avg-1m", op: "<", limit, unit: "cores" },
    busiestMinute(evidence.readings(of(({ cpuCores }) => cpuCores))),
  );
  return [...rows, heap, underCallers(evidence, cpu)];
}

/** A server that works on one thread is at its limit at one core; what a thread compiles in the warm-up is no limit. */
function busiestThread(evidence: Evidence): SlaResult | undefined {
  const start = evidence.phases.find(({ phase }) => phase !== "warm-up");
  const minutes = evidence
    .readings(({ target }) => target?.busiestThreadCores)
    .filter(({ atMs }) => start !== undefined && atMs - CPU_SECONDS * 1000 >= start.fromMs);
  const row = judged(
    {
      ...{ id: "watched-target-thread", title: "target's busiest thread, busiest minute" },
      ...{ metric: "target_thread_cpu_cores", tags: {} },
    },
    { stat: "avg-1m", op: "<", limit: CPU_CORES, unit: "cores" },
    minutes.length === 0 ? undefined : max(minutes.map(({ value }) => value)),
  );
  return underCallers(evidence, row);
}

function underCallers({ plan }: Evidence, row: SlaResult | undefined): SlaResult | undefined {
  if (row === undefined || plan.load.model !== "closed") return row;
  return { ...row, state: "not-applicable", note: "callers without a rate ask for all that there is" };
}

/** A limit may be a million: then it is the growth that tells, long before. */
function openFiles(evidence: Evidence): (SlaResult | undefined)[] {
  const shares = evidence.readings(({ target }) => {
    const files = target?.openFiles;
    return files && (100 * files.open) / files.limit;
  });
  const what = { metric: "target_open_files", tags: {} };
  return [
    growing(
      { id: "watched-files-growth", title: "growth of open files and sockets", ...what },
      evidence.levelReadings(({ target }) => target?.openFiles?.open),
      LEAST_FILES,
    ),
    judged(
      { id: "watched-files", title: "open files and sockets", ...what },
      { stat: "max", op: "<", limit: FILES_PERCENT, unit: "%" },
      shares.length === 0 ? undefined : max(shares.map(({ value }) => value)),
    ),
  ];
}

function memoryLeft(evidence: Evidence): SlaResult | undefined {
  const shares = evidence.readings(
    ({ memory }) => memory && (100 * memory.availableBytes) / memory.totalBytes,
  );
  return judged(
    { id: "watched-memory-left", title: "memory left on the machine", metric: "memory_left", tags: {} },
    { stat: "min", op: ">", limit: MEMORY_LEFT_PERCENT, unit: "%" },
    shares.length === 0 ? undefined : min(shares.map(({ value }) => value)),
  );
}

/** @param least so much more in ten minutes, in the unit of the readings, is nothing */
function growing(what: What, readings: readonly Reading[], least = 0): SlaResult | undefined {
  const found = leak(readings);
  if (found === undefined) return undefined;
  const [value, low, high] = [found.perHour, found.low, found.high].map((it) => (it * GROWTH_MINUTES) / 60);
  const row = judged(what, { stat: "growth", op: "<", limit: GROWTH_PERCENT, unit: "%/10min" }, value);
  const note = `95 % interval ${low?.toFixed(1)} to ${high?.toFixed(1)} % in ${GROWTH_MINUTES} minutes`;
  // It may well be nothing, a tooth or a step of a heap: no leak, however steep the line.
  const nothing = (low ?? 0) <= 0 || !found.goesOn || (found.unitsPerHour * GROWTH_MINUTES) / 60 < least;
  return row && { ...row, note, ...(nothing && { state: "pass" as const }) };
}

function judged(what: What, limit: Limit, value: number | undefined): SlaResult | undefined {
  if (value === undefined) return undefined;
  const state = stateOf(value, { ...limit, priority: "P1" });
  return { ...what, ...limit, priority: "P1", value, state, watched: true };
}

/** The greatest mean of any minute; undefined for readings of less than one. */
export function busiestMinute(readings: readonly Reading[]): number | undefined {
  let [total, from] = [0, 0];
  let busiest: number | undefined;
  for (const [at, { atMs, value }] of readings.entries()) {
    total += value;
    while (atMs - (readings[from] as Reading).atMs >= CPU_SECONDS * 1000)
      total -= (readings[from++] as Reading).value;
    const count = at - from + 1;
    // A sample a second; a few may be missing.
    if (count >= CPU_SECONDS * 0.9) busiest = Math.max(busiest ?? 0, total / count);
  }
  return busiest;
}

function processesIn(samples: readonly ResourceSample[]): readonly (string | undefined)[] {
  const names = new Set(samples.flatMap(({ target }) => Object.keys(target?.members ?? {})));
  if (names.size > 0) return [...names];
  return samples.some(({ target }) => target !== null) ? [undefined] : [];
}
