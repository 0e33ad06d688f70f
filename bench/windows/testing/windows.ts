/** Windows as k6 would write them, made by hand: what tests feed to everything that reads windows. */
import { encodeIntoCompressedBase64, Float64Histogram } from "hdr-histogram-js";
import type { Series, Tags, Window } from "../window.ts";

/** When every test run starts. */
export const START_MS = Date.parse("2026-11-21T10:00:00.000Z");

/** A value, or a value and how many samples had it. */
export type Sample = number | readonly [value: number, n: number];

/** A window of a second (unless said) that starts this many seconds after START_MS. */
export function windowAt(second: number, series: readonly Series[], rest: Partial<Window> = {}): Window {
  const from = new Date(START_MS + second * 1000).toISOString();
  return { v: 1, from, ms: 1000, late: 0, overflow: 0, series: [...series], ...rest };
}

const recorder = new Float64Histogram(1, 2 ** 12, 3);
recorder.autoResize = true;

/** A trend of milliseconds. */
export function trend(metric: string, samples: readonly Sample[], tags: Tags = {}): Series {
  recorder.reset();
  let [n, sum, min, max] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const sample of samples) {
    const [value, times] = typeof sample === "number" ? [sample, 1] : sample;
    recorder.recordValueWithCount(Math.round(value * 1000), times);
    n += times;
    sum += value * times;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const hdr = encodeIntoCompressedBase64(recorder);
  return { metric, type: "trend", unit: "ms", tags: { ...tags }, n, sum, min, max, hdr };
}

export function counter(metric: string, value: number, tags: Tags = {}): Series {
  return { metric, type: "counter", unit: "", tags: { ...tags }, value };
}

export function rate(metric: string, yes: number, no: number, tags: Tags = {}): Series {
  return { metric, type: "rate", unit: "", tags: { ...tags }, yes, no };
}

export function gauge(metric: string, value: number, min = value, max = value): Series {
  return { metric, type: "gauge", unit: "", tags: {}, value, min, max };
}

/** What k6 counts when `n` requests were answered after `ms` each, `failed` of them wrongly. */
export function requests(n: number, ms: number, tags: Tags, failed = 0): Series[] {
  if (n === 0) return [];
  return [
    counter("http_reqs", n, tags),
    trend("http_req_duration", [[ms, n]], tags),
    trend("latency", [[ms, n]], tags),
    rate("http_req_failed", failed, n - failed, tags),
    rate("checks", n - failed, failed, tags),
    trend("iteration_duration", [[ms, n]], tags),
  ];
}
