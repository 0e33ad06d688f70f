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

/** Rows that hold anything beside their time. */
export function rowsIn(series: readonly Series[]): number {
  return series
    .flatMap(({ columns, values }) =>
      values.map((row) => row.filter((value, n) => columns[n] !== "time" && value !== null)),
    )
    .filter((told) => told.length > 0).length;
}

/** What a variable offers of the answer of `SHOW TAG VALUES`. */
export function valuesIn(series: readonly Series[]): string[] {
  return [...new Set(series.flatMap(({ values }) => values.map((row) => String(row[1]))))];
}
