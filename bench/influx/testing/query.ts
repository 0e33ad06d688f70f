/** What a database holds, read back over InfluxQL. */
import type { InfluxPoint } from "../point.ts";

type Cell = string | number | boolean | null;

export interface Rows {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly Cell[])[];
}

/** The series a query gives; throws what the server complains of. Times are epoch milliseconds. */
export async function query(
  origin: string,
  q: string,
  { db = "", user = "" }: { readonly db?: string /** `name:password` */; readonly user?: string } = {},
): Promise<readonly Rows[]> {
  const answer = await fetch(`${origin}/query?${new URLSearchParams({ db, q, epoch: "ms" })}`, {
    method: "POST",
    headers: user === "" ? {} : { authorization: `Basic ${Buffer.from(user).toString("base64")}` },
  });
  const { error, results = [] } = (await answer.json()) as {
    error?: string;
    results?: { error?: string; series?: Rows[] }[];
  };
  const wrong = error ?? results.find((result) => result.error !== undefined)?.error;
  if (wrong !== undefined) throw new Error(`${q}: ${wrong}`);
  return results.flatMap(({ series = [] }) => series.map((one) => ({ ...one, tags: one.tags ?? {} })));
}

/** Every point of a database, in an order of its own: two dumps are equal when the databases are. */
export async function dump(origin: string, db: string, user = ""): Promise<InfluxPoint[]> {
  const points: InfluxPoint[] = [];
  for (const { name, tags, columns, values } of await query(origin, "SELECT * FROM /.*/ GROUP BY *", {
    db,
    user,
  })) {
    for (const row of values) {
      const cells = columns.map((column, at) => [column, row[at] ?? null] as const);
      points.push({
        measurement: name,
        // A series that has not a tag another one has is given it as "".
        tags: Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== "")),
        fields: Object.fromEntries(
          cells.filter(([column, value]) => column !== "time" && value !== null),
        ) as InfluxPoint["fields"],
        atMs: Number(row[columns.indexOf("time")]),
      });
    }
  }
  return ordered(points);
}

/** Points, their tags and fields, in the order of a dump. */
export function ordered(points: readonly InfluxPoint[]): InfluxPoint[] {
  const sorted = <V>(of: Readonly<Record<string, V>>): Record<string, V> =>
    Object.fromEntries(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1)));
  return points
    .map((point) => ({ ...point, tags: sorted(point.tags), fields: sorted(point.fields) }))
    .map((point) => ({ key: JSON.stringify([point.measurement, point.tags, point.atMs]), point }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ point }) => point);
}
