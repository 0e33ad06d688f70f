import type { Block } from "../baseline/baseline-schema.ts";
import { blocksOf } from "../baseline/blocks.ts";
import { bytes, cores, latency, significant } from "../format.ts";
import type { Chart } from "../report/charts/chart.ts";
import { type LinesChart, linesChart } from "../report/charts/lines.ts";
import { bytesTick, latencyTick, numberTick } from "../report/charts/scale.ts";
import type { ColourName } from "../report/palette.ts";
import type { Span, Stretch } from "../report/timeline.ts";
import type { ResourceSample, Run } from "../results/run-schema.ts";
import { TrendHistogram } from "../windows/histogram.ts";
import type { Latencies } from "./charts.ts";

/** Both runs, block by block. */
export interface OverTime {
  readonly before: readonly Block[];
  readonly after: readonly Block[];
  /** Of all of the load; else of what is compared, as a baseline keeps it. */
  readonly whole: boolean;
}

type Name = keyof Latencies;

/** All of a run's load in blocks, not only the phase that its SLA is about. */
export function wholeLoad(
  run: Run,
  windows: Parameters<typeof blocksOf>[1],
  resources: AsyncIterable<ResourceSample> | Iterable<ResourceSample>,
): Promise<Block[]> {
  return blocksOf({ ...run, sla: [] }, windows, resources);
}

const OVERLAID: Readonly<Record<Name, ColourName>> = { before: "unclear", after: "target" };

interface Overlay extends Pick<LinesChart, "id" | "title" | "note" | "scale" | "tick" | "text"> {
  readonly of: (block: Block) => number | null;
}

const time = { scale: "latency", tick: latencyTick, text: (value: number) => latency(value) } as const;

const OVERLAYS: readonly Overlay[] = [
  { id: "compare-p50", title: "p50 over time", note: "median latency", of: percentile(50), ...time },
  {
    id: "compare-p99",
    title: "p99 over time",
    note: "latency that one answer in a hundred passes",
    of: percentile(99),
    ...time,
  },
  {
    id: "compare-rate",
    title: "Answers a second",
    note: "failed ones as well",
    of: ({ requests, seconds }) => (seconds > 0 ? requests / seconds : null),
    tick: numberTick,
    text: (value) => significant(value),
  },
  {
    id: "compare-cpu",
    title: "CPU of the target",
    note: "cores, all of its processes together",
    of: ({ cpuCores }) => cpuCores,
    tick: numberTick,
    text: (value) => cores(value),
  },
  {
    id: "compare-memory",
    title: "Memory of the target",
    note: "resident, all of its processes together",
    of: ({ rssBytes }) => rssBytes,
    tick: bytesTick,
    text: (value) => bytes(value),
  },
];

function percentile(percent: number) {
  return ({ latency: all }: Block): number | null => {
    if (all === null) return null;
    const histogram = new TrendHistogram();
    histogram.add(all);
    return histogram.percentile(percent) ?? null;
  };
}

/**
 * Both runs over each other, each from 0 on, whenever it was. A chart that neither run has anything for is left out, as is
 * the CPU of a server that is not ours.
 */
export function overlayCharts(runs: OverTime): Chart[] {
  const [before, after] = [stretchesOf(runs.before), stretchesOf(runs.after)];
  const stretches = [...before, ...after];
  const lengths = [...new Set([runs.before, runs.after].map(longest))].join(" and ");
  const timeline = { points: stretches, resources: [], phases: partsOf(runs.after, after) };
  // A line has a value for each stretch, and those of the other run are none of its own.
  const padded = (name: Name, values: readonly (number | null)[]) =>
    name === "before" ? [...values, ...after.map(() => null)] : [...before.map(() => null), ...values];
  return OVERLAYS.map(({ of, note, ...chart }) =>
    linesChart({
      ...chart,
      note: `${note}; by blocks of ${lengths} s, from the start of each`,
      timeline,
      stretches,
      traces: (["before", "after"] as const).map((name) => ({
        name,
        tint: OVERLAID[name],
        values: padded(name, runs[name].map(of)),
        // Broad and pale under the other: where the two agree, both are seen.
        ...(name === "before" && { style: { width: 4 } }),
      })),
    }),
  ).filter(({ option }) => option !== undefined);
}

/** Seconds of a block that is whole. */
function longest(blocks: readonly Block[]): number {
  return blocks.reduce((most, { seconds }) => Math.max(most, seconds), 0);
}

/** Milliseconds since the first block. */
function stretchesOf(blocks: readonly Block[]): Stretch[] {
  const zeroMs = Date.parse(blocks[0]?.from ?? "");
  return blocks.map(({ from, seconds }) => {
    const fromMs = Date.parse(from) - zeroMs;
    return { fromMs, toMs: fromMs + 1000 * seconds };
  });
}

/** The parts of the load, as bands: those of two runs that compare are the same. */
function partsOf(blocks: readonly Block[], stretches: readonly Stretch[]): Span[] {
  const spans: Span[] = [];
  for (const [i, { part }] of blocks.entries()) {
    const { fromMs, toMs } = stretches[i] as Stretch;
    const last = spans.at(-1);
    if (last?.name === part) spans.splice(-1, 1, { ...last, toMs });
    else spans.push({ name: part, fromMs, toMs });
  }
  return spans;
}
