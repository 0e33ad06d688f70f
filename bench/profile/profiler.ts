import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../failure.ts";
import type { ResourceSample, Run } from "../results/run-schema.ts";
import type { Onlooker } from "../run/onlooker.ts";
import { foldOf } from "../windows/fold.ts";
import { startMs, type Window } from "../windows/window.ts";
import { type CpuProfile, startCpuProfile, stopCpuProfile } from "./cpu-profile.ts";
import { takeHeapSnapshot } from "./heap.ts";
import { Inspector, inspectorsIn, pidOf } from "./inspector.ts";
import { type CostSample, overheadOf } from "./overhead.ts";
import type { Stretches } from "./stretches.ts";

export interface ProfilerOptions {
  readonly stretches: Stretches;
  /** Process of a target that has several; its first unless said. */
  readonly member?: string;
  /** Heap snapshots as well. */
  readonly heap: boolean;
  /** Folder of the run. */
  readonly folder: (run: Run) => string;
}

/** What came of it. */
export interface Profiled {
  readonly process: string;
  readonly profile: CpuProfile;
  /** File names in the folder of the profile; none without snapshots. */
  readonly heapFiles: readonly string[];
  /** Share of CPU a request that the sampler adds; undefined where it cannot be told. */
  readonly overhead: number | undefined;
}

/** Where a run keeps what was profiled. */
export const PROFILE_FOLDER = "profile";

/** Follows a run and profiles a process of its target while the load is on, by the inspector of V8. */
export class Profiler implements Onlooker {
  readonly #options: ProfilerOptions;
  readonly #stop = new AbortController();
  readonly #samples: CostSample[] = [];
  #work: Promise<Profiled | undefined> = Promise.resolve(undefined);
  /** Epoch milliseconds of the window that has the first requests. */
  readonly #loaded = Promise.withResolvers<number>();
  #resources = new Map<number, number>();
  #member: string | undefined;

  constructor(options: ProfilerOptions) {
    this.#options = options;
  }

  begin(run: Run, say: (line: string) => void): void {
    this.#work = this.#profile(run, say);
    // Awaited when the run is over; a process that dies in the middle must not end us before.
    this.#work.catch((error: Error) => say(error.message));
  }

  window(window: Window): void {
    const requests = foldOf(window).requests() ?? 0;
    const atMs = startMs(window);
    if (requests === 0) return;
    this.#loaded.resolve(atMs);
    const cores = this.#resources.get(Math.round(atMs / 1000));
    if (cores !== undefined)
      this.#samples.push({
        fromMs: atMs,
        toMs: atMs + window.ms,
        requests: (requests * 1000) / window.ms,
        cores,
      });
  }

  resources({ at, target }: ResourceSample): void {
    const cores = (this.#member !== undefined ? target?.members?.[this.#member] : target)?.cpuCores;
    // A sample covers the second before it.
    if (cores !== undefined) this.#resources.set(Math.round(Date.parse(at) / 1000) - 1, cores);
  }

  /**
   * To be called once the run is over.
   *
   * @returns undefined when the run ended before it was profiled
   * @throws Failure when the process could not be profiled
   */
  async end(): Promise<Profiled | undefined> {
    this.#stop.abort();
    return this.#work;
  }

  async #profile(run: Run, say: (line: string) => void): Promise<Profiled | undefined> {
    const { stretches, heap, folder } = this.#options;
    const { name, pid } = this.#processOf(run);
    mkdirSync(join(folder(run), PROFILE_FOLDER));
    const inspector = await inspectorOf(pid, join(folder(run), "target.log"));
    const file = (end: string) => join(folder(run), PROFILE_FOLDER, `${name}${end}`);
    const heapFiles: string[] = [];
    const snapshot = async (n: number) => {
      if (!heap) return;
      say(`heap snapshot ${n} of ${name}: it stands still meanwhile`);
      await takeHeapSnapshot(inspector, file(`-${n}.heapsnapshot`));
      heapFiles.push(`${name}-${n}.heapsnapshot`);
    };
    try {
      // k6 itself takes a while to begin, on a busy machine a long one.
      const startedMs = await Promise.race([this.#loaded.promise, this.#ended().then(() => undefined)]);
      if (startedMs === undefined) return undefined;
      const until = (seconds: number) =>
        sleep(Math.max(0, startedMs + seconds * 1000 - Date.now()), undefined, { signal: this.#stop.signal });
      await until(stretches.firstSnapshotAt);
      await snapshot(1);
      await until(stretches.profileFrom);
      say(`the CPU of ${name} is sampled for ${Math.round(stretches.profileTo - stretches.profileFrom)} s`);
      const fromMs = Date.now();
      await startCpuProfile(inspector);
      await until(stretches.profileTo);
      const { raw, profile } = await stopCpuProfile(inspector);
      const toMs = Date.now();
      writeFileSync(file(".cpuprofile"), JSON.stringify(raw));
      await snapshot(2);
      // The windows of the last seconds come a little later.
      await this.#ended();
      const plain = { fromMs: startedMs + stretches.plainFrom * 1000, toMs: fromMs };
      return {
        process: name,
        profile,
        heapFiles,
        overhead: overheadOf(this.#samples, plain, { fromMs, toMs }),
      };
    } catch (error) {
      if (this.#stop.signal.aborted) return undefined;
      throw error;
    } finally {
      inspector.close();
    }
  }

  #ended(): Promise<void> {
    const { signal } = this.#stop;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  }

  #processOf({ target }: Run): { name: string; pid: number } {
    const members = Object.entries(target.members ?? {});
    const { member } = this.#options;
    const found = member === undefined ? members[0] : members.find(([name]) => name === member);
    if (found !== undefined) {
      this.#member = found[0];
      return { name: found[0], pid: found[1].pid };
    }
    if (member !== undefined) {
      const known = members.map(([name]) => name).join(", ");
      throw new Failure("USAGE", `the target has no process ${member}${known ? `; it has ${known}` : ""}`);
    }
    return { name: target.name, pid: target.pid as number };
  }
}

/** A session with one process among all that the target started. */
async function inspectorOf(pid: number, log: string): Promise<Inspector> {
  const urls = inspectorsIn(readFileSync(log, "utf8"));
  for (const url of urls) {
    const inspector = await Inspector.open(url);
    if ((await pidOf(inspector)) === pid) return inspector;
    inspector.close();
  }
  throw new Failure(
    "USAGE",
    urls.length === 0
      ? "the target is no Node process that can be inspected: it wrote no address of an inspector"
      : `no inspector of process ${pid} among ${urls.length}`,
  );
}
