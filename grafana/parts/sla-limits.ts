import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import type { DataTransformerConfig } from "@grafana/grafana-foundation-sdk/dashboard";
import { influxql } from "./influxql.ts";
import { RUN } from "./select.ts";

/** Lines to draw: a name for each, and the ids of the SLA rows it is the limit of, as a regular expression. */
export type Limits = Readonly<Record<string, string>>;

const REF_ID = "limits";

/**
 * The limits of the chosen run, one row with a column a line. Whatever the time range: they are written when the run
 * starts, and a graph of its last minutes needs them too.
 */
export function limitsQuery(limits: Limits): Builder<Dataquery> {
  const names = Object.keys(limits);
  const sources = Object.entries(limits).map(
    ([name, ids]) => `(SELECT "limit" AS "${name}" FROM "sla" WHERE ${RUN} AND "id" =~ /^(${ids})$/)`,
  );
  const columns = names.map((name) => `max("${name}") AS "${name}"`);
  return influxql(`SELECT ${columns.join(", ")} FROM ${sources.join(", ")}`, { table: true, refId: REF_ID });
}

/** Makes thresholds of the answer, so that the graph draws them; a limit that the run does not have is no line. */
export function limitsTransformation(limits: Limits): DataTransformerConfig {
  return {
    id: "configFromData",
    options: {
      configRefId: REF_ID,
      mappings: Object.keys(limits).map((fieldName) => ({ fieldName, handlerKey: "threshold1" })),
      applyTo: { id: "byType", options: "number" },
    },
  };
}
