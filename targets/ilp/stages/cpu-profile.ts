import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A function, or what V8 calls `(idle)`, `(program)`, `(garbage collector)`; natives have no URL. */
export interface Frame {
  readonly functionName: string;
  readonly url: string;
}

/**
 * What `node --cpu-prof` leaves of a thread (Profiler.Profile of the DevTools protocol): a tree of calls, and which of its
 * nodes was on top of the stack about once a millisecond.
 */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: Frame;
    readonly children?: readonly number[];
  }[];
  /** Microseconds of the machine's monotonic clock, which process.hrtime reads too. */
  readonly startTime: number;
  readonly endTime: number;
  /** Ids of nodes. */
  readonly samples: readonly number[];
  /** Microseconds from the sample before, the first from the start. */
  readonly timeDeltas: readonly number[];
}

/** A stretch of time, microseconds of the same clock. */
export interface Span {
  readonly fromUs: number;
  readonly toUs: number;
}

export function readProfile(file: string): CpuProfile {
  return JSON.parse(readFileSync(file, "utf8")) as CpuProfile;
}

/** The thread that Node named a profile after: `CPU.<date>.<time>.<pid>.<thread>.<n>.cpuprofile`, 0 the main thread. */
export function threadOf(fileName: string): { readonly pid: number; readonly thread: number } | undefined {
  const [, pid, thread] = /^CPU\.\d+\.\d+\.(\d+)\.(\d+)\.\d+\.cpuprofile$/.exec(fileName) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), thread: Number(thread) };
}

/**
 * The profile that a thread left in a folder; undefined for none, or one that does not cover the span: its clock is then
 * not the span's, and its samples cannot be placed.
 */
export function profileOf(
  folder: string,
  pid: number,
  thread: number,
  { fromUs, toUs }: Span,
): CpuProfile | undefined {
  const file = readdirSync(folder).find((name) => {
    const whose = threadOf(name);
    return whose?.pid === pid && whose.thread === thread;
  });
  const profile = file === undefined ? undefined : readProfile(join(folder, file));
  return profile && profile.startTime <= fromUs && profile.endTime >= toUs ? profile : undefined;
}

/**
 * Self time by stage, in microseconds: each sample stands for the time up to the next one, and belongs to the stage of the
 * function on top of the stack, or, where that has none of its own, of the nearest caller that has.
 *
 * @param stageOf undefined for a function that works for its caller
 * @param otherwise the stage of what no caller has a stage for
 */
export function timeByStage(
  profile: CpuProfile,
  { fromUs, toUs }: Span,
  stageOf: (frame: Frame) => string | undefined,
  otherwise: string,
): Map<string, number> {
  const stages = stagesOfNodes(profile, stageOf, otherwise);
  const times = new Map<string, number>();
  const { samples, timeDeltas, startTime, endTime } = profile;
  let atUs = startTime;
  for (const [i, node] of samples.entries()) {
    atUs += timeDeltas[i] as number;
    const untilUs = i + 1 < samples.length ? atUs + (timeDeltas[i + 1] as number) : endTime;
    // A sample's part of the span; V8 may write samples of two threads a little out of order, with a negative delta.
    const us = Math.min(untilUs, toUs) - Math.max(atUs, fromUs);
    if (us <= 0) continue;
    const stage = stages.get(node) ?? otherwise;
    times.set(stage, (times.get(stage) ?? 0) + us);
  }
  return times;
}

function stagesOfNodes(
  { nodes }: CpuProfile,
  stageOf: (frame: Frame) => string | undefined,
  otherwise: string,
): Map<number, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const stages = new Map<number, string>();
  const [root] = nodes;
  // The caller's first, so that a stage is handed down; a stack of ours, since a deep recursion is a deep tree.
  const open: [id: number, above: string][] = root === undefined ? [] : [[root.id, otherwise]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [id, above] = next;
    const node = byId.get(id);
    if (node === undefined) continue;
    const stage = stageOf(node.callFrame) ?? above;
    stages.set(id, stage);
    for (const child of node.children ?? []) open.push([child, stage]);
  }
  return stages;
}
