/** The raw way: k6's own InfluxDB output, in stock k6, one point a sample (docs/influx.md). */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { influxd, noInfluxd } from "../../bench/influx/testing/influxd.ts";
import { query } from "../../bench/influx/testing/query.ts";
import { startTarget } from "../start-target.ts";
import { rawK6 } from "./raw-k6.ts";

/** Runs the spike for a few seconds; gives back what k6 printed, its summary among it. */
const spike = (t: TestContext, url: string, out: string, env: Record<string, string> = {}) =>
  rawK6(t, { script: "spike", out, tell: { SECONDS: "5", VUS: "20", BASE_URL: url }, env });

/** The address of a bundled connector of the test's own. */
async function up(t: TestContext): Promise<string> {
  const { full = "" } = await startTarget(t, "connector", "--port-base", "0", "--variants", "full");
  return full;
}

/** How many samples k6 itself says there were. */
const countIn = (output: string) => Number(/http_reqs\.*: (\d+) /.exec(output)?.[1]);

async function counted(origin: string, db: string, user = ""): Promise<{ n: number; sum: number }> {
  const [rows] = await query(origin, "SELECT count(value), sum(value) FROM http_reqs", { db, user });
  const [, n, sum] = rows?.values[0] ?? [];
  return { n: Number(n), sum: Number(sum) };
}

test("k6 run --out influxdb writes every sample into the database of its URL, which it makes itself", {
  skip: noInfluxd,
}, async (t) => {
  const { origin } = await influxd(t);
  const made = countIn(await spike(t, await up(t), `influxdb=${origin}/k6`));
  assert.ok(made > 100, `${made} requests`);
  // One point a request, none written over by another: times are nanoseconds.
  assert.deepEqual(await counted(origin, "k6"), { n: made, sum: made });
  const [latency] = await query(origin, "SELECT * FROM latency LIMIT 1", { db: "k6" });
  assert.ok(latency?.columns.includes("value") && latency.columns.includes("phase"), latency?.columns.join());
});

test("its settings come from the environment as well; at a precision of seconds points overwrite each other", {
  skip: noInfluxd,
}, async (t) => {
  const { origin } = await influxd(t, { auth: true });
  await query(origin, "CREATE USER ann WITH PASSWORD 's3cret' WITH ALL PRIVILEGES");
  const made = countIn(
    await spike(t, await up(t), "influxdb", {
      K6_INFLUXDB_ADDR: origin,
      K6_INFLUXDB_DB: "load",
      K6_INFLUXDB_USERNAME: "ann",
      K6_INFLUXDB_PASSWORD: "s3cret",
      K6_INFLUXDB_PRECISION: "s",
    }),
  );
  const { n } = await counted(origin, "load", "ann:s3cret");
  assert.ok(n > 0 && n < made / 10, `${n} of ${made}`);
});
