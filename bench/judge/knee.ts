import { LATENCY } from "../../scenarios/lib/plan.ts";
import type { Findings } from "../results/run-schema.ts";
import type { Evidence } from "./evidence.ts";

const HELD_P95_MS = 100;
const HELD_FAILED_PERCENT = 1;

export type Knee = NonNullable<Findings["knee"]>;

/**
 * Where the target breaks: stage after stage of a closed model, and the last one before the first that did not hold
 * p95 < 100 ms and failed < 1 %. Undefined when no request carries a stage.
 */
export function knee({ plan, fold }: Evidence): Knee | undefined {
  if (plan.load.model !== "closed" || !plan.extraTags.includes("stage")) return undefined;
  // Stages of one height share a tag, so they are one stage of their joint length.
  const heights = [...new Set(plan.load.stages.map(({ to }) => to))].filter((to) => to > 0);
  const tagsOf = (to: number) => ({ scenario: plan.scenario, stage: String(to) });
  const reached = heights.findLastIndex((to) => fold.trend(LATENCY, tagsOf(to)).n > 0);
  if (reached === -1) return undefined;
  let at: Knee["at"] = null;
  let broke = false;
  const stages = heights.slice(0, reached + 1).flatMap((to) => {
    const duration = fold.trend(LATENCY, tagsOf(to));
    const p95Ms = duration.percentile(95);
    // No answer in all of its time: it did not hold, and has no figures to show.
    if (p95Ms === undefined) broke = true;
    if (p95Ms === undefined) return [];
    const { yes, no } = fold.failures(tagsOf(to));
    const failedPercent = (100 * yes) / Math.max(1, yes + no);
    const held = p95Ms < HELD_P95_MS && failedPercent < HELD_FAILED_PERCENT;
    const seconds = plan.load.stages.reduce((sum, stage) => sum + (stage.to === to ? stage.seconds : 0), 0);
    const stage = { vus: to, requestsPerSecond: duration.n / seconds, p95Ms, failedPercent, held };
    broke ||= !held;
    if (!broke) at = stage;
    return [stage];
  });
  return { stages, at };
}
