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
  if (!plan.extraTags.includes("stage")) return undefined;
  const stages = plan.load.stages
    .filter((stage) => stage.to > 0)
    .flatMap((stage) => {
      const tags = { scenario: plan.scenario, stage: String(stage.to) };
      const duration = fold.trend("http_req_duration", tags);
      const p95Ms = duration.percentile(95);
      if (p95Ms === undefined) return [];
      const { yes, no } = fold.rate("http_req_failed", tags);
      const failedPercent = (100 * yes) / Math.max(1, yes + no);
      const held = p95Ms < HELD_P95_MS && failedPercent < HELD_FAILED_PERCENT;
      return [{ vus: stage.to, requestsPerSecond: duration.n / stage.seconds, p95Ms, failedPercent, held }];
    });
  if (stages.length === 0) return undefined;
  const firstBroken = stages.findIndex(({ held }) => !held);
  return {
    stages,
    at: stages.at(firstBroken === -1 ? -1 : firstBroken - 1 >= 0 ? firstBroken - 1 : stages.length) ?? null,
  };
}
