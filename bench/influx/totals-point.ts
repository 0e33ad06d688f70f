import { LATENCY } from "../../scenarios/lib/plan.ts";
import { foldOf } from "../windows/fold.ts";
import { startMs, type Tags, type Window } from "../windows/window.ts";
import { type InfluxPoint, pointOf } from "./point.ts";
import { percentileFields } from "./window-points.ts";

/**
 * A whole window in one point, whatever phases, variants and statuses are in it, so that a graph needs no sum over series,
 * and has percentiles of all requests, which those of series do not add up to. What did not happen is a zero, not a gap.
 *
 * @param zeroMs what `elapsed_s` counts from, epoch milliseconds: two runs can be laid over each other by it
 */
export function totalsPoint(window: Window, run: Tags, zeroMs: number): InfluxPoint {
  // Other trends are the dear part of a window, and not asked for.
  const series = window.series.filter(({ type, metric }) => type !== "trend" || metric === LATENCY);
  const fold = foldOf({ ...window, series });
  const atMs = startMs(window);
  const seconds = window.ms / 1000;
  const requests = fold.requests() ?? 0;
  const { yes: failed } = fold.failures();
  const latency = fold.trend(LATENCY).summary();
  return pointOf(
    "totals",
    run,
    {
      elapsed_s: (atMs - zeroMs) / 1000,
      requests,
      warm_up: fold.requests({ phase: "warm-up" }) ?? 0,
      rate: requests / seconds,
      failed,
      failed_rate: failed / seconds,
      dropped: fold.counter("dropped_iterations") ?? 0,
      vus: fold.gauge("vus")?.value,
      ...(latency && percentileFields(latency)),
    },
    atMs,
  );
}
