import { LATENCY } from "../../scenarios/lib/plan.ts";
import { foldOf } from "../windows/fold.ts";
import type { TrendHistogram } from "../windows/histogram.ts";
import { startMs, type Tags, type Window } from "../windows/window.ts";
import { type InfluxPoint, pointOf } from "./point.ts";
import { percentileFields } from "./window-points.ts";

/** Variants and phases of a window that have a point of their own, at most. */
export const MOST_CALLS = 100;

const CALL = "http_req_duration";

/**
 * What the calls of each variant took, a point for each phase of the window, whatever became of them: percentiles of
 * series by status do not add up to it. Nothing of a window with one variant: that is `totals`.
 */
export function callsPoints(window: Window, run: Tags): InfluxPoint[] {
  const series = window.series.filter(
    ({ type, metric, tags }) =>
      type === "trend" && (metric === CALL || metric === LATENCY) && tags.variant !== undefined,
  );
  if (new Set(series.map(({ tags }) => tags.variant)).size < 2) return [];
  const fold = foldOf({ ...window, series });
  const seen = new Map<string, Tags>();
  for (const { tags } of series) {
    const { variant = "", phase } = tags;
    seen.set(JSON.stringify([variant, phase]), { variant, ...(phase !== undefined && { phase }) });
  }
  return [...seen.values()].slice(0, MOST_CALLS).map((tags) => {
    const calls = fold.trend(CALL, tags).summary();
    const fields = { ...(calls && percentileFields(calls)), ...latencyFields(fold.trend(LATENCY, tags)) };
    return pointOf("calls", { ...run, ...tags }, fields, startMs(window));
  });
}

function latencyFields(latency: TrendHistogram) {
  return {
    latency_p50: latency.percentile(50),
    latency_p95: latency.percentile(95),
    latency_p99: latency.percentile(99),
  };
}
