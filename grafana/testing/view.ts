import { type DataSource, rowsIn, valuesIn } from "./data-source.ts";
import { type DashboardJson, dataPanels } from "./generated.ts";
import { ALL, interpolate, type Scope } from "./interpolate.ts";

/** How one query was answered. */
export interface Answered {
  /** `Panel A`, as the reader of a failed test finds it. */
  readonly query: string;
  /** The panel, or what else asked. */
  readonly asker: string;
  readonly rows: number;
}

export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Points a graph has room for on a screen of 1280 pixels. */
const MAX_DATA_POINTS = 600;
/** The shortest step of a panel that names none. */
const DEFAULT_INTERVAL_MS = 1_000;

/**
 * What the variables of a dashboard offer when it is opened, with "All" where there is one: each is asked for with those
 * it depends on already chosen, the newest run first, as the picker has them.
 *
 * @param chosen what the reader picked by hand
 */
export async function variablesOf(
  dashboard: DashboardJson,
  source: DataSource,
  range: Range,
  chosen: Readonly<Record<string, string>> = {},
): Promise<{ offered: Record<string, string[]>; chosen: Record<string, string> }> {
  const offered: Record<string, string[]> = {};
  const picked: Record<string, string> = { ...chosen };
  const waiting = dashboard.templating.list.filter(({ type }) => type !== "datasource");
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ query }) => !waiting.some(({ name }) => query.includes(`{${name}:`)));
    const [variable] = waiting.splice(next, 1);
    if (next < 0 || !variable) throw new Error(`variables of ${dashboard.title} wait for each other`);
    const { name, type, query, includeAll, sort } = variable;
    const all =
      type === "custom"
        ? query.split(",")
        : valuesIn(await source.query(interpolate(query, scopeOf(picked, range))));
    // Grafana's VariableSort: 2 is alphabetical, descending.
    offered[name] = sort === 2 ? all.toSorted().reverse() : all;
    picked[name] ??= includeAll ? ALL : (offered[name][0] ?? "");
  }
  return { offered, chosen: picked };
}

/** Asks every query of every panel, and of the annotations. */
export async function view(
  dashboard: DashboardJson,
  source: DataSource,
  range: Range,
  variables: Readonly<Record<string, string>>,
): Promise<Answered[]> {
  const answered: Answered[] = [];
  for (const panel of dataPanels(dashboard)) {
    const scope = { ...scopeOf(variables, range), maxDataPoints: panel.maxDataPoints ?? MAX_DATA_POINTS };
    for (const { refId, query } of panel.targets ?? []) {
      const rows = rowsIn(await source.query(interpolate(query, scope)));
      answered.push({ query: `${panel.title} ${refId}`, asker: panel.title, rows });
    }
  }
  for (const { name, target } of dashboard.annotations.list ?? []) {
    const rows = rowsIn(await source.query(interpolate(target.query, scopeOf(variables, range))));
    answered.push({ query: `annotations ${name}`, asker: `annotations ${name}`, rows });
  }
  return answered;
}

/** Rows by panel, or by query. */
export function rowsBy(key: "asker" | "query", answered: readonly Answered[]): Record<string, number> {
  const rows: Record<string, number> = {};
  for (const one of answered) rows[one[key]] = (rows[one[key]] ?? 0) + one.rows;
  return rows;
}

function scopeOf(variables: Readonly<Record<string, string>>, range: Range): Scope {
  return { variables, ...range, minIntervalMs: DEFAULT_INTERVAL_MS, maxDataPoints: MAX_DATA_POINTS };
}
