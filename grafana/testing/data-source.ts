/** What Grafana's InfluxDB data source does: asks one database, and reads the answer of the one statement. */

export interface Series {
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly (string | number | null)[])[];
}

interface Answer {
  readonly error?: string;
  readonly results?: readonly { readonly error?: string; readonly series?: readonly Series[] }[];
}

export interface DataSource {
  /** Throws what InfluxDB complains of. */
  readonly query: (influxql: string) => Promise<readonly Series[]>;
}

export function dataSource(origin: string, database: string): DataSource {
  return {
    async query(influxql) {
      const params = new URLSearchParams({ db: database, epoch: "ms" });
      const body = new URLSearchParams({ q: influxql });
      const response = await fetch(`${origin}/query?${params}`, { method: "POST", body });
      const answer = (await response.json()) as Answer;
      const [result, ...others] = answer.results ?? [];
      const error =
        answer.error ?? result?.error ?? (others.length > 0 ? "more than one statement" : undefined);
      if (error !== undefined) throw new Error(`${error}: ${influxql}`);
      return result?.series ?? [];
    },
  };
}

/** How many values each column has, time left out. */
export function valuesByColumn(series: readonly Series[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { columns, values } of series) {
    for (const [n, column] of columns.entries()) {
      if (column === "time") continue;
      const told = values.filter((row) => row[n] !== null).length;
      counts.set(column, (counts.get(column) ?? 0) + told);
    }
  }
  return counts;
}

/** What a variable offers of the answer of `SHOW TAG VALUES`. */
export function valuesIn(series: readonly Series[]): string[] {
  return [...new Set(series.flatMap(({ values }) => values.map((row) => String(row[1]))))];
}
