import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import type { DataSourceRef } from "@grafana/grafana-foundation-sdk/common";

/** The data source of every query: whichever the variable `datasource` names. */
export const DATASOURCE: DataSourceRef = { type: "influxdb", uid: `\${datasource}` };

/** What Grafana's InfluxDB data source takes of a raw InfluxQL query. The SDK has no builder for it. */
export interface InfluxQuery extends Dataquery {
  readonly refId: string;
  readonly datasource: DataSourceRef;
  readonly query: string;
  readonly rawQuery: true;
  readonly resultFormat: "time_series" | "table";
  readonly alias?: string;
}

export interface InfluxqlOptions {
  /** How a series is called: `$m` measurement, `$col` column, `$tag_x` the value of tag x. */
  readonly alias?: string;
  readonly table?: boolean;
  /** Only where something else names this query; others are called A, B, ... by the layout. */
  readonly refId?: string;
}

/**
 * A query in InfluxQL, one statement: of several, Grafana's backend reads the first one's answer.
 */
export function influxql(query: string, options: InfluxqlOptions = {}): Builder<Dataquery> {
  const built = {
    refId: options.refId ?? "",
    datasource: DATASOURCE,
    query,
    rawQuery: true,
    resultFormat: options.table ? "table" : "time_series",
    ...(options.alias !== undefined && { alias: options.alias }),
  };
  return { build: () => ({ ...built, _implementsDataqueryVariant() {} }) as InfluxQuery };
}
