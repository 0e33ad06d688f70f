import { LATENCY } from "../../scenarios/lib/plan.ts";
import { phaseOfLatency } from "../results/phase-of-latency.ts";
import type { ResourceSample, Run } from "../results/run-schema.ts";
import { latencyPastDrops } from "../windows/dropped-arrivals.ts";
import { foldOf, mostRequested } from "../windows/fold.ts";
import { TrendHistogram } from "../windows/histogram.ts";
import { startMs, type Window } from "../windows/window.ts";
import type { Block } from "./baseline-schema.ts";

/** Lengths a block may have, in seconds. */
const BLOCK_SECONDS = [1, 5, 30];
/** Most blocks of a run, unless it is so long that the longest make more: more would tell no more and fill the file. */
const MOST_BLOCKS = 200;

type Stream<T> = AsyncIterable<T> | Iterable<T>;

/** How long blocks of a run are: the shortest that keeps their number, and so the file, small. */
export function blockSecondsOf({ phases, sla }: Pick<Run, "phases" | "sla">): number {
  const phase = phaseOfLatency(sla);
  const seconds = phases
    .filter((span) => inScope(span.phase, phase))
    .reduce((sum, { from, to }) => sum + (Date.parse(to) - Date.parse(from)) / 1000, 0);
  return BLOCK_SECONDS.find((length) => seconds / length <= MOST_BLOCKS) ?? (BLOCK_SECONDS.at(-1) as number);
}

function inScope(phase: string, wanted: string | undefined): boolean {
  return wanted === undefined ? phase !== "warm-up" : phase === wanted;
}

/**
 * The part of a run that its figures are about, in blocks of one phase and stage each. Seconds without an answer belong to
 * the part they came in; those behind the last answer are not part of the load.
 */
export async function blocksOf(
  run: Run,
  windows: Stream<Window>,
  resources: Stream<ResourceSample>,
): Promise<Block[]> {
  const phase = phaseOfLatency(run.sla);
  const size = blockSecondsOf(run) * 1000;
  const blocks: OpenBlock[] = [];
  const latencyRight = latencyPastDrops();
  let silent: Window[] = [];
  let before: string | undefined;
  for await (const raw of windows) {
    const window = latencyRight(raw);
    const part = mostRequested(window, (tags) => (tags.scenario === run.scenario ? partOf(tags) : undefined));
    if (part === undefined) {
      silent.push(window);
      continue;
    }
    if (before !== undefined) for (const empty of silent) add(blocks, empty, before);
    add(blocks, window, part);
    silent = [];
    before = part;
  }
  await measure(blocks, resources);
  return blocks.map(closed);

  function add(to: OpenBlock[], window: Window, part: string): void {
    if (!inScope(part.split(" ", 1)[0] as string, phase)) return;
    const last = to.at(-1);
    const joins = last?.part === part && last.ms + window.ms <= size && last.toMs === startMs(window);
    const block = joins ? last : openBlock(window, part);
    if (!joins) to.push(block);
    const fold = foldOf(window);
    const own = { scenario: run.scenario };
    block.ms += window.ms;
    block.toMs = startMs(window) + window.ms;
    block.requests += fold.requests(own) ?? 0;
    block.failed += fold.failures(own).yes;
    block.latency.merge(fold.trend(LATENCY, own));
  }
}

function partOf({ phase, stage }: Readonly<Record<string, string>>): string | undefined {
  return phase !== undefined && stage !== undefined ? `${phase} ${stage}` : phase;
}

interface OpenBlock {
  readonly fromMs: number;
  toMs: number;
  ms: number;
  readonly part: string;
  requests: number;
  failed: number;
  readonly latency: TrendHistogram;
  readonly used: Readonly<Record<Resource, number[]>>;
}

type Resource = "cpuCores" | "rssBytes" | "heapBytes";

function openBlock(window: Window, part: string): OpenBlock {
  const fromMs = startMs(window);
  return {
    fromMs,
    toMs: fromMs,
    ms: 0,
    part,
    requests: 0,
    failed: 0,
    latency: new TrendHistogram(),
    used: { cpuCores: [], rssBytes: [], heapBytes: [] },
  };
}

/** Puts each second of resources into the block that its middle lies in. */
async function measure(blocks: readonly OpenBlock[], resources: Stream<ResourceSample>): Promise<void> {
  for await (const { at, target } of resources) {
    const middleMs = Date.parse(at) - 500;
    const block = blocks.find(({ fromMs, toMs }) => middleMs >= fromMs && middleMs < toMs);
    if (!block || !target) continue;
    for (const resource of ["cpuCores", "rssBytes", "heapBytes"] as const) {
      const value = target[resource];
      if (value !== null) block.used[resource].push(value);
    }
  }
}

function closed({ fromMs, ms, part, requests, failed, latency, used }: OpenBlock): Block {
  const { n, sum, min, max } = latency;
  return {
    from: new Date(fromMs).toISOString(),
    seconds: ms / 1000,
    part,
    requests,
    failed,
    latency: n === 0 ? null : { n, sum, min, max, hdr: latency.encode() },
    cpuCores: meanOrNull(used.cpuCores),
    rssBytes: meanOrNull(used.rssBytes),
    heapBytes: meanOrNull(used.heapBytes),
  };
}

function meanOrNull(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
