import type { Estimate, Findings } from "../results/run-schema.ts";
import { type BlockQuantiles, type Buckets, blockQuantiles } from "../stats/block-quantiles.ts";
import { percentileInterval } from "../stats/bootstrap.ts";
import { resamples } from "../stats/resamples.ts";
import { TrendHistogram } from "../windows/histogram.ts";
import type { Window } from "../windows/window.ts";

const RESAMPLES = 2000;
const SEED = 42;
/** Fewer windows than this tell nothing of their own scatter: the bootstrap's interval would be far too narrow. */
const MIN_WINDOWS = 10;
const BASELINE = "none";

type Overhead = NonNullable<Findings["overhead"]>;

interface CpuDelta {
  readonly cpuSeconds: number;
  readonly requests: number;
}

/**
 * What each variant adds to the variant `none`, from runs in which all variants were called in interleaved blocks.
 *
 * The unit of the bootstrap is a window, not a request: neighbours in time share the machine's mood, and a window
 * holds a block of every variant, so differences are taken within resampled windows and the mood cancels
 * (paired block bootstrap; Davison and Hinkley, Bootstrap Methods, 1997, section 8.2).
 */
export class OverheadSamples {
  readonly #variants: readonly string[];
  readonly #windows: Map<string, Buckets>[] = [];
  readonly #cpu: Map<string, CpuDelta>[] = [];
  #cpuBefore: Record<string, CpuDelta> | undefined;

  constructor(variants: readonly string[]) {
    this.#variants = variants;
  }

  addWindow(window: Window): void {
    const byVariant = new Map<string, TrendHistogram>();
    for (const series of window.series) {
      if (series.type !== "trend" || series.metric !== "http_req_duration") continue;
      const { phase, variant } = series.tags;
      if (phase !== "hold" || variant === undefined || !this.#variants.includes(variant)) continue;
      const histogram = byVariant.get(variant) ?? new TrendHistogram();
      histogram.add(series);
      byVariant.set(variant, histogram);
    }
    // Only windows with every variant are pairs; the first and last may be cut in the middle of a round.
    if (byVariant.size < this.#variants.length) return;
    this.#windows.push(new Map([...byVariant].map(([variant, histogram]) => [variant, histogram.counts()])));
  }

  /** CPU seconds and requests by variant since the target started, as it reports them. */
  addCpu(totals: Readonly<Record<string, CpuDelta>>): void {
    const before = this.#cpuBefore;
    this.#cpuBefore = { ...totals };
    if (!before) return;
    const deltas = new Map<string, CpuDelta>();
    for (const variant of this.#variants) {
      const now = totals[variant];
      const then = before[variant];
      if (!now || !then) return;
      const delta = { cpuSeconds: now.cpuSeconds - then.cpuSeconds, requests: now.requests - then.requests };
      if (delta.requests <= 0) return;
      deltas.set(variant, delta);
    }
    this.#cpu.push(deltas);
  }

  /** Undefined when too few windows held every variant to say how much they scatter. */
  result(minWindows = MIN_WINDOWS): Overhead | undefined {
    if (this.#windows.length < minWindows) return undefined;
    const draws = resampler(this.#windows.length);
    const base = variantCounts(this.#windows, BASELINE);
    const baseDraws = draws.map((draw) => ({
      p50: base.quantile(0.5, draw),
      p95: base.quantile(0.95, draw),
    }));
    const cpu = cpuPerRequest(this.#cpu);
    const rows = this.#variants
      .filter((variant) => variant !== BASELINE)
      .map((variant) => {
        const own = variantCounts(this.#windows, variant);
        const added = (q: number, pick: (at: number) => number): Estimate =>
          estimate(
            (own.quantile(q) - base.quantile(q)) * 1000,
            draws.map((draw, i) => (own.quantile(q, draw) - pick(i)) * 1000),
          );
        return {
          variant,
          n: own.n,
          addedP50Us: added(0.5, (i) => baseDraws[i]?.p50 ?? 0),
          addedP95Us: added(0.95, (i) => baseDraws[i]?.p95 ?? 0),
          addedCpuUs: cpu?.added(variant) ?? null,
        };
      });
    return {
      baseline: {
        variant: BASELINE,
        n: base.n,
        p50Us: base.quantile(0.5) * 1000,
        p95Us: base.quantile(0.95) * 1000,
        cpuUs: cpu?.of(BASELINE) ?? null,
      },
      rows,
      blocks: this.#windows.length,
      resamples: RESAMPLES,
    };
  }
}

/** Draws of `n` windows out of `n`, each for itself: what neighbours share cancels within them. */
function resampler(n: number): Uint16Array[] {
  return resamples([n], { count: RESAMPLES, seed: SEED, runLength: () => 1 });
}

/** All latencies of a variant, in milliseconds, by window. */
function variantCounts(windows: readonly Map<string, Buckets>[], variant: string): BlockQuantiles {
  return blockQuantiles(windows.map((window) => window.get(variant) ?? new Map()));
}

function cpuPerRequest(deltas: readonly Map<string, CpuDelta>[]) {
  if (deltas.length === 0) return undefined;
  const draws = resampler(deltas.length);
  const us = (variant: string, draw?: Uint16Array) => {
    let cpu = 0;
    let requests = 0;
    deltas.forEach((delta, at) => {
      const times = draw ? (draw[at] as number) : 1;
      const one = delta.get(variant);
      cpu += (one?.cpuSeconds ?? 0) * times;
      requests += (one?.requests ?? 0) * times;
    });
    return requests === 0 ? 0 : (cpu / requests) * 1e6;
  };
  return {
    of: (variant: string) => us(variant),
    added: (variant: string): Estimate =>
      estimate(
        us(variant) - us(BASELINE),
        draws.map((draw) => us(variant, draw) - us(BASELINE, draw)),
      ),
  };
}

function estimate(value: number, draws: readonly number[]): Estimate {
  const { low, high } = percentileInterval(draws);
  return { value, low, high, distinguishable: low > 0 || high < 0 };
}
