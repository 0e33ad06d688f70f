/** What is found before a run starts: against a real influxd, and against servers that are none. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { freeBase } from "../../targets/ilp/testing/free-base.ts";
import { Failure } from "../failure.ts";
import { addressOf } from "./address.ts";
import { askDatabase, type OpenOptions, openDatabase } from "./open-database.ts";
import { influxd, noInfluxd, unstartedInfluxd } from "./testing/influxd.ts";
import { query } from "./testing/query.ts";

const SHORT_MS = 300;

/** The line that stops the run; what was said while it waited is checked to hold no password either. */
async function stops(url: string, waitMs = SHORT_MS): Promise<string> {
  const said: string[] = [];
  try {
    await openDatabase(addressOf(url), (line) => said.push(line), { waitMs });
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    assert.equal(error.exitCode, 2);
    assert.doesNotMatch(`${error.message} ${said}`, /s3cret|\n/);
    return error.message;
  }
  throw new assert.AssertionError({ message: `${url} was taken` });
}

const opens = (url: string, options?: OpenOptions) => openDatabase(addressOf(url), () => {}, options);

test("a missing database is made, one that is there is left alone, whatever its name", {
  skip: noInfluxd,
}, async (t) => {
  const { origin } = await influxd(t);
  for (const name of ["plimsoll", 'two "words", Grüße']) {
    const url = `${origin}/${encodeURIComponent(name)}`;
    assert.deepEqual(await askDatabase(addressOf(url)), { state: "missing" });
    await opens(url);
    const found = await askDatabase(addressOf(url));
    assert.match(found.state === "ready" ? (found.version ?? "") : found.state, /^v?1\.\d+/);
    await opens(url);
    const [databases] = await query(origin, "SHOW DATABASES");
    assert.ok(databases?.values.flat().includes(name));
  }
});

test("with users: who may write is let in; a wrong password, no user and a missing right are each told", {
  skip: noInfluxd,
}, async (t) => {
  const { origin } = await influxd(t, { auth: true });
  const root = { user: "root:s3cret" };
  await query(origin, `CREATE USER root WITH PASSWORD 's3cret' WITH ALL PRIVILEGES`);
  await query(origin, "CREATE DATABASE load", root);
  for (const name of ["writer", "reader"])
    await query(origin, `CREATE USER ${name} WITH PASSWORD 's3cret'`, root);
  await query(origin, "GRANT WRITE ON load TO writer", root);
  await query(origin, "GRANT READ ON load TO reader", root);
  const as = (user: string, database: string) => `${origin.replace("//", `//${user}@`)}/${database}`;

  await opens(as("writer:s3cret", "load"));
  await opens(as("root:s3cret", "made-by-root"));
  assert.match(await stops(as("writer:s3cret-not", "load")), /refuses the user or the password in --influx$/);
  assert.match(await stops(`${origin}/load`), /asks for a user: http:\/\/user:password@host:8086\/database$/);
  assert.match(
    await stops(as("reader:s3cret", "load")),
    /does not let this user write to "load" .*GRANT WRITE/,
  );
  assert.match(
    await stops(as("writer:s3cret", "other")),
    /has no database "other" and will not make it \(.+\): have it made/,
  );
});

test("a server that starts a little later is waited for", { skip: noInfluxd }, async (t) => {
  const late = await unstartedInfluxd();
  t.after(late.remove);
  const said: string[] = [];
  const opened = openDatabase(addressOf(`${late.origin}/x`), async (line) => {
    if (said.push(line) === 1) await late.start();
  });
  await opened;
  assert.deepEqual(said, [
    `waiting for InfluxDB at ${late.origin} (ECONNREFUSED)`,
    `there was no database "x" at ${late.origin}: it was made`,
  ]);
  assert.equal((await askDatabase(addressOf(`${late.origin}/x`))).state, "ready");
});

test("where nobody listens, the line says so and what to do", async () => {
  const origin = `http://127.0.0.1:${await freeBase()}`;
  assert.equal(
    await stops(`${origin.replace("//", "//ann:s3cret@")}/x`),
    `no InfluxDB answers at ${origin} (ECONNREFUSED): start it, or correct the address`,
  );
});

/** A server with one answer to everything. */
async function answering(t: TestContext, status: number, body = "", headers = {}): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status, headers).end(body)).listen(
    0,
    "127.0.0.1",
  );
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

for (const [what, status, body, says] of [
  ["a web server", 404, "404 page not found", /is no InfluxDB 1\.x: POST \/write gives 404$/],
  ["one that says yes to everything", 200, "<html>", /is no InfluxDB 1\.x: POST \/write gives 200$/],
  ["a redirect", 302, "", /is no InfluxDB 1\.x: POST \/write gives 302$/],
  ["one that asks for a user", 401, "", /asks for a user/],
  [
    "one that is broken",
    500,
    '{"error":"engine\\nis closed"}',
    /no InfluxDB answers at \S+ \(engine is closed\)/,
  ],
  ["one that has much to say", 503, "x".repeat(1 << 20), /no InfluxDB answers at \S+ \(x{300}\)/],
] as const) {
  test(`${what} is not taken for a database`, async (t) => {
    const origin = await answering(t, status, body, { location: "http://127.0.0.1:8086/" });
    assert.match(await stops(`${origin}/x`), says);
  });
}

test("where the database need not answer, silence is waited for and passed over; what is wrong still stops", async (t) => {
  const nobody = `http://127.0.0.1:${await freeBase()}`;
  const options = { waitMs: SHORT_MS, mustAnswer: false };
  const said: string[] = [];
  await openDatabase(addressOf(`${nobody}/x`), (line) => said.push(line), options);
  assert.deepEqual(said, [`waiting for InfluxDB at ${nobody} (ECONNREFUSED)`]);
  await opens(`${await answering(t, 503, '{"error":"engine is closed"}')}/x`, options);
  for (const status of [401, 403, 404, 200])
    await assert.rejects(opens(`${await answering(t, status)}/x`, options), { code: "USAGE", exitCode: 2 });
});

test("a server that takes the question and never answers does not hold up the start", async (t) => {
  const server = createServer(() => {}).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  assert.match(await stops(`http://127.0.0.1:${port}/x`), /no InfluxDB answers at \S+ \(no answer in time\)/);
});

test("newer ones that miss the points in an empty write are ready as well", async (t) => {
  const body = '{"code":"invalid","message":"writing requires points"}';
  const origin = await answering(t, 400, body, { "X-Influxdb-Version": "v2.7.1" });
  assert.deepEqual(await askDatabase(addressOf(origin)), { state: "ready", version: "v2.7.1" });
});
