import { LATENCY } from "../../scenarios/lib/plan.ts";
import { foldOf } from "../windows/fold.ts";
import { TrendHistogram } from "../windows/histogram.ts";
import type { Series, TrendSeries, Window } from "../windows/window.ts";
import type { Put } from "./figures.ts";

/** Parts of a request, as k6 takes its time apart. */
const PARTS: Readonly<Record<string, string>> = {
  http_req_blocked: "blocked",
  http_req_connecting: "connecting",
  http_req_tls_handshaking: "TLS",
  http_req_sending: "sending",
  http_req_waiting: "waiting",
  http_req_receiving: "receiving",
};

/** Trends of telemetry, by what they are called. */
const TELEMETRY: Readonly<Record<string, string>> = {
  telemetry_delay: "telemetry",
  heartbeat: "heartbeat",
  forwarding_latency: "forwarding",
};

const RATES: Readonly<Record<string, readonly ["traffic" | "iterations" | "outcome", string]>> = {
  data_sent: ["traffic", "to the target"],
  data_received: ["traffic", "from it"],
  iterations: ["iterations", "ended"],
  dropped_iterations: ["iterations", "dropped"],
  packets: ["outcome", "sent"],
  packets_fulfilled: ["outcome", "fulfilled"],
};

/** Time of a call, from its sending. */
const CALL = "http_req_duration";

/** What a window tells beside the run's totals. */
export function windowFigures(window: Window, put: Put): void {
  const { series } = window;
  const variants = new Set(series.flatMap(({ tags }) => (tags.variant === undefined ? [] : [tags.variant])));
  for (const one of series) ofSeries(one, put);
  // Of a single variant the totals tell all.
  if (variants.size < 2) return;
  const held = series.filter(({ tags }) => tags.phase === "hold" && tags.variant !== undefined);
  for (const one of held) countsOf(one, put);
  const timed = held.filter(({ metric }) => metric === CALL || metric === LATENCY);
  const fold = foldOf({ ...window, series: timed });
  for (const variant of new Set(timed.map(({ tags }) => tags.variant ?? ""))) {
    // Of all statuses together: means of the percentiles of each would make half of one time-out in fifty calls.
    const calls = fold.trend(CALL, { variant });
    put("call-p50", variant, calls.percentile(50));
    put("call-p95", variant, calls.percentile(95));
    put("due-p95", variant, fold.trend(LATENCY, { variant }).percentile(95));
  }
}

function ofSeries(one: Series, put: Put): void {
  const { metric, tags } = one;
  if (one.type === "counter") {
    const rate = RATES[metric];
    if (rate) put(...rate, one.value);
    if (metric === "packets_failed" && tags.outcome !== undefined) put("outcome", tags.outcome, one.value);
    if (metric === "packets_failed") put("outcome", "failed", one.value);
  } else if (one.type === "gauge") {
    if (metric === "vus") put("callers", "at work", one.max);
    if (metric === "vus_max") put("callers", "made", one.max);
  } else if (one.type === "trend") {
    const [part, telemetry] = [PARTS[metric], TELEMETRY[metric]];
    if (part !== undefined && one.n > 0) put("part", part, one.sum / one.n, one.n);
    if (metric === "pacing_lag") put("lag", "pacing lag p99", percentileOf(one, 99));
    if (telemetry !== undefined) put("telemetry", telemetry, percentileOf(one, 95));
  } else if (metric === "telemetry_complete") {
    put("telemetry-complete", "complete", ...shareOf(one));
  }
}

function countsOf(one: Series, put: Put): void {
  const { metric, tags } = one;
  const variant = tags.variant ?? "";
  if (one.type === "counter" && metric === "http_reqs") {
    put("calls", variant, one.value);
  } else if (one.type === "rate" && metric === "http_req_failed") {
    put("failed-calls", variant, ...shareOf(one));
  }
}

/** Percent, and of how many. */
function shareOf({ yes, no }: Extract<Series, { type: "rate" }>): [percent: number, weight: number] {
  return [(100 * yes) / (yes + no), yes + no];
}

function percentileOf(series: TrendSeries, percent: number): number | undefined {
  const histogram = new TrendHistogram();
  histogram.add(series);
  return histogram.percentile(percent);
}
