import { z } from "zod";
import { BUILDS, type Build } from "../../scenarios/lib/duet.ts";
import { LATENCY } from "../../scenarios/lib/plan.ts";
import { foldOf } from "../windows/fold.ts";
import { startMs, type Window } from "../windows/window.ts";
import type { LogRatios, Metric } from "./look.ts";

const side = z.object({
  requests: z.number(),
  /** Not answered, or wrongly. */
  failed: z.number(),
  latencyMeanMs: z.number().nullable(),
  latencyP50Ms: z.number().nullable(),
  /** HdrHistogram V2 compressed, base64, microseconds. */
  hdr: z.string().nullable(),
  /** CPU time of its processes in this second; null where it could not be seen. */
  cpuMs: z.number().nullable(),
  rssBytes: z.number().nullable(),
});

/** One second of both builds: a line of blocks.ndjson. */
export const blockSchema = z.object({
  /** 0-based; each has processes of its own. */
  round: z.number(),
  /** Start of the second, ISO 8601. */
  from: z.string(),
  a: side,
  b: side,
});
export type Block = z.infer<typeof blockSchema>;
export type Side = z.infer<typeof side>;

/** What a build's processes used in a second. */
export interface Used {
  readonly cpuSeconds: number | undefined;
  readonly rssBytes: number | undefined;
}

/** A window of k6 and what the processes used in the same second, as a block. */
export function blockOf(
  window: Window,
  round: number,
  used: ReadonlyMap<number, Readonly<Record<Build, Used>>>,
): Block {
  const fold = foldOf(window);
  const at = used.get(startMs(window));
  const [a, b] = BUILDS.map((build): Side => {
    const { yes, no } = fold.rate("checks", { build });
    const latency = fold.trend(LATENCY, { build });
    const { cpuSeconds, rssBytes } = at?.[build] ?? {};
    return {
      requests: yes + no,
      failed: no,
      latencyMeanMs: latency.mean ?? null,
      latencyP50Ms: latency.percentile(50) ?? null,
      hdr: latency.n === 0 ? null : latency.encode(),
      cpuMs: cpuSeconds === undefined ? null : cpuSeconds * 1000,
      rssBytes: rssBytes ?? null,
    };
  });
  return { round, from: window.from, a: a as Side, b: b as Side };
}

const VALUES: Readonly<Record<Metric, (side: Side) => number | null>> = {
  "latency-mean": ({ latencyMeanMs }) => latencyMeanMs,
  "latency-p50": ({ latencyP50Ms }) => latencyP50Ms,
  cpu: ({ cpuMs, requests }) => (cpuMs === null || requests === 0 ? null : cpuMs / requests),
};

/**
 * Blocks as logarithms of B over A, by metric and round. Of logarithms, because twice as slow and twice as fast are then
 * equally far from the same. A second in which one side has nothing to compare is no pair.
 *
 * @returns metrics that have at least 2 pairs in every round
 */
export function logRatios(blocks: readonly Block[]): Map<Metric, LogRatios> {
  const rounds = [...new Set(blocks.map(({ round }) => round))];
  const all = Object.entries(VALUES).map(([metric, of]) => {
    const pairs = rounds.map((round) =>
      blocks
        .filter((block) => block.round === round)
        .map(({ a, b }) => Math.log((of(b) ?? 0) / (of(a) ?? 0)))
        .filter(Number.isFinite),
    );
    return [metric as Metric, pairs] as const;
  });
  return new Map(all.filter(([, pairs]) => pairs.length > 0 && pairs.every(({ length }) => length >= 2)));
}
