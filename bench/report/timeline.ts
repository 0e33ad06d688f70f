import { FAILED_METRICS, LATENCY, REQUEST_METRICS } from "../../scenarios/lib/plan.ts";
import type { ResourceSample } from "../results/run-schema.ts";
import { variantUsage } from "../results/variant-usage.ts";
import { latencyPastDrops } from "../windows/dropped-arrivals.ts";
import { PhaseTracker } from "../windows/fold.ts";
import { TrendHistogram, type TrendSummary } from "../windows/histogram.ts";
import { startMs, type TrendSeries, type Window } from "../windows/window.ts";
import { Bins } from "./bins.ts";
import { type Cells, collector, type Figures, figuresOf, merged } from "./figures.ts";
import { resourceFigures } from "./resource-figures.ts";
import { windowFigures } from "./window-figures.ts";

/** Most points a chart draws; more would be closer together than a pixel. */
export const MAX_POINTS = 600;

/** Most rows of latency by phase and variant; what is beyond goes into one more. */
export const MAX_GROUPS = 100;

/** A stretch of the run: one window, or several neighbours when there are more than MAX_POINTS. */
export interface Point {
  /** Epoch milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Time the windows in it cover, in seconds. */
  readonly seconds: number;
  /** Latency in milliseconds; undefined when nothing was answered. */
  readonly latency: TrendSummary | undefined;
  readonly requests: number;
  /** Those of them that only warmed the target up. */
  readonly warmUp: number;
  readonly failed: number;
  readonly dropped: number;
  /** Virtual users at its end; null when k6 did not say. */
  readonly vus: number | null;
  readonly figures: Figures;
}

/** What the processes used, and what connectors told, in a stretch of the run. */
export interface ResourcePoint {
  readonly fromMs: number;
  readonly toMs: number;
  readonly figures: Figures;
}

/** All requests of one phase to one variant. */
export interface Group {
  readonly phase: string;
  readonly variant: string;
  readonly latency: TrendHistogram;
  requests: number;
  failed: number;
}

/** Epoch milliseconds, or those since something began. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Span extends Stretch {
  readonly name: string;
}

/** A whole run at the resolution of a chart. */
export interface Timeline {
  readonly points: readonly Point[];
  readonly resources: readonly ResourcePoint[];
  readonly phases: readonly Span[];
  readonly groups: readonly Group[];
  /** How many windows there were, and how many of them make one point. */
  readonly windows: number;
  readonly windowsPerPoint: number;
}

type Stream<T> = AsyncIterable<T> | Iterable<T>;

/** Folds the streams of a run; memory does not grow with its length. */
export async function timelineOf(
  windows: Stream<Window>,
  resources: Stream<ResourceSample>,
): Promise<Timeline> {
  const collect = collector();
  const bins = new Bins(MAX_POINTS, mergeWindows);
  const phases = new PhaseTracker();
  const groups = new Map<string, Group>();
  let seen = 0;
  const latencyRight = latencyPastDrops();
  for await (const raw of windows) {
    const window = latencyRight(raw);
    seen++;
    phases.add(window);
    const cells = collect((put) => windowFigures(window, put));
    bins.add({ ...binOf(window, groups), cells });
  }
  const resourceBins = new Bins(MAX_POINTS, mergeResources);
  const usage = variantUsage();
  for await (const sample of resources) {
    const cells = collect((put) => resourceFigures(sample, usage(sample), put));
    const toMs = Date.parse(sample.at);
    resourceBins.add({ fromMs: toMs - 1000, toMs, cells });
  }
  return {
    points: bins.items.map(({ packed: _, cells, ...point }) => ({
      ...point,
      figures: figuresOf(cells, point.seconds),
    })),
    resources: resourceBins.items.map(({ cells, fromMs, toMs }) => ({
      fromMs,
      toMs,
      figures: figuresOf(cells, (toMs - fromMs) / 1000),
    })),
    phases: phases.spans.map(({ phase, fromMs, toMs }) => ({ name: phase, fromMs, toMs })),
    groups: [...groups.values()],
    windows: seen,
    windowsPerPoint: bins.perBin,
  };
}

/** The encoded form of a histogram is a hundredth of its size in memory, and there are hundreds of bins. */
type Packed = Pick<TrendSeries, "n" | "sum" | "min" | "max" | "hdr">;
type Bin = Omit<Point, "figures"> & { readonly packed: Packed | undefined };
type WindowBin = Bin & { readonly cells: Cells };

function binOf(window: Window, groups: Map<string, Group>): Bin {
  const fromMs = startMs(window);
  const trends: TrendSeries[] = [];
  const sum = new TrendHistogram();
  let requests = 0;
  let warmUp = 0;
  let failed = 0;
  let dropped = 0;
  let vus: number | null = null;
  for (const series of window.series) {
    if (series.type === "trend" && series.metric === LATENCY) {
      trends.push(series);
      const one = new TrendHistogram();
      one.add(series);
      sum.merge(one);
      groupOf(groups, series.tags).latency.merge(one);
    } else if (series.type === "counter" && REQUEST_METRICS.includes(series.metric)) {
      requests += series.value;
      if (series.tags.phase === "warm-up") warmUp += series.value;
      groupOf(groups, series.tags).requests += series.value;
    } else if (
      FAILED_METRICS.includes(series.metric) &&
      (series.type === "rate" || series.type === "counter")
    ) {
      const count = series.type === "rate" ? series.yes : series.value;
      failed += count;
      groupOf(groups, series.tags).failed += count;
    } else if (series.type === "counter" && series.metric === "dropped_iterations") {
      dropped += series.value;
    } else if (series.type === "gauge" && series.metric === "vus") {
      vus = series.value;
    }
  }
  const seconds = window.ms / 1000;
  const latency = sum.summary();
  const packed = trends.length === 1 ? trends[0] : pack(sum);
  return {
    fromMs,
    toMs: fromMs + window.ms,
    seconds,
    latency,
    requests,
    warmUp,
    failed,
    dropped,
    vus,
    packed,
  };
}

function mergeWindows(a: WindowBin, b: WindowBin): WindowBin {
  const sum = new TrendHistogram();
  if (a.packed) sum.add(a.packed);
  if (b.packed) sum.add(b.packed);
  return {
    fromMs: Math.min(a.fromMs, b.fromMs),
    toMs: Math.max(a.toMs, b.toMs),
    seconds: a.seconds + b.seconds,
    latency: sum.summary(),
    requests: a.requests + b.requests,
    warmUp: a.warmUp + b.warmUp,
    failed: a.failed + b.failed,
    dropped: a.dropped + b.dropped,
    vus: b.vus ?? a.vus,
    packed: pack(sum),
    cells: merged(a.cells, b.cells),
  };
}

function pack(sum: TrendHistogram): Packed | undefined {
  if (sum.n === 0) return undefined;
  return { n: sum.n, sum: sum.sum, min: sum.min, max: sum.max, hdr: sum.encode() };
}

function groupOf(groups: Map<string, Group>, tags: Readonly<Record<string, string>>): Group {
  const phase = tags.phase ?? "";
  const variant = tags.variant ?? "";
  const key = JSON.stringify([phase, variant]);
  const known = groups.get(key);
  if (known) return known;
  if (groups.size >= MAX_GROUPS) return otherOf(groups);
  const group = emptyGroup(phase, variant);
  groups.set(key, group);
  return group;
}

function otherOf(groups: Map<string, Group>): Group {
  const other = groups.get("other") ?? emptyGroup("other", "other");
  groups.set("other", other);
  return other;
}

function emptyGroup(phase: string, variant: string): Group {
  return { phase, variant, latency: new TrendHistogram(), requests: 0, failed: 0 };
}

type ResourceBin = Omit<ResourcePoint, "figures"> & { readonly cells: Cells };

function mergeResources(a: ResourceBin, b: ResourceBin): ResourceBin {
  return {
    fromMs: Math.min(a.fromMs, b.fromMs),
    toMs: Math.max(a.toMs, b.toMs),
    cells: merged(a.cells, b.cells),
  };
}
