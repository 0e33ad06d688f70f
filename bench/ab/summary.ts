import { BUILDS, type Build } from "../../scenarios/lib/duet.ts";
import { blockQuantiles } from "../stats/block-quantiles.ts";
import { percentileInterval } from "../stats/bootstrap.ts";
import { resamples, runLengthFor } from "../stats/resamples.ts";
import { TrendHistogram } from "../windows/histogram.ts";
import type { Ab } from "./ab-schema.ts";
import type { Block, Side } from "./block.ts";

export type Figures = Pick<Ab["a"], "requests" | "failed" | "latencyMs" | "cpuMsPerRequest" | "rssBytes">;

const RESAMPLES = 400;
/** With fewer of the slowest hundredth than this on a side, p99 is but a few requests. */
export const LEAST_BEYOND = 10;

/** What one build did over all blocks. */
export function figuresOf(blocks: readonly Block[], build: Build): Figures {
  const sides = blocks.map((block) => block[build]);
  const sum = (of: (side: Side) => number) => sides.reduce((all, side) => all + of(side), 0);
  const all = new TrendHistogram();
  for (const side of sides) all.merge(histogramOf(side));
  const at = (percent: number) => all.percentile(percent) as number;
  const seen = sides.filter(({ cpuMs, requests }) => cpuMs !== null && requests > 0);
  const held = sides.flatMap(({ rssBytes }) => (rssBytes === null ? [] : [rssBytes]));
  return {
    requests: sum(({ requests }) => requests),
    failed: sum(({ failed }) => failed),
    latencyMs:
      all.mean === undefined ? null : { mean: all.mean, p50: at(50), p95: at(95), p99: at(99), max: at(100) },
    cpuMsPerRequest:
      seen.length === 0
        ? null
        : seen.reduce((all, { cpuMs }) => all + (cpuMs as number), 0) /
          seen.reduce((all, { requests }) => all + requests, 0),
    rssBytes: held.length === 0 ? null : held.reduce((all, bytes) => all + bytes, 0) / held.length,
  };
}

function histogramOf({ hdr, requests, latencyMeanMs }: Side): TrendHistogram {
  const histogram = new TrendHistogram();
  if (hdr === null) return histogram;
  histogram.add({
    n: requests,
    sum: requests * (latencyMeanMs ?? 0),
    min: 0,
    max: Number.POSITIVE_INFINITY,
    hdr,
  });
  return histogram;
}

/**
 * p99 of all requests, B over A. Its interval resamples blocks, both sides of a block together, each round from itself; it
 * knows nothing of how processes differ, which is one reason why nothing is decided by it.
 */
export function p99Ratio(blocks: readonly Block[]): Ab["p99"] {
  const [a, b] = BUILDS.map((build) =>
    blockQuantiles(blocks.map((block) => histogramOf(block[build]).counts())),
  );
  if (!a || !b || Math.min(a.n, b.n) / 100 < LEAST_BEYOND) return null;
  const strata = [...new Set(blocks.map(({ round }) => round))].map(
    (round) => blocks.filter((block) => block.round === round).length,
  );
  const ratio = (times?: ArrayLike<number>) => b.quantile(0.99, times) / a.quantile(0.99, times);
  const draws = resamples(strata, { count: RESAMPLES, seed: 1, runLength: runLengthFor }).map(ratio);
  return draws.every(Number.isFinite) ? { ratio: ratio(), ...percentileInterval(draws) } : null;
}
