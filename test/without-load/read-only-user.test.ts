/** The user that docs/grafana.md makes for Grafana's data source may look at the points of runs, and nothing more. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { influxd, noInfluxd } from "../../bench/influx/testing/influxd.ts";
import { query } from "../../bench/influx/testing/query.ts";
import { ROOT } from "../plimsoll.ts";

test("a user who may only read sees what is there, and can neither drop nor write anything", {
  skip: noInfluxd,
}, async (t) => {
  const { origin } = await influxd(t, { auth: true });
  const admin = { user: "root:s3cret" };
  await query(origin, "CREATE USER root WITH PASSWORD 's3cret' WITH ALL PRIVILEGES");
  await query(origin, "CREATE DATABASE plimsoll", admin);
  const docs = readFileSync(join(ROOT, "docs", "grafana.md"), "utf8");
  const statements = [...docs.matchAll(/^ {4}((?:CREATE USER|GRANT) .+)$/gm)].map(
    ([, statement]) => statement,
  );
  assert.equal(statements.length, 2);
  for (const statement of statements) await query(origin, statement ?? "", admin);
  const authorization = `Basic ${Buffer.from(admin.user).toString("base64")}`;
  const body = "totals,run=r1 rate=7";
  const written = await fetch(`${origin}/write?db=plimsoll`, {
    method: "POST",
    body,
    headers: { authorization },
  });
  assert.equal(written.status, 204);

  const grafana = { user: "grafana:...", db: "plimsoll" };
  const [totals] = await query(origin, "SELECT rate FROM totals", grafana);
  assert.equal(totals?.values[0]?.[1], 7);
  for (const q of ["DROP DATABASE plimsoll", "DROP SERIES FROM totals", "SELECT * INTO copied FROM totals"])
    await assert.rejects(query(origin, q, grafana), /not authorized/, q);
});
