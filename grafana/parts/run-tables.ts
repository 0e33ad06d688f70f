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

/** So many runs are listed. */
const LATEST = 100;

/** The latest runs that target and scenario leave, the newest first; which scenario and profile, their names tell. */
export function runsTable() {
  const latest = (columns: string, from: string, where = "") =>
    `SELECT ${columns} FROM "${from}" WHERE ${where}${chosen("target")} AND ${chosen("scenario")} ORDER BY time DESC LIMIT ${LATEST}`;
  const here = `/d/${RUN_OVERVIEW}/?var-run=\${__data.fields.run}&from=\${__data.fields.started.numeric}`;
  return table({
    title: "Runs",
    description: `The latest ${LATEST} runs of the chosen target and scenario. Its name opens it with the time it took as the time range; one without a verdict is running, or was cut.`,
    queries: [
      influxql(latest('"title", "run", "target", "commit"', "annotations", `"kind" = 'start' AND `), {
        table: true,
        refId: "starts",
      }),
      influxql(latest('"verdict_code" AS "verdict", "seconds", "requests", "run"', "verdicts"), {
        table: true,
        refId: "verdicts",
      }),
    ],
    // Both answers have a column Time: when the run started, and when it ended. Where runs were cut, the latest verdicts
    // reach back further than the latest starts.
    transformations: [
      renamed("starts", { Time: "started" }),
      renamed("verdicts", { Time: "ended" }),
      { id: "joinByField", options: { byField: "run", mode: "outer" } },
      {
        id: "filterByValue",
        options: {
          type: "exclude",
          match: "any",
          filters: [{ fieldName: "started", config: { id: "isNull", options: {} } }],
        },
      },
    ],
    sortBy: { column: "started", desc: true },
    columns: [
      {
        name: "run",
        width: 340,
        links: [
          { title: "Open this run", url: `${here}&to=\${__data.fields.ended.numeric}` },
          { title: "Open it from its start until now", url: `${here}&to=now` },
        ],
      },
      { name: "started", width: 160, unit: "dateTimeAsIso" },
      { name: "ended", width: 160, unit: "dateTimeAsIso" },
      { name: "target", width: 130 },
      { name: "commit", width: 80 },
      { name: "seconds", title: "took", width: 80, unit: "s", decimals: 0 },
      { name: "requests", width: 100, unit: "short" },
      { name: "verdict", width: 90, mappings: verdictMappings() },
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
