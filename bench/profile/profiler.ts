import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../failure.ts";
import { PROFILE_FOLDER } from "../results/profiled.ts";
import type { ResourceSample, Run } from "../results/run-schema.ts";
import type { Onlooker } from "../run/onlooker.ts";
import { foldOf } from "../windows/fold.ts";
import { startMs, type Window } from "../windows/window.ts";
import { type CpuProfile, startCpuProfile, stopCpuProfile } from "./cpu-profile.ts";
import { takeHeapSnapshot } from "./heap.ts";
import { type Inspected, inspectedIn, serverAmong } from "./inspected.ts";
import type { Inspector } from "./inspector.ts";
import { type CostSample, overheadOf } from "./overhead.ts";
import { afterSnapshot, type Stretches } from "./stretches.ts";

export interface ProfilerOptions {
  readonly stretches: Stretches;
  /** Process of a target that has several; its first unless said. */
  readonly member?: string;
  /** Heap snapshots as well. */
  readonly heap: boolean;
  /** Whether the user has asked us to end: what breaks from then on is no fault of the process. */
  readonly interrupted: () => boolean;
  /** Folder of the run. */
  readonly folder: (run: Run) => string;
}

/** What came of it. */
export interface Profiled {
  readonly process: string;
  readonly profile: CpuProfile;
  /** File names in the folder of the profile; none without snapshots. */
  readonly heapFiles: readonly string[];
  /** Why a snapshot is missing. */
  readonly heapTrouble: string | undefined;
  /** Of all requests of the run, how many failed. */
  readonly failures: { readonly yes: number; readonly no: number };
  /** Share of CPU a request that the sampler adds; undefined where it cannot be told. */
  readonly overhead: number | undefined;
}

/** Follows a run and profiles a process of its target while the load is on, by the inspector of V8. */
export class Profiler implements Onlooker {
  readonly #options: ProfilerOptions;
  readonly #stop = new AbortController();
  readonly #samples: CostSample[] = [];
  #work: Promise<Profiled | undefined> = Promise.resolve(undefined);
  /** Epoch milliseconds of the window that has the first requests. */
  readonly #loaded = Promise.withResolvers<number>();
  #resources = new Map<number, number>();
  readonly #failures = { yes: 0, no: 0 };
  #member: string | undefined;

  constructor(options: ProfilerOptions) {
    this.#options = options;
  }

  /** @throws Failure USAGE when the target has no such process */
  check(run: Run): void {
    this.#processOf(run);
  }

  begin(run: Run, say: (line: string) => void, giveUp: () => void): void {
    this.#work = this.#profile(run, say);
    // Awaited when the run is over; a process that dies in the middle must not end us before.
    this.#work.catch((error: Error) => {
      if (!this.#options.interrupted()) say(error.message);
      giveUp();
    });
  }

  window(window: Window): void {
    const fold = foldOf(window);
    const requests = fold.requests() ?? 0;
    const { yes, no } = fold.failures();
    this.#failures.yes += yes;
    this.#failures.no += no;
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

  /** What has begun is brought to its end, a snapshot for one; what has not is left. */
  async afterLoad(): Promise<void> {
    this.#stop.abort();
    await this.#work.catch(() => {});
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
    const folder = this.#options.folder(run);
    // First of all: it is also what tells that the run was slowed down, whatever comes of it.
    mkdirSync(join(folder, PROFILE_FOLDER));
    const sought = this.#processOf(run);
    const found = await inspectedIn(join(folder, "target.log"));
    try {
      const { inspector } = await this.#chosen(found, sought, run);
      for (const other of found) if (other.inspector !== inspector) other.inspector.close();
      return await this.#sample(inspector, sought.name, join(folder, PROFILE_FOLDER), say);
    } catch (error) {
      if (this.#stop.signal.aborted || this.#options.interrupted()) return undefined;
      throw error;
    } finally {
      for (const { inspector } of found) inspector.close();
    }
  }

  async #chosen(
    found: readonly Inspected[],
    { name, pid }: { name: string; pid: number },
    { target }: Run,
  ): Promise<Inspected> {
    // A command's pid is that of its shell, or of the first of several processes.
    if (target.kind === "command" && this.#member === undefined) {
      const { stretches } = this.#options;
      return serverAmong(found, portOf(target.url), () => this.#until(stretches.firstSnapshotAt));
    }
    const process = found.find((one) => one.pid === pid);
    if (process !== undefined) return process;
    throw new Failure("USAGE", `none of ${found.length} inspectable processes is ${name}, process ${pid}`);
  }

  async #sample(
    inspector: Inspector,
    process: string,
    folder: string,
    say: (line: string) => void,
  ): Promise<Profiled> {
    const heapFiles: string[] = [];
    let heapTrouble: string | undefined;
    const snapshot = async (n: number) => {
      if (!this.#options.heap) return;
      say(`heap snapshot ${n} of ${process}: it stands still meanwhile`);
      const name = `${process}-${n}.heapsnapshot`;
      try {
        await takeHeapSnapshot(inspector, join(folder, name));
        heapFiles.push(name);
      } catch (error) {
        const why = this.#options.interrupted() ? "interrupted" : (error as Error).message;
        heapTrouble ??= `no heap snapshot ${n}: ${why}`;
        say(heapTrouble);
      }
    };
    const { firstSnapshotAt } = this.#options.stretches;
    const startedMs = await this.#until(firstSnapshotAt);
    await snapshot(1);
    const tookSeconds = (Date.now() - startedMs) / 1000 - firstSnapshotAt;
    const stretches = afterSnapshot(this.#options.stretches, firstSnapshotAt + tookSeconds);
    if (stretches === undefined) {
      throw new Failure(
        "NO_DATA",
        `the heap snapshot took ${tookSeconds.toFixed(0)} s and left too little of the load to sample: --no-heap, or longer --seconds`,
      );
    }
    await this.#until(stretches.profileFrom);
    say(`the CPU of ${process} is sampled for ${Math.round(stretches.profileTo - stretches.profileFrom)} s`);
    const fromMs = Date.now();
    await startCpuProfile(inspector);
    await this.#until(stretches.profileTo);
    const { raw, profile } = await stopCpuProfile(inspector);
    const toMs = Date.now();
    writeFileSync(join(folder, `${process}.cpuprofile`), JSON.stringify(raw));
    await snapshot(2);
    // The windows of the last seconds come a little later.
    await this.#over();
    const plain = { fromMs: startedMs + stretches.plainFrom * 1000, toMs: fromMs };
    const overhead = overheadOf(this.#samples, plain, { fromMs, toMs });
    return { process, profile, heapFiles, heapTrouble, overhead, failures: this.#failures };
  }

  /**
   * Waits until so many seconds from the first request: k6 itself takes a while to begin, on a busy machine a long one.
   *
   * @returns when that was, epoch milliseconds
   * @throws when the load is over before
   */
  async #until(seconds: number): Promise<number> {
    const { signal } = this.#stop;
    const startedMs = await Promise.race([this.#loaded.promise, this.#over()]);
    signal.throwIfAborted();
    const from = startedMs as number;
    // The run keeps us alive; a wait that is left must not.
    await sleep(Math.max(0, from + seconds * 1000 - Date.now()), undefined, { signal, ref: false });
    return from;
  }

  #over(): Promise<void> {
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
      throw new Failure(
        "USAGE",
        `the target has no process ${member}: ${known ? `it has ${known}` : "it is a single one, leave --member out"}`,
      );
    }
    return { name: target.name, pid: target.pid as number };
  }
}

/** The port of an address, which may be its scheme's own. */
function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return Number(port || (/^(https|wss):$/.test(protocol) ? 443 : 80));
}
