/** A real k6 run in a real influxd, and what a run does not notice when the database fails it. */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { InfluxPoint } from "../../bench/influx/point.ts";
import { pointsOfFolder } from "../../bench/influx/push.ts";
import { fakeInflux } from "../../bench/influx/testing/fake-influx.ts";
import { influxd, noInfluxd, unstartedInfluxd } from "../../bench/influx/testing/influxd.ts";
import { dump, ordered, query } from "../../bench/influx/testing/query.ts";
import { freeBase } from "../../targets/ilp/testing/free-base.ts";
import {
  AT_A_TERMINAL,
  onlyRun,
  plimsoll,
  ROOT,
  resultsFolder,
  runScenario,
  said,
  start,
} from "../plimsoll.ts";
import { onlyTooSlow } from "../too-slow.ts";

const SHORT = ["--rate", "100", "--seconds", "6"];
/** The first line about a run's progress. */
const UNDER_WAY = /basic-load \d+ s\//;

/** The points that pushing the run would write. */
async function pointsOf(folder: string): Promise<InfluxPoint[]> {
  const points: InfluxPoint[] = [];
  for await (const point of pointsOfFolder({ id: "", path: folder })) points.push(point);
  return ordered(points);
}

const writtenIn = (line: string) => Number(/InfluxDB: ([\d,]+) points/.exec(line)?.[1]?.replaceAll(",", ""));

test("what is streamed while a run goes is, point for point, what pushing it writes; pushing it again changes nothing", {
  skip: noInfluxd,
}, async (t) => {
  const { origin } = await influxd(t, { auth: true });
  const user = "root:s3cret";
  await query(origin, "CREATE USER root WITH PASSWORD 's3cret' WITH ALL PRIVILEGES");
  const at = (database: string) => `${origin.replace("//", `//${user}@`)}/${database}`;
  const flags = [...SHORT, "--port-base", String(await freeBase()), "--influx", at("live")];
  const { folder, run, stdout, stderr } = await runScenario(t, "soak", ...flags);
  assert.equal(run.state, "complete", stdout);
  const points = await pointsOf(folder);
  assert.deepEqual(await dump(origin, "live", user), points);
  assert.equal(writtenIn(stderr), points.length);
  holdsAllOfARun(points);

  for (const database of ["pushed", "live"]) {
    const pushed = await plimsoll(t, "push", folder, "--influx", at(database));
    assert.equal(pushed.exitCode, 0, pushed.stderr);
    assert.match(pushed.stdout, /^[\d,]+ points of \S+ are in http:\/\/127\.0\.0\.1:\d+\/(live|pushed)\n$/);
    assert.deepEqual(await dump(origin, database, user), points);
  }

  // The password was used, and is in nothing that a run says or leaves: neither as it is nor as the header has it.
  const secret = new RegExp(`s3cret|${Buffer.from(user).toString("base64")}`);
  assert.doesNotMatch(`${stdout}${stderr}`, secret);
  const left = filesBelow(folder);
  for (const name of ["run.json", "report.html", "k6.log", "target.log", "windows.ndjson"])
    assert.ok(left.includes(join(folder, name)), `${name} among ${left}`);
  for (const file of left) assert.doesNotMatch(readFileSync(file, "latin1"), secret, file);
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** A soak at 100 packets a second: what k6 measured, what each process used, what the connector told, how it ended. */
function holdsAllOfARun(points: readonly InfluxPoint[]): void {
  const measurements = new Set(points.map(({ measurement }) => measurement));
  for (const one of ["latency", "packets", "vus", "resources", "nodes", "sla", "annotations", "verdicts"])
    assert.ok(measurements.has(one), one);
  const values = (tag: string) => [...new Set(points.flatMap(({ tags }) => tags[tag] ?? []))].sort();
  // Only Linux counts what the machine's host takes.
  const [host, stolen] = process.platform === "linux" ? [["host"], ["stolen"]] : [[], []];
  assert.deepEqual(values("process"), ["A", "bench", "bob", "hub", "k6", "other", ...stolen, "target"]);
  assert.deepEqual(values("node"), ["A"]);
  assert.deepEqual(values("kind"), [
    "generator",
    ...host,
    "member",
    "other",
    "phase",
    "start",
    "target",
    "verdict",
  ]);
  const most = (field: string) =>
    Math.max(
      ...points.map(({ measurement, fields }) => (measurement === "nodes" ? Number(fields[field] ?? 0) : 0)),
    );
  for (const field of ["received", "fulfilled", "ledger_posted"])
    assert.ok(most(field) > 80 && most(field) < 160, `${field}: ${most(field)} of 100 packets a second`);
  assert.ok(most("latency_p99_ms") > 0);
}

/** A run whose database fails it must have gone as one that has none. */
async function goesOn(
  t: TestContext,
  url: string,
  during?: (child: ChildProcess) => Promise<void>,
  env?: NodeJS.ProcessEnv,
) {
  // A path that a shell takes for two, unless it is told.
  const out = join(resultsFolder(t), "of a friend");
  const startedMs = Date.now();
  const flags = ["--profile", "smoke", ...SHORT, "--port-base", "0", "--out", out];
  const influx = env ? [] : ["--influx", url];
  const { child, outcome } = start(t, ["run", "basic-load", ...flags, ...influx], ROOT, env);
  await during?.(child);
  const { exitCode, stdout, stderr } = await outcome;
  const seconds = (Date.now() - startedMs) / 1000;
  const { run, folder } = onlyRun(out, { stderr });
  assert.equal(run.state, "complete");
  assert.ok(["pass", "warn"].includes(run.verdict ?? "") || onlyTooSlow(run), `${stdout}\n${stderr}`);
  assert.equal(exitCode, run.exitCode);
  const windows = readFileSync(join(folder, "windows.ndjson"), "utf8").trim().split("\n");
  // 6 s of load, 2 of warm-up, and the second it takes to begin and to end.
  assert.ok(windows.length >= 8 && windows.length <= 11, `${windows.length} windows`);
  // Far below what the slow server takes for one answer, far above what the run needs.
  assert.ok(seconds < 28, `${seconds} s`);
  assert.ok((stderr.match(/does not take points/g) ?? []).length <= 1, `one line of warning:\n${stderr}`);
  return { folder, stderr };
}

test("an influxd that starts late, is stopped in the middle and comes back misses nothing", {
  skip: noInfluxd,
}, async (t) => {
  const server = await unstartedInfluxd();
  t.after(server.remove);
  const { folder, stderr } = await goesOn(t, `${server.origin}/x`, async (child) => {
    await said(child, /waiting for InfluxDB/);
    await server.start();
    await said(child, UNDER_WAY);
    const warned = said(child, /does not take points/);
    await server.stop();
    await warned;
    await server.start();
  });
  assert.match(stderr, /does not take points \(.+\); the run goes on\. Later: npx plimsoll push /);
  assert.match(stderr, /InfluxDB: \d+ points written to \S+\n/);
  assert.deepEqual(await dump(server.origin, "x"), await pointsOf(folder));
});

test("an influxd that is stopped for good is pushed to later, and then has everything", {
  skip: noInfluxd,
}, async (t) => {
  const server = await influxd(t);
  const url = `${server.origin}/x`;
  const { folder, stderr } = await goesOn(t, url, async (child) => {
    await said(child, UNDER_WAY);
    await server.stop();
  });
  assert.match(
    stderr,
    /InfluxDB: \d+ points written to \S+, \d+ dropped \(ECONNREFUSED\); all of them: npx plimsoll push /,
  );
  const dropped = Number(/, (\d+) dropped/.exec(stderr)?.[1]);
  await server.start();
  const points = await pointsOf(folder);
  // A write that was under way when it stopped may be there unconfirmed.
  const there = await dump(server.origin, "x");
  assert.ok(dropped > 0 && there.length >= points.length - dropped && there.length < points.length);
  // The line as it is printed, for a shell to read.
  const advised = /all of them: (npx plimsoll push .+)$/m.exec(stderr)?.[1] ?? "";
  assert.ok(advised.endsWith(` --influx ${url}`), advised);
  const words = execFileSync("sh", ["-c", `printf '%s\\n' ${advised}`], { encoding: "utf8" });
  const [, , ...args] = words.trimEnd().split("\n");
  const pushed = await plimsoll(t, ...args);
  assert.equal(pushed.exitCode, 0, pushed.stderr);
  assert.deepEqual(await dump(server.origin, "x"), points);
});

test("a database that answers 500 to every write does not disturb a run", async (t) => {
  const fake = await fakeInflux(t, (response) => response.writeHead(500).end('{"error":"disk is full"}'));
  const { folder, stderr } = await goesOn(t, `${fake.origin}/x`);
  const points = await pointsOf(folder);
  assert.ok(
    stderr.includes(
      `InfluxDB: 0 points written to ${fake.origin}/x, ${points.length} dropped (disk is full)`,
    ),
    stderr,
  );
});

test("a database that takes 30 s for an answer does not disturb a run", async (t) => {
  const fake = await fakeInflux(t, (response) => {
    const timer = setTimeout(() => response.writeHead(204).end(), 30_000);
    response.once("close", () => clearTimeout(timer));
  });
  const { folder, stderr } = await goesOn(t, `${fake.origin}/x`);
  const points = await pointsOf(folder);
  assert.ok(
    stderr.includes(`0 points written to ${fake.origin}/x, ${points.length} dropped (no answer in time)`),
    stderr,
  );
});

test("a database that the environment names and nobody answers for does not keep a run back", async (t) => {
  const url = `http://127.0.0.1:${await freeBase()}/x`;
  const { folder, stderr } = await goesOn(t, url, undefined, { ...AT_A_TERMINAL, PLIMSOLL_INFLUX: url });
  assert.equal(stderr.match(/does not take points \(ECONNREFUSED\); the run goes on\. Later: /g)?.length, 1);
  const points = await pointsOf(folder);
  assert.ok(stderr.includes(`0 points written to ${url}, ${points.length} dropped (ECONNREFUSED)`), stderr);
});

test("a wrong password, and an address where nobody is, stop a run before it starts; neither line has the password", {
  skip: noInfluxd,
}, async (t) => {
  const { origin } = await influxd(t, { auth: true });
  await query(origin, "CREATE USER root WITH PASSWORD 'right' WITH ALL PRIVILEGES");
  const nobody = `http://127.0.0.1:${await freeBase()}`;
  for (const [at, says] of [
    [origin, /^plimsoll: InfluxDB at \S+ refuses the user or the password in --influx\n$/],
    [nobody, /\nplimsoll: no InfluxDB answers at \S+ \(ECONNREFUSED\): start it, or correct the address\n$/],
  ] as const) {
    const out = resultsFolder(t);
    const url = `${at.replace("//", "//root:s3cret@")}/x`;
    const { exitCode, stdout, stderr } = await plimsoll(
      t,
      "run",
      "basic-load",
      "--out",
      out,
      "--influx",
      url,
    );
    assert.equal(exitCode, 2);
    assert.match(stderr, says);
    assert.doesNotMatch(`${stdout}${stderr}`, /s3cret/);
    assert.throws(() => onlyRun(out, { stderr }), "no results are left");
  }
});

test("an InfluxDB on a port that a variant of interceptor-overhead wants, as 8086 is, ends the run before it starts, with who has it and what to do", {
  skip: noInfluxd,
}, async (t) => {
  const base = await freeBase();
  // The seventh variant stands as far from the base as 8086 from 8080.
  const port = base + 6;
  const { origin } = await influxd(t, { port });
  const out = resultsFolder(t);
  const flags = ["--port-base", String(base), "--out", out, "--influx", `${origin}/x`];
  const { exitCode, stderr } = await plimsoll(t, "run", "interceptor-overhead", ...flags);
  assert.equal(exitCode, 2);
  assert.match(
    stderr,
    new RegExp(
      `\\nplimsoll: connector: port ${port} is taken by process \\d+ \\(.*influxd.*\\); .*--port-base\\n$`,
    ),
  );
  assert.throws(() => onlyRun(out, { stderr }), "no results are left");
});
