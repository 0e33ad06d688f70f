import { LATENCY } from "../../scenarios/lib/plan.ts";
import type { Findings } from "../results/run-schema.ts";
import type { Evidence } from "./evidence.ts";

export type Ladder = NonNullable<Findings["ladder"]>;

/** Latency at each rate that a paced load holds for a while; undefined when no request carries a stage. */
export function ladder({ plan: { scenario, load, extraTags }, fold }: Evidence): Ladder | undefined {
  if (load.model !== "paced" || !extraTags.includes("stage")) return undefined;
  // Rungs of one rate share a tag, so they are one of their joint length.
  const held = new Map<number, number>();
  for (const { to, seconds } of load.stages)
    if (seconds > 0 && to > 0) held.set(to, (held.get(to) ?? 0) + seconds);
  const rungs = [...held].flatMap(([to, seconds]) => {
    const tags = { scenario, stage: String(to) };
    const summary = fold.trend(LATENCY, tags).summary();
    if (summary === undefined) return [];
    return [
      {
        rate: to,
        achieved: (fold.requests(tags) ?? 0) / seconds,
        p50Ms: summary.p50,
        p99Ms: summary.p99,
        p999Ms: summary["p99.9"],
        failed: fold.failures(tags).yes,
      },
    ];
  });
  return rungs.length === 0 ? undefined : { rungs };
}
