import { LATENCY, type Plan } from "../../scenarios/lib/plan.ts";
import { levelSpans } from "../../scenarios/lib/schedule.ts";
import type { ResourceSample, Spread } from "../results/run-schema.ts";
import { Fold, foldOf, type PhaseSpan, PhaseTracker } from "../windows/fold.ts";
import { startMs, type Window } from "../windows/window.ts";
import type { Reading } from "./growth.ts";
import { OverheadSamples } from "./overhead.ts";

/** Takes one resource out of a sample. */
export type ResourcePick = (sample: ResourceSample) => number | null | undefined;

/** What the judge keeps of one window: a few numbers, so that a day of them is small. */
export interface Instant {
  readonly fromMs: number;
  readonly ms: number;
  /** Answers of the scenario itself, warm-up left out. */
  readonly answers: number;
  readonly p95Ms: number | undefined;
  readonly dropped: number;
}

/**
 * Everything a verdict is made from, gathered window by window while the run goes: sums a series, a few numbers a
 * window, resources a second. Nothing in it grows with the number of requests.
 */
export class Evidence {
  readonly plan: Plan;
  readonly fold = new Fold();
  readonly instants: Instant[] = [];
  readonly overhead: OverheadSamples | undefined;
  readonly resources: ResourceSample[] = [];
  readonly #phases = new PhaseTracker();
  /** pacing_lag up to the first dropped arrival; after it the lag also holds the dropped arrivals' time. */
  readonly #pacing = new Fold();
  #dropSeen = false;

  constructor(plan: Plan) {
    this.plan = plan;
    this.overhead = plan.blocks && new OverheadSamples(plan.blocks.variants);
  }

  addWindow(window: Window): void {
    this.fold.add(window);
    this.#phases.add(window);
    this.overhead?.addWindow(window);
    const one = foldOf(window);
    const own = { scenario: this.plan.scenario };
    const dropped = one.counter("dropped_iterations", own) ?? 0;
    if (dropped > 0) this.#dropSeen = true;
    if (!this.#dropSeen) {
      this.#pacing.add({ ...window, series: window.series.filter(({ metric }) => metric === "pacing_lag") });
    }
    const latency = one.trend(LATENCY, own);
    this.instants.push({
      fromMs: startMs(window),
      ms: window.ms,
      answers: latency.n,
      p95Ms: latency.percentile(95),
      dropped,
    });
  }

  addResources(sample: ResourceSample): void {
    this.resources.push(sample);
    // The warm-up compiles: its CPU is not what a request costs. A phase's window comes after it, so never too soon.
    const holds = this.phases.at(-1)?.phase === "hold";
    if (sample.target?.variants && holds) this.overhead?.addCpu(sample.target.variants);
  }

  get phases() {
    return this.#phases.spans;
  }

  /** p99 of how late arrivals started, ms, while nothing was dropped; undefined for closed models. */
  get pacingLagP99Ms(): number | undefined {
    return this.#pacing.trend("pacing_lag", { scenario: this.plan.scenario }).percentile(99);
  }

  /** Length of a phase in seconds, over all its spans. */
  secondsIn(phase: string): number {
    return this.phases
      .filter((span) => span.phase === phase)
      .reduce((sum, span) => sum + (span.toMs - span.fromMs) / 1000, 0);
  }

  /** A resource over time, in a phase or over the whole run. */
  readings(pick: ResourcePick, phase?: string): Reading[] {
    const spans = phase === undefined ? undefined : this.phases.filter((span) => span.phase === phase);
    return this.#readingsIn(pick, spans);
  }

  /** A resource over the longest time in which the load was level; none where it never was. */
  levelReadings(pick: ResourcePick): Reading[] {
    const start = this.phases.find(({ phase }) => phase !== "warm-up");
    const spans = levelSpans(this.plan.load).sort((a, b) => b.to - b.from - (a.to - a.from));
    const [longest] = spans;
    if (!start || !longest) return [];
    const at = (seconds: number) => start.fromMs + 1000 * seconds;
    return this.#readingsIn(pick, [{ fromMs: at(longest.from), toMs: at(longest.to) }]);
  }

  #readingsIn(
    pick: ResourcePick,
    spans: readonly Pick<PhaseSpan, "fromMs" | "toMs">[] | undefined,
  ): Reading[] {
    const readings: Reading[] = [];
    for (const sample of this.resources) {
      const atMs = Date.parse(sample.at);
      // A sample covers the second before it: the whole second must lie in the phase.
      if (spans && !spans.some((span) => atMs - 1000 >= span.fromMs && atMs <= span.toMs)) continue;
      const value = pick(sample);
      if (value !== null && value !== undefined) readings.push({ atMs, value });
    }
    return readings;
  }

  /** Average, p95 and maximum of a resource, in a phase or over the whole run; null without samples. */
  spread(pick: ResourcePick, phase?: string): Spread | null {
    const values = this.readings(pick, phase).map(({ value }) => value);
    if (values.length === 0) return null;
    values.sort((a, b) => a - b);
    return {
      avg: values.reduce((sum, value) => sum + value, 0) / values.length,
      p95: values[Math.ceil(values.length * 0.95) - 1] as number,
      max: values[values.length - 1] as number,
    };
  }
}
