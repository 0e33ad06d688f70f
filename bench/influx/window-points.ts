import { foldOf, type SeriesSummary } from "../windows/fold.ts";
import { type Series, startMs, type Tags, type Window } from "../windows/window.ts";
import { storableTags } from "./names.ts";
import { type InfluxPoint, type MaybeFields, pointOf } from "./point.ts";

/** At most so many points for one window, however many series it has. */
export const MOST_SERIES = 400;

/** Measurements of our own; a metric of that name is told apart. */
export const OWN_MEASUREMENTS: ReadonlySet<string> = new Set([
  "resources",
  "nodes",
  "sla",
  "annotations",
  "verdicts",
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

/** What k6 measured in one window: a point for each series, at the window's start. */
export function windowPoints(window: Window, run: Tags): WindowPoints {
  // Folded under the names that InfluxDB will know them by: two series of one name would overwrite each other there.
  const { series } = window;
  const all = foldOf({ ...window, series: series.map((one) => renamed(one, run)) }).summaries();
  const rank = ({ metric }: SeriesSummary) => (BREAKDOWN.has(metric) ? 1 : 0);
  const kept = all.sort((a, b) => rank(a) - rank(b)).slice(0, MOST_SERIES);
  return {
    points: kept.map((one) =>
      pointOf(one.metric, { ...one.tags, ...run }, fieldsOf(one, window.ms / 1000), startMs(window)),
    ),
    leftOut: all.length - kept.length,
  };
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
      const { "p99.9": p99_9, ...others } = quantiles;
      return { n, rate: n / seconds, mean, ...others, p99_9 };
    }
    case "counter":
      return { value: series.value, rate: series.value / seconds };
    case "rate":
      return { yes: series.yes, no: series.no, ratio: series.ratio };
    case "gauge":
      return { value: series.value, min: series.min, max: series.max };
  }
}
