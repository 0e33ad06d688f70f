import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import type { DataTransformerConfig } from "@grafana/grafana-foundation-sdk/dashboard";
import type { PanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { influxql } from "./influxql.ts";
import { RUN } from "./select.ts";

/** Lines to draw: a name for each, which begins with `limit`, and the ids of the SLA rows it is the limit of, as a regular expression. */
export type Limits = Readonly<Record<`limit${string}`, string>>;

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

/** Older than this no run is looked at. */
const LONG = "3650d";
/** Where the time range begins, as Grafana has it: epoch milliseconds. */
const FROM = `\${__from}ms`;

/**
 * Each limit once more, as a point where the time range begins. A graph's axis reaches as far as its series do, and
 * thresholds are none: latency of 20 ms would hide a limit of 150. Runs wrote their limits when they started, mostly before
 * the time range: of two buckets, a long one until then and one from then on, the second takes over what the first has.
 */
export function axisQueries(limits: Limits): Builder<Dataquery>[] {
  return Object.entries(limits).map(([name, ids]) =>
    influxql(
      `SELECT max("limit") AS "limit" FROM "sla" WHERE ${RUN} AND "id" =~ /^(${ids})$/ AND time >= ${FROM} - ${LONG} ` +
        `GROUP BY time(${LONG}, ${FROM}) fill(previous) OFFSET 1`,
      { alias: name, refId: name },
    ),
  );
}

/** The legend tells these points' values; what is seen of a limit is its threshold. */
export function styleLimits(panel: PanelBuilder, limits: Limits): PanelBuilder {
  return panel.overrideByRegexp(`^(${Object.keys(limits).join("|")})$`, [
    { id: "color", value: { mode: "fixed", fixedColor: "red" } },
    { id: "custom.showPoints", value: "never" },
    { id: "custom.hideFrom", value: { legend: false, tooltip: true, viz: false } },
  ]);
}

/** Whether a query is there for a limit, and not for what was measured. */
export const asksForLimit = (refId: string): boolean => refId.startsWith("limit");

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
