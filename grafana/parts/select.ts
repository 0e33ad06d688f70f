/**
 * Texts of queries, for points as `plimsoll run --influx` writes them: a point a second and series, percentiles made
 * already. `totals` is a whole second in one point; a metric may have several (one a phase, a variant, a status), whose
 * rates are summed. An interval of a graph may hold several seconds: rates are averaged over them; percentiles cannot be,
 * so a graph shows the worst.
 */

/**
 * Points whose tag is what the variable of that name, or another, stands at. `:regex` escapes it; InfluxDB makes an equality
 * of an anchored expression of one value, and `.*` matches points without the tag too.
 */
export function chosen(tag: string, variable = tag, operator: "=~" | "!~" = "=~"): string {
  return `"${tag}" ${operator} /^\${${variable}:regex}$/`;
}

/** Points of the chosen run. */
export const RUN = chosen("run");
/** And only while the dashboard's time range. */
export const RUN_NOW = `${RUN} AND $timeFilter`;

/** Seconds of `totals` in which nothing was sent to warm up: that is measured, but nothing is judged by it. */
export const WITHOUT_WARM_UP = `"warm_up" = 0`;

/** A whole second in one point: requests or packets, failures, percentiles of all of them. */
export const TOTALS = '"totals"';

/** Share of requests that failed, in percent. */
export const FAILED_SHARE = '100 * sum("failed") / sum("requests")';

/** Makes a rate of the sum of an interval. */
export const A_SECOND = "* 1000 / $__interval_ms";

const BY_INTERVAL = "GROUP BY time($__interval)";

/** Mean over seconds of the sums over series, where `totals` does not tell them apart. */
export function perSecond(
  fields: Readonly<Record<string, string>>,
  from: string,
  options: { readonly where?: string; readonly by?: string } = {},
): string {
  const { where = RUN_NOW, by } = options;
  const and = by === undefined ? "" : `, "${by}"`;
  const outer = Object.keys(fields).map((name) => `mean("${name}") AS "${name}"`);
  const inner = Object.entries(fields).map(([name, field]) => `sum("${field}") AS "${name}"`);
  return (
    `SELECT ${outer.join(", ")} FROM (SELECT ${inner.join(", ")} FROM ${from} WHERE ${where} ` +
    `GROUP BY time(1s)${and} fill(none)) WHERE $timeFilter ${BY_INTERVAL}${and} fill(none)`
  );
}

/** Fields of a measurement, each by its own aggregate, in steps of the graph's interval. */
export function over(
  aggregates: Readonly<Record<string, string>>,
  from: string,
  options: { readonly where?: string; readonly by?: string } = {},
): string {
  const { where = RUN_NOW, by } = options;
  const columns = Object.entries(aggregates).map(([name, aggregate]) => `${aggregate} AS "${name}"`);
  const and = by === undefined ? "" : `, "${by}"`;
  return `SELECT ${columns.join(", ")} FROM ${from} WHERE ${where} ${BY_INTERVAL}${and} fill(none)`;
}

/** Percentiles as the windows have them: the median of p50s, and the worst of the others. */
export const PERCENTILES: Readonly<Record<string, string>> = {
  p50: 'median("p50")',
  p95: 'max("p95")',
  p99: 'max("p99")',
  "p99.9": 'max("p99_9")',
};
