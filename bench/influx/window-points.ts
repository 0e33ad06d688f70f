import { FAILED_METRICS, LATENCY, REQUEST_METRICS } from "../../scenarios/lib/plan.ts";
import { foldOf, type SeriesSummary } from "../windows/fold.ts";
import { type Series, startMs, type Tags, type Window } from "../windows/window.ts";
import { storableTags } from "./names.ts";
import { type InfluxPoint, type MaybeFields, pointOf } from "./point.ts";

/** At most so many points for one window, however many series it has. */
export const MOST_SERIES = 400;

/** Measurements of our own; a metric of that name is told apart. */
export const OWN_MEASUREMENTS: ReadonlySet<string> = new Set([
  "totals",
  "calls",
  "resources",
  "variants",
  "nodes",
  "sla",
  "annotations",
  "verdicts",
]);

/** What dashboards draw and people ask for first: the last to go. */
const IMPORTANT = new Set([
  ...REQUEST_METRICS,
  ...FAILED_METRICS,
  LATENCY,
  "http_req_duration",
  "packets_fulfilled",
  "dropped_iterations",
  "pacing_lag",
  "telemetry_delay",
  "heartbeat",
  "vus",
  "vus_max",
]);

/** Where a request's time went inside of k6, and the bytes: the first to go when there are too many series. */
const BREAKDOWN = new Set([
  "http_req_blocked",
  "http_req_connecting",
  "http_req_tls_handshaking",
  "http_req_sending",
  "http_req_waiting",
  "http_req_receiving",
  "data_sent",
  "data_received",
]);

export interface WindowPoints {
  readonly points: readonly InfluxPoint[];
  /** Series past MOST_SERIES. */
  readonly leftOut: number;
}

/**
 * What k6 measured in one window: a point for each series, at the window's start. Where they are too many, those of the
 * metric that has the most go first, and of what dashboards draw the last.
 *
 * @param most series that there is room for
 */
export function windowPoints(window: Window, run: Tags, most: number = MOST_SERIES): WindowPoints {
  // Folded under the names that InfluxDB will know them by: two series of one name would overwrite each other there.
  const { series } = window;
  const all = foldOf({ ...window, series: series.map((one) => renamed(one, run)) }).summaries();
  const kept = all.length <= most ? all : mostImportant(all).slice(0, most);
  return {
    points: kept.map((one) =>
      pointOf(one.metric, { ...one.tags, ...run }, fieldsOf(one, window.ms / 1000), startMs(window)),
    ),
    leftOut: all.length - kept.length,
  };
}

function mostImportant(all: readonly SeriesSummary[]): SeriesSummary[] {
  const counts = new Map<string, number>();
  for (const { metric } of all) counts.set(metric, (counts.get(metric) ?? 0) + 1);
  const rank = ({ metric }: SeriesSummary) => (IMPORTANT.has(metric) ? 0 : BREAKDOWN.has(metric) ? 2 : 1);
  const size = ({ metric }: SeriesSummary) => counts.get(metric) ?? 0;
  return all.toSorted((a, b) => rank(a) - rank(b) || size(a) - size(b));
}

/** `k6_` before what would hide a tag of the run, or a measurement of ours. */
function renamed(series: Series, run: Tags): Series {
  const tags = Object.entries(series.tags).map(([name, value]) => [
    Object.hasOwn(run, name) ? `k6_${name}` : name,
    value,
  ]);
  return {
    ...series,
    metric: OWN_MEASUREMENTS.has(series.metric) ? `k6_${series.metric}` : series.metric,
    tags: storableTags(Object.fromEntries(tags)),
  };
}

function fieldsOf(series: SeriesSummary, seconds: number): MaybeFields {
  switch (series.type) {
    case "trend": {
      const { n, mean, quantiles } = series;
      return { n, rate: n / seconds, mean, ...percentileFields(quantiles) };
    }
    case "counter":
      return { value: series.value, rate: series.value / seconds };
    case "rate":
      return { yes: series.yes, no: series.no, ratio: series.ratio };
    case "gauge":
      return { value: series.value, min: series.min, max: series.max };
  }
}

/** Percentiles as fields: `p99_9`, since a name with a point in it has to be quoted wherever it is asked for. */
export function percentileFields<T extends { readonly "p99.9": number }>({ "p99.9": p99_9, ...others }: T) {
  return { ...others, p99_9 };
}
