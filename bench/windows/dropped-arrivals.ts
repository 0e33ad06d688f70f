import { LATENCY } from "../../scenarios/lib/plan.ts";
import type { Window } from "./window.ts";

/** Tags that k6 gives its own metrics of a request, and `latency` has not. */
const HTTP_TAGS = new Set(["name", "method", "status", "expected_response", "error_code"]);

/**
 * What windows say of latency once k6 has dropped an arrival: a script works an arrival's due time out from its number,
 * and a dropped one takes none, so from then on `latency` also holds the time of the dropped ones. From that window on it
 * is replaced by the time on the wire, `http_req_duration`; the dropped arrivals are judged by their count.
 *
 * @returns a function to call with each window of one run, in their order
 */
export function latencyPastDrops(): (window: Window) => Window {
  let dropped = false;
  return (window) => {
    dropped ||= window.series.some(
      ({ metric, tags }) => metric === "dropped_iterations" && tags.scenario !== "warm-up",
    );
    if (!dropped) return window;
    const series = window.series.flatMap((one) => {
      if (one.metric === LATENCY) return [];
      if (one.metric !== "http_req_duration") return [one];
      const tags = Object.entries(one.tags).filter(([name]) => !HTTP_TAGS.has(name));
      return [one, { ...one, metric: LATENCY, tags: Object.fromEntries(tags) }];
    });
    return { ...window, series };
  };
}
