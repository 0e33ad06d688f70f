/** What Grafana makes of a query's text before InfluxDB sees it. */

export interface Scope {
  /** Values of the dashboard's variables; `ALL` stands for every value. */
  readonly variables: Readonly<Record<string, string>>;
  readonly fromMs: number;
  readonly toMs: number;
  /** Of the panel: no step is shorter. */
  readonly minIntervalMs: number;
  /** Of the panel: so many steps at most. */
  readonly maxDataPoints: number;
}

/** Stands for a variable's "All", whose custom value `.*` Grafana passes on as it is. */
export const ALL = "$__all";

/**
 * Replaces variables (`$name`, `${name}`, `${name:regex}`), then macros, as the data source does in its browser half and
 * its backend. A variable that the dashboard does not have stays, and InfluxDB will complain of it.
 */
export function interpolate(text: string, scope: Scope): string {
  const { variables, fromMs, toMs } = scope;
  const intervalMs = intervalOf(scope);
  return text
    .replaceAll(/\$\{(\w+)(?::(\w+))?\}|\$(\w+)/g, (whole, braced, format, bare) => {
      const value = { ...variables, __from: String(fromMs) }[(braced ?? bare) as string];
      if (value === undefined) return whole;
      if (value === ALL) return ".*";
      return format === "regex" ? escaped(value) : value;
    })
    .replaceAll("$timeFilter", `time >= ${fromMs}ms and time <= ${toMs}ms`)
    .replaceAll("$__interval_ms", String(intervalMs))
    .replaceAll("$__interval", `${intervalMs}ms`);
}

/** Grafana's own escaping of a value inside of a regular expression. */
function escaped(value: string): string {
  return value.replaceAll(/[\\^$*+?.()|[\]{}/]/g, "\\$&");
}

/** Steps Grafana rounds to: up to the first number it takes the second, in ms. */
const ROUNDED: readonly (readonly [belowMs: number, ms: number])[] = [
  [1_500, 1_000],
  [3_500, 2_000],
  [7_500, 5_000],
  [12_500, 10_000],
  [17_500, 15_000],
  [25_000, 20_000],
  [45_000, 30_000],
  [90_000, 60_000],
  [210_000, 120_000],
  [450_000, 300_000],
];

function intervalOf({ fromMs, toMs, minIntervalMs, maxDataPoints }: Scope): number {
  const exact = Math.max((toMs - fromMs) / maxDataPoints, minIntervalMs);
  return ROUNDED.find(([belowMs]) => exact < belowMs)?.[1] ?? 600_000;
}
