import { LATENCY, type Phase, type Plan, requestMetric, type Sla } from "./plan.ts";
import { wholeArrivalsIn } from "./schedule.ts";

const TREND_STATS: Readonly<Partial<Record<Sla["stat"], string>>> = {
  p50: "p(50)",
  p90: "p(90)",
  p95: "p(95)",
  p99: "p(99)",
  "p99.9": "p(99.9)",
  avg: "avg",
  max: "max",
};

/**
 * The k6 threshold that says the same as an SLA row, or undefined where k6 cannot say it (windows, resources,
 * differences between variants): those rows only `plimsoll run` judges.
 */
export function thresholdOf(sla: Sla, plan: Plan): { metric: string; expression: string } | undefined {
  if (sla.metric.startsWith("target_")) return undefined;
  const metric = selector(sla.metric, sla.tags);
  const trend = TREND_STATS[sla.stat];
  if (trend) return { metric, expression: `${trend}${sla.op}${sla.limit}` };
  if (sla.stat === "share") return { metric, expression: `rate${sla.op}${sla.limit / 100}` };
  if (sla.stat === "count") return { metric, expression: `count${sla.op}${sla.limit}` };
  if (sla.stat === "achieved") {
    const asked = wholeArrivalsIn(plan.load, sla.tags.phase as Phase);
    return { metric, expression: `count${sla.op}${Math.ceil((asked * sla.limit) / 100)}` };
  }
  return undefined;
}

/**
 * k6's `thresholds` for a plan. Each set of tags an SLA reads gets a `count>0` guard on the requests, because an empty
 * trend passes `p(95)<X` and an empty rate passes anything: no requests must fail, not pass. A trend that not every request
 * adds to may be empty all the same; its `max` is 0 then.
 */
export function thresholdsOf(plan: Plan): Record<string, string[]> {
  const thresholds: Record<string, string[]> = {};
  const add = (metric: string, expression: string) => {
    thresholds[metric] = [...new Set([...(thresholds[metric] ?? []), expression])];
  };
  for (const sla of plan.sla) {
    const threshold = thresholdOf(sla, plan);
    if (threshold) add(threshold.metric, threshold.expression);
    if (threshold && TREND_STATS[sla.stat] && sla.metric !== LATENCY) add(threshold.metric, "max>0");
    if (readsSamples(sla)) add(selector(requestMetric(plan.load), sla.tags), "count>0");
  }
  return thresholds;
}

/** Whether a row reads what k6 measures; the others' tags are on no sample. */
function readsSamples({ metric, stat }: Sla): boolean {
  return !metric.startsWith("target_") && stat !== "unaccounted";
}

function selector(metric: string, tags: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(tags).map(([key, value]) => `${key}:${value}`);
  return pairs.length === 0 ? metric : `${metric}{${pairs.join(",")}}`;
}
