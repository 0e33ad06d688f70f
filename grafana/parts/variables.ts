import {
  CustomVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DATASOURCE } from "./influxql.ts";
import { chosen } from "./select.ts";

/** Uids of the data sources that grafana/provisioning makes. */
export const PLIMSOLL = { uid: "plimsoll", name: "Plimsoll" } as const;
export const RAW_K6 = { uid: "plimsoll-k6", name: "k6 (raw)" } as const;

/** Which InfluxDB: the provisioned one at first, or any that the user's own Grafana has. */
export function datasourceVariable({ uid, name }: { uid: string; name: string } = PLIMSOLL) {
  return new DatasourceVariableBuilder("datasource")
    .label("InfluxDB")
    .description("The InfluxDB data source to read.")
    .type("influxdb")
    .current({ text: name, value: uid, selected: true });
}

/** Values of a tag, whatever the time range: a run of last week is in the list. */
function tagVariable(name: string, label: string, description: string, query: string) {
  return new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(DATASOURCE)
    .query(query)
    .refresh(VariableRefresh.OnTimeRangeChanged);
}

/** One, or all at once. */
export function anyOf(name: string, label: string, description: string, query: string) {
  return tagVariable(name, label, description, query)
    .sort(VariableSort.AlphabeticalAsc)
    .includeAll(true)
    .allValue(".*")
    .current({ text: "All", value: "$__all", selected: true });
}

/** Where runs are looked up: in the points that only runs of this kind have. */
export interface RunsIn {
  /** A measurement; every run announces itself in `annotations`. */
  readonly measurement: string;
  /** A condition on its tags. */
  readonly where?: string;
}

const ANNOUNCED: RunsIn = { measurement: "annotations" };

const values = (key: string, { measurement, where }: RunsIn, ...conditions: string[]) => {
  const all = [...(where === undefined ? [] : [where]), ...conditions];
  return (
    `SHOW TAG VALUES FROM "${measurement}" WITH KEY = "${key}"` +
    (all.length === 0 ? "" : ` WHERE ${all.join(" AND ")}`)
  );
};

const CHOSEN = [chosen("target"), chosen("scenario")];

/** Target and scenario, which narrow the list of runs. */
export function targetAndScenario(runs: RunsIn = ANNOUNCED) {
  return [
    anyOf("target", "Target", "Only runs against this server.", values("target", runs)),
    anyOf(
      "scenario",
      "Scenario",
      "Only runs of this scenario.",
      values("scenario", runs, CHOSEN[0] as string),
    ),
  ];
}

/** One run, the newest at first: a run's name begins with the time it started. */
export function runVariable(runs: RunsIn = ANNOUNCED) {
  return tagVariable(
    "run",
    "Run",
    "The run to look at; the newest comes first.",
    values("run", runs, ...CHOSEN),
  ).sort(VariableSort.AlphabeticalDesc);
}

/** Two runs: the newest but one beside the newest, until others are picked. */
export function twoRuns(runs: RunsIn = ANNOUNCED) {
  const other = chosen("run", "runB", "!~");
  return [
    tagVariable(
      "runA",
      "Run A",
      "What it is compared with; the newest but run B comes first.",
      values("run", runs, ...CHOSEN, other),
    ),
    tagVariable("runB", "Run B", "What is compared; the newest comes first.", values("run", runs, ...CHOSEN)),
  ].map((variable) => variable.sort(VariableSort.AlphabeticalDesc));
}

/** One of a few values that are written down here; the first is chosen at first. */
export function choice(name: string, label: string, description: string, options: readonly string[]) {
  const first = options[0] as string;
  return new CustomVariableBuilder(name)
    .label(label)
    .description(description)
    .values(options.join(","))
    .options(options.map((value) => ({ text: value, value, selected: value === first })))
    .current({ text: first, value: first, selected: true });
}
