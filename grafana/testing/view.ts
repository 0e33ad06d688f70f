import { asksForLimit } from "../parts/sla-limits.ts";
import { type DataSource, type Series, valuesByColumn, valuesIn } from "./data-source.ts";
import { type DashboardJson, dataPanels } from "./generated.ts";
import { ALL, interpolate, type Scope } from "./interpolate.ts";

/** How one column of a query was answered. */
export interface Answered {
  /** The panel with its id, `Latency (7)`, or what else asked. */
  readonly asker: string;
  readonly refId: string;
  /** Undefined where there was no answer at all. */
  readonly column: string | undefined;
  readonly values: number;
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
    for (const { refId, query } of panel.targets ?? [])
      answered.push(
        ...columnsOf(`${panel.title} (${panel.id})`, refId, await source.query(interpolate(query, scope))),
      );
  }
  for (const { name, target } of dashboard.annotations.list ?? []) {
    const series = await source.query(interpolate(target.query, scopeOf(variables, range)));
    answered.push(...columnsOf("annotations", name, series));
  }
  return answered;
}

function columnsOf(asker: string, refId: string, series: readonly Series[]): Answered[] {
  const columns = [...valuesByColumn(series)];
  if (columns.length === 0) return [{ asker, refId, column: undefined, values: 0 }];
  return columns.map(([column, values]) => ({ asker, refId, column, values }));
}

/** Panels that have nothing to show: a limit alone is nothing. */
export function emptyPanels(answered: readonly Answered[]): string[] {
  const told = new Set(
    answered.filter(({ refId, values }) => values > 0 && !asksForLimit(refId)).map(({ asker }) => asker),
  );
  return [...new Set(answered.map(({ asker }) => asker))].filter((asker) => !told.has(asker));
}

/** Queries, and columns of them, that never have a value: `Latency (7) A p50`. */
export function idleQueries(answered: readonly Answered[]): string[] {
  const queryOf = ({ asker, refId }: Answered) => `${asker} ${refId}`;
  const told = answered.filter(({ values }) => values > 0);
  const idle = answered.filter(
    (one) =>
      !told.some(
        (other) =>
          queryOf(other) === queryOf(one) && (one.column === undefined || other.column === one.column),
      ),
  );
  return [...new Set(idle.map((one) => `${queryOf(one)} ${one.column ?? ""}`.trim()))];
}

function scopeOf(variables: Readonly<Record<string, string>>, range: Range): Scope {
  return { variables, ...range, minIntervalMs: DEFAULT_INTERVAL_MS, maxDataPoints: MAX_DATA_POINTS };
}

/** A panel's answers as rows, one query after the other: each has its time, its tags, and its columns by name. */
export async function tableOf(
  dashboard: DashboardJson,
  title: string,
  source: DataSource,
  range: Range,
  variables: Readonly<Record<string, string>>,
): Promise<Record<string, string | number | null>[]> {
  const rows: Record<string, string | number | null>[] = [];
  for (const { targets = [], maxDataPoints = MAX_DATA_POINTS } of dataPanels(dashboard).filter(
    (panel) => panel.title === title,
  )) {
    for (const { query } of targets) {
      const scope = { ...scopeOf(variables, range), maxDataPoints };
      for (const { tags = {}, columns, values } of await source.query(interpolate(query, scope)))
        for (const cells of values)
          rows.push({ ...tags, ...Object.fromEntries(columns.map((name, n) => [name, cells[n] ?? null])) });
    }
  }
  return rows;
}
