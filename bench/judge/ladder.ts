import { LATENCY } from "../../scenarios/lib/plan.ts";
import type { Findings } from "../results/run-schema.ts";
import type { Evidence } from "./evidence.ts";

export type Ladder = NonNullable<Findings["ladder"]>;

/** Latency at each rate that a paced load holds for a while; undefined when no request carries a stage. */
export function ladder({ plan: { scenario, load, extraTags }, fold }: Evidence): Ladder | undefined {
  if (load.model !== "paced" || !extraTags.includes("stage")) return undefined;
  const held = load.stages.filter(({ seconds }) => seconds > 0);
  const rungs = held.flatMap(({ to, seconds }) => {
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
