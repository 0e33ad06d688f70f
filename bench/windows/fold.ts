import { FAILED_METRICS, REQUEST_METRICS } from "../../scenarios/lib/plan.ts";
import { TrendHistogram, type TrendSummary } from "./histogram.ts";
import { carries, type Series, startMs, type Tags, type Window } from "./window.ts";

/** One series over a whole run. */
export type SeriesSummary = { metric: string; unit: string; tags: Tags } & (
  | ({ type: "trend" } & { n: number; mean: number; quantiles: Omit<TrendSummary, "n" | "mean"> })
  | { type: "counter"; value: number }
  | { type: "rate"; yes: number; no: number; ratio: number }
  | { type: "gauge"; value: number; min: number; max: number }
);

type Cell =
  | { type: "trend"; histogram: TrendHistogram }
  | { type: "counter"; value: number }
  | { type: "rate"; yes: number; no: number }
  | { type: "gauge"; value: number; min: number; max: number };

/**
 * Any number of windows folded into one sum a series: memory grows with the number of series, never with time.
 * Windows of other machines fold in the same way.
 */
export class Fold {
  readonly #cells = new Map<string, { metric: string; unit: string; tags: Tags; cell: Cell }>();
  #late = 0;
  #overflow = 0;

  add(window: Window): void {
    this.#late += window.late;
    this.#overflow += window.overflow;
    for (const series of window.series) this.#addSeries(series);
  }

  #addSeries(series: Series): void {
    const key = keyOf(series);
    let entry = this.#cells.get(key);
    if (!entry) {
      entry = { metric: series.metric, unit: series.unit, tags: series.tags, cell: emptyCell(series) };
      this.#cells.set(key, entry);
    }
    addTo(entry.cell, series);
  }

  /** Samples counted in a later window than their own. */
  get late(): number {
    return this.#late;
  }

  /** Samples past the series limit. */
  get overflow(): number {
    return this.#overflow;
  }

  /** All samples of a trend that carry these tags, as one histogram; empty when there are none. */
  trend(metric: string, wanted: Tags = {}): TrendHistogram {
    const sum = new TrendHistogram();
    for (const cell of this.#matching(metric, wanted)) if (cell.type === "trend") sum.merge(cell.histogram);
    return sum;
  }

  /** Sum of a counter; undefined when it has no samples with these tags. */
  counter(metric: string, wanted: Tags = {}): number | undefined {
    let sum: number | undefined;
    for (const cell of this.#matching(metric, wanted))
      if (cell.type === "counter") sum = (sum ?? 0) + cell.value;
    return sum;
  }

  /** Requests, of whatever kind the run made; undefined when there were none with these tags. */
  requests(wanted: Tags = {}): number | undefined {
    return REQUEST_METRICS.map((metric) => this.counter(metric, wanted)).find((sum) => sum !== undefined);
  }

  /** Requests that failed, and those that did not: from a rate of them, or where packets are counted from the counters. */
  failures(wanted: Tags = {}): { yes: number; no: number } {
    for (const metric of FAILED_METRICS) {
      const { yes, no } = this.rate(metric, wanted);
      if (yes + no > 0) return { yes, no };
      const failed = this.counter(metric, wanted);
      // An answer may come a window after its request, so one window may have more of these than of those.
      if (failed !== undefined)
        return { yes: failed, no: Math.max(0, (this.requests(wanted) ?? 0) - failed) };
    }
    return { yes: 0, no: this.requests(wanted) ?? 0 };
  }

  /** Both counts of a rate. */
  rate(metric: string, wanted: Tags = {}): { yes: number; no: number } {
    const sum = { yes: 0, no: 0 };
    for (const cell of this.#matching(metric, wanted)) {
      if (cell.type === "rate") {
        sum.yes += cell.yes;
        sum.no += cell.no;
      }
    }
    return sum;
  }

  /** Last, least and greatest value of a gauge. */
  gauge(metric: string, wanted: Tags = {}): { value: number; min: number; max: number } | undefined {
    for (const cell of this.#matching(metric, wanted)) if (cell.type === "gauge") return cell;
    return undefined;
  }

  /** The values a tag takes in series of a metric that carry `wanted`. */
  tagValues(metric: string, tag: string, wanted: Tags = {}): string[] {
    const values = new Set<string>();
    for (const { metric: name, tags } of this.#cells.values()) {
      const value = tags[tag];
      if (name === metric && value !== undefined && carries(tags, wanted)) values.add(value);
    }
    return [...values];
  }

  *#matching(metric: string, wanted: Tags): Generator<Cell> {
    for (const entry of this.#cells.values()) {
      if (entry.metric === metric && carries(entry.tags, wanted)) yield entry.cell;
    }
  }

  /** Every series, by metric and tags. */
  summaries(): SeriesSummary[] {
    return [...this.#cells.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([, { metric, unit, tags, cell }]) => ({ metric, unit, tags, ...summaryOf(cell) }) as SeriesSummary,
      );
  }
}

/** Folds one window alone: its percentiles, counts and rates. */
export function foldOf(window: Window): Fold {
  const fold = new Fold();
  fold.add(window);
  return fold;
}

/** A contiguous part of a run that was in one phase. */
export interface PhaseSpan {
  phase: string;
  /** Epoch milliseconds; of the windows that hold mostly this phase. */
  fromMs: number;
  toMs: number;
}

/**
 * Which phase the run was in, window by window, by the requests that carry its tag. A window between two phases
 * belongs to the one with more requests, one without requests to the phase before it.
 */
export class PhaseTracker {
  readonly #spans: PhaseSpan[] = [];

  add(window: Window): void {
    const fromMs = startMs(window);
    const toMs = fromMs + window.ms;
    const phase = mainPhase(window);
    const last = this.#spans[this.#spans.length - 1];
    if (last && (phase === undefined || phase === last.phase)) last.toMs = toMs;
    else if (phase !== undefined) this.#spans.push({ phase, fromMs, toMs });
  }

  get spans(): readonly PhaseSpan[] {
    return this.#spans;
  }
}

function mainPhase(window: Window): string | undefined {
  return mostRequested(window, ({ phase }) => phase);
}

/** The key that most requests of a window have; undefined when none has any. */
export function mostRequested(window: Window, keyOf: (tags: Tags) => string | undefined): string | undefined {
  const counts = new Map<string, number>();
  for (const series of window.series) {
    if (!REQUEST_METRICS.includes(series.metric) || series.type !== "counter") continue;
    const key = keyOf(series.tags);
    if (key) counts.set(key, (counts.get(key) ?? 0) + series.value);
  }
  let best: string | undefined;
  for (const [key, count] of counts)
    if (count > (best === undefined ? 0 : (counts.get(best) ?? 0))) best = key;
  return best;
}

function keyOf({ metric, type, tags }: Series): string {
  const pairs = Object.keys(tags)
    .sort()
    .map((key) => [key, tags[key]]);
  return JSON.stringify([metric, type, pairs]);
}

function emptyCell(series: Series): Cell {
  switch (series.type) {
    case "trend":
      return { type: "trend", histogram: new TrendHistogram() };
    case "counter":
      return { type: "counter", value: 0 };
    case "rate":
      return { type: "rate", yes: 0, no: 0 };
    case "gauge":
      return { type: "gauge", value: series.value, min: series.min, max: series.max };
  }
}

function addTo(cell: Cell, series: Series): void {
  if (cell.type === "trend" && series.type === "trend") cell.histogram.add(series);
  else if (cell.type === "counter" && series.type === "counter") cell.value += series.value;
  else if (cell.type === "rate" && series.type === "rate") {
    cell.yes += series.yes;
    cell.no += series.no;
  } else if (cell.type === "gauge" && series.type === "gauge") {
    cell.value = series.value;
    cell.min = Math.min(cell.min, series.min);
    cell.max = Math.max(cell.max, series.max);
  }
}

function summaryOf(cell: Cell) {
  if (cell.type === "trend") {
    const { n, mean, ...quantiles } = cell.histogram.summary() ?? { n: 0, mean: 0 };
    return { type: "trend", n, mean, quantiles };
  }
  if (cell.type === "rate") return { ...cell, ratio: cell.yes / (cell.yes + cell.no) };
  return cell;
}
