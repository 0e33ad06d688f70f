/**
 * The users that docs/grafana.md makes, and those that the image of InfluxDB makes when it starts: one who may look at
 * the points of runs and of k6 and nothing more, and one who writes them.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Influxd, influxd, noInfluxd } from "../../bench/influx/testing/influxd.ts";
import { query } from "../../bench/influx/testing/query.ts";
import { ROOT } from "../plimsoll.ts";

/** Writes a point; gives back the status of the answer. */
async function write(origin: string, db: string, user: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(user).toString("base64")}`;
  const url = `${origin}/write?db=${db}`;
  return (await fetch(url, { method: "POST", body: "totals,run=r1 rate=7", headers: { authorization } }))
    .status;
}

/** That `plimsoll` writes to both databases, and `grafana` reads there and can do nothing else. */
async function rightsAreAsTold(origin: string, writer: string, reader: string): Promise<void> {
  for (const db of ["plimsoll", "k6"]) {
    assert.equal(await write(origin, db, writer), 204, db);
    assert.equal(await write(origin, db, reader), 403, db);
    const grafana = { user: reader, db };
    const [totals] = await query(origin, "SELECT rate FROM totals", grafana);
    assert.equal(totals?.values[0]?.[1], 7, db);
    for (const q of [`DROP DATABASE ${db}`, "DROP SERIES FROM totals", "SELECT * INTO copied FROM totals"])
      await assert.rejects(query(origin, q, grafana), /not authorized/, q);
  }
}

test("the users of the docs: one writes; one sees what is there, and can neither drop nor write anything", {
  skip: noInfluxd,
}, async (t) => {
  const { origin } = await influxd(t, { auth: true });
  const docs = readFileSync(join(ROOT, "docs", "grafana.md"), "utf8");
  const statements = [...docs.matchAll(/^ {4}((?:CREATE|GRANT) .+)$/gm)].map(([, statement]) => statement);
  assert.equal(statements.length, 9);
  // The first makes the admin, who makes the rest.
  for (const [n, statement] of statements.entries())
    await query(origin, statement ?? "", n === 0 ? {} : { user: "admin:..." });
  await rightsAreAsTold(origin, "plimsoll:...", "grafana:...");
});

/** Sources build/influxdb/k6-database.sh as the image does: in bash that stops at an error, with its own variables. */
async function sourced({ origin, folder }: Influxd, env: Record<string, string>): Promise<void> {
  const influx = join(folder, "influx.mjs");
  writeFileSync(
    influx,
    `#!${process.execPath}
const headers = { authorization: "Basic " + Buffer.from("admin:...").toString("base64") };
const body = new URLSearchParams({ q: process.argv[2] });
const answer = await (await fetch("${origin}/query", { method: "POST", body, headers })).json();
process.exit(answer.results?.every(({ error }) => !error) ? 0 : 1);
`,
  );
  chmodSync(influx, 0o755);
  const script = join(ROOT, "build", "influxdb", "k6-database.sh");
  const child = spawn("bash", ["-c", `set -e; . ${script}`], {
    env: { PATH: process.env.PATH ?? "", INFLUX_CMD: influx, ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  assert.deepEqual(await once(child, "close"), [0, null]);
}

test("InfluxDB's image makes the database of k6 when it starts, and its users may use it", {
  skip: noInfluxd,
}, async (t) => {
  const open = await influxd(t);
  await sourced(open, { INIT_USERS: "" });
  assert.equal(await write(open.origin, "k6", "nobody:"), 204);

  const closed = await influxd(t, { auth: true });
  await query(closed.origin, "CREATE USER admin WITH PASSWORD '...' WITH ALL PRIVILEGES");
  // What the image itself does with INFLUXDB_DB, INFLUXDB_USER and INFLUXDB_READ_USER.
  for (const statement of [
    "CREATE DATABASE plimsoll",
    "CREATE USER plimsoll WITH PASSWORD 'w'",
    "GRANT ALL ON plimsoll TO plimsoll",
    "CREATE USER grafana WITH PASSWORD 'r'",
    "GRANT READ ON plimsoll TO grafana",
  ])
    await query(closed.origin, statement, { user: "admin:..." });
  await sourced(closed, { INIT_USERS: "1", INFLUXDB_USER: "plimsoll", INFLUXDB_READ_USER: "grafana" });
  await rightsAreAsTold(closed.origin, "plimsoll:w", "grafana:r");
});
