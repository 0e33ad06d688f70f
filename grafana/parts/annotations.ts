import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import { type AnnotationQuery, AnnotationQueryBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { DATASOURCE, type InfluxQuery } from "./influxql.ts";
import { RUN_NOW } from "./select.ts";

/**
 * Start, phases and verdict of the run, as lines in every graph. The InfluxDB data source has an annotation's query and
 * columns in its target, and knows it for one by `fromAnnotations`.
 */
export function runAnnotations(): Builder<AnnotationQuery> {
  const target = {
    refId: "Anno",
    datasource: DATASOURCE,
    query: `SELECT "title", "text", "kind" FROM "annotations" WHERE ${RUN_NOW}`,
    rawQuery: true,
    resultFormat: "table",
    fromAnnotations: true,
    textEditor: true,
    titleColumn: "title",
    textColumn: "text",
    tagsColumn: "kind",
    timeEndColumn: "",
  };
  return new AnnotationQueryBuilder()
    .name("Run")
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor("blue")
    .target({ build: () => target as unknown as InfluxQuery });
}
