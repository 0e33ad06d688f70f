import { totalmem } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { NodeFigures, ResourceSample } from "../results/run-schema.ts";
import { BusiestThread } from "./busiest-thread.ts";
import { type ConnectorTotals, connectorFigures } from "./connector-totals.ts";
import { hostCpu, hostRates } from "./host-cpu.ts";
import { type Scrape, scrape } from "./scrape.ts";
import type { Member } from "./target.ts";
import { type Usage, usageOf } from "./usage.ts";

export interface Watched {
  /** Root of the target's process tree; undefined for a server that is not ours. */
  readonly targetPid: number | undefined;
  /** What the target is called: a connector of one process goes by it. */
  readonly name?: string;
  /** Where the target serves /metrics. */
  readonly adminUrl: string | undefined;
  /** Whether it is told what the busiest thread takes: of a target of which nobody knows on how many it works. */
  readonly threads?: boolean;
  /** Processes of a target that has several. */
  readonly members?: Readonly<Record<string, Member>>;
  readonly k6Pid: () => number | undefined;
}

const PERIOD_MS = 1000;

/** Of the machine, or of the container that we are in, as `process.availableMemory` counts. */
function memoryInAll(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/** Looks once a second at what target, k6 and we ourselves use, until it is stopped. */
export class Sampler {
  readonly #watched: Watched;
  readonly #onSample: (sample: ResourceSample) => void;
  readonly #loop = monitorEventLoopDelay({ resolution: 10 });
  readonly #before = new Map<number, { usage: Usage; atMs: number }>();
  readonly #toldBefore = new Map<string, { totals: ConnectorTotals; atMs: number }>();
  readonly #threads = new BusiestThread();
  #hostBefore = { ...hostCpu(), atMs: performance.now() };
  #ownBefore = { cpu: process.cpuUsage(), atMs: performance.now() };
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(watched: Watched, onSample: (sample: ResourceSample) => void) {
    this.#watched = watched;
    this.#onSample = onSample;
  }

  start(): void {
    this.#loop.enable();
    let busy = false;
    this.#timer = setInterval(() => {
      if (busy) return;
      busy = true;
      this.#looking = this.#look().finally(() => {
        busy = false;
      });
    }, PERIOD_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    this.#loop.disable();
  }

  async #look(): Promise<void> {
    const { targetPid, adminUrl, name = "target", members = {}, k6Pid } = this.#watched;
    const admins = new Set([adminUrl, ...Object.values(members).map(({ admin }) => admin)]);
    const told = new Map<string | undefined, Scrape | undefined>();
    await Promise.all(
      [...admins].map(async (admin) => admin !== undefined && told.set(admin, await scrape(admin))),
    );
    const [target, k6] = [this.#rate(targetPid), this.#rate(k6Pid())];
    const of = (admin: string | undefined) => {
      const { heapBytes = null, heapLimitBytes, eventLoopDelayMs = null } = told.get(admin) ?? {};
      return { heapBytes, ...(heapLimitBytes !== undefined && { heapLimitBytes }), eventLoopDelayMs };
    };
    const each = Object.entries(members).flatMap(([name, { pid, admin }]) => {
      const used = this.#rate(pid);
      return used === null ? [] : [[name, { ...used, ...of(admin) }] as const];
    });
    const connectors = Object.entries(members).length > 0 ? members : { [name]: { admin: adminUrl } };
    const nodes = Object.entries(connectors).flatMap(([node, { admin }]) => {
      const figures = this.#figures(node, told.get(admin)?.connector);
      return figures === null ? [] : [[node, figures] as const];
    });
    const bench = this.#own();
    const { busyCores, stolenCpuCores } = this.#host();
    this.#onSample({
      at: new Date().toISOString(),
      otherCpuCores:
        target && k6 ? Math.max(0, busyCores - target.cpuCores - k6.cpuCores - bench.cpuCores) : null,
      ...(stolenCpuCores !== undefined && { stolenCpuCores }),
      memory: { availableBytes: process.availableMemory(), totalBytes: memoryInAll() },
      target: target && {
        ...target,
        ...of(adminUrl),
        ...this.#busiestThread(targetPid),
        openFiles: this.#openFiles(targetPid),
        variants: told.get(adminUrl)?.variants ?? null,
        ...(each.length > 0 && { members: Object.fromEntries(each) }),
      },
      k6,
      bench,
      ...(nodes.length > 0 && { nodes: Object.fromEntries(nodes) }),
    });
  }

  /** What a connector did since it last told; null at the first time. */
  #figures(node: string, totals: ConnectorTotals | undefined): NodeFigures | null {
    if (!totals) return null;
    const atMs = performance.now();
    const before = this.#toldBefore.get(node);
    this.#toldBefore.set(node, { totals, atMs });
    return before ? connectorFigures(before.totals, totals, (atMs - before.atMs) / 1000) : null;
  }

  /** CPU since the last look, as cores; null at the first look at a process. */
  #rate(pid: number | undefined): { cpuCores: number; rssBytes: number } | null {
    const usage = pid === undefined ? undefined : usageOf(pid);
    if (pid === undefined || !usage) return null;
    const atMs = performance.now();
    const before = this.#before.get(pid);
    this.#before.set(pid, { usage, atMs });
    // A process that has ended, and is not yet taken away, holds nothing: that is no memory it needed.
    if (!before || usage.rssBytes === 0) return null;
    const seconds = (atMs - before.atMs) / 1000;
    const cpuCores = Math.max(0, usage.cpuSeconds - before.usage.cpuSeconds) / seconds;
    return { cpuCores, rssBytes: usage.rssBytes };
  }

  #busiestThread(pid: number | undefined): { busiestThreadCores?: number } {
    if (!this.#watched.threads || pid === undefined) return {};
    const busiestThreadCores = this.#threads.look(pid, performance.now());
    return busiestThreadCores === undefined ? {} : { busiestThreadCores };
  }

  /** As `#rate`, which has just looked, saw them. */
  #openFiles(pid: number | undefined): NonNullable<Usage["openFiles"]> | null {
    return (pid !== undefined && this.#before.get(pid)?.usage.openFiles) || null;
  }

  /** Cores of the whole machine, since the last look, that were not idle, and that its host kept for others. */
  #host(): ReturnType<typeof hostRates> {
    const now = { ...hostCpu(), atMs: performance.now() };
    const before = this.#hostBefore;
    this.#hostBefore = now;
    return hostRates(before, now, (now.atMs - before.atMs) / 1_000);
  }

  #own(): ResourceSample["bench"] {
    const cpu = process.cpuUsage();
    const atMs = performance.now();
    const before = this.#ownBefore;
    this.#ownBefore = { cpu, atMs };
    const usedUs = cpu.user + cpu.system - before.cpu.user - before.cpu.system;
    const loopDelayP99Ms = this.#loop.percentile(99) / 1e6;
    this.#loop.reset();
    return {
      cpuCores: usedUs / 1000 / (atMs - before.atMs),
      rssBytes: process.memoryUsage.rss(),
      loopDelayP99Ms: Number.isFinite(loopDelayP99Ms) ? loopDelayP99Ms : 0,
    };
  }
}
