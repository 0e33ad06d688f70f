import { stateMappings, verdictMappings } from "./codes.ts";
import { influxql } from "./influxql.ts";
import { chosen, RUN } from "./select.ts";
import { table } from "./table.ts";

/** The uid of the dashboard that shows one run: other tables lead there. */
export const RUN_OVERVIEW = "plimsoll-run";

/** Every SLA row of the run: what was measured, and whether it held. */
export function slaTable() {
  return table({
    title: "SLA",
    description:
      "Every row of the SLA. Limits stand here from the start of the run; what was measured and whether it held, when the run is over.",
    queries: [
      influxql(
        `SELECT last("op") AS "op", last("limit") AS "limit", last("value") AS "value", last("unit") AS "unit", last("state_code") AS "state" FROM "sla" WHERE ${RUN} GROUP BY "id", "priority"`,
        { table: true },
      ),
    ],
    columns: [
      { name: "priority", width: 90 },
      { name: "id", title: "row" },
      { name: "value", title: "measured", width: 160 },
      { name: "op", title: "must be", width: 90 },
      { name: "limit", width: 160 },
      { name: "unit", width: 90 },
      { name: "state", width: 140, mappings: stateMappings() },
    ],
    sortBy: { column: "id", desc: false },
  });
}

/** The latest runs that target and scenario leave, the newest first. */
export function runsTable() {
  const which = `${chosen("target")} AND ${chosen("scenario")}`;
  const here = `/d/${RUN_OVERVIEW}/?var-run=\${__data.fields.run}&from=\${__data.fields.started.numeric}`;
  return table({
    title: "Runs",
    description:
      "Every run of the chosen target and scenario. Its name opens it with the time it took as the time range; one without a verdict is running, or was cut.",
    queries: [
      influxql(
        `SELECT last("title") AS "title" FROM "annotations" WHERE "kind" = 'start' AND ${which} GROUP BY "run", "scenario", "profile", "target", "commit"`,
        { table: true, refId: "starts" },
      ),
      influxql(
        `SELECT last("verdict_code") AS "verdict", "seconds", "requests" FROM "verdicts" WHERE ${which} GROUP BY "run"`,
        { table: true, refId: "verdicts" },
      ),
    ],
    // Both answers have a column Time: when the run started, and when it ended.
    transformations: [
      renamed("starts", { Time: "started" }),
      renamed("verdicts", { Time: "ended" }),
      { id: "joinByField", options: { byField: "run", mode: "outer" } },
    ],
    sortBy: { column: "started", desc: true },
    columns: [
      {
        name: "run",
        links: [
          { title: "Open this run", url: `${here}&to=\${__data.fields.ended.numeric}` },
          { title: "Open it from its start until now", url: `${here}&to=now` },
        ],
      },
      { name: "started", width: 170, unit: "dateTimeAsIso" },
      { name: "ended", width: 170, unit: "dateTimeAsIso" },
      { name: "scenario", width: 160 },
      { name: "profile", width: 80 },
      { name: "target", width: 140 },
      { name: "commit", width: 100 },
      { name: "seconds", title: "took", width: 90, unit: "s", decimals: 0 },
      { name: "requests", width: 110, unit: "short" },
      { name: "verdict", width: 100, mappings: verdictMappings() },
    ],
  });
}

function renamed(refId: string, renameByName: Record<string, string>) {
  return {
    id: "organize",
    filter: { id: "byRefId", options: refId },
    options: { renameByName, indexByName: {}, excludeByName: {} },
  };
}
