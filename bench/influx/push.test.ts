import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Failure } from "../failure.ts";
import { count } from "../format.ts";
import { resources } from "../judge/testing/evidence.ts";
import { type RunFolder, readRun, writeRun } from "../results/store.ts";
import { wholeRun } from "../results/testing/run.ts";
import { counter, requests, windowAt } from "../windows/testing/windows.ts";
import { addressOf } from "./address.ts";
import type { Backoff } from "./backoff.ts";
import { type Deliver, deliverTo } from "./delivery.ts";
import { openDatabase } from "./open-database.ts";
import { type InfluxPoint, lineOf } from "./point.ts";
import { pointsOfFolder, push } from "./push.ts";
import { fakeInflux } from "./testing/fake-influx.ts";
import { influxd, noInfluxd } from "./testing/influxd.ts";
import { dump, ordered } from "./testing/query.ts";

const SECONDS = 20;
const NO_WAIT: Backoff = { next: () => 0, reset: () => {} };

/** A run of twenty seconds, unless said, as it lies on the disk. */
function stored(t: TestContext, length: number = SECONDS): RunFolder {
  const run = wholeRun();
  const folder = { id: run.run, path: mkdtempSync(join(tmpdir(), "plimsoll-push-")) };
  t.after(() => rmSync(folder.path, { recursive: true, force: true }));
  writeRun(folder, run);
  const seconds = Array.from({ length }, (_, at) => at);
  const jsonLines = (all: readonly unknown[]) => all.map((one) => `${JSON.stringify(one)}\n`).join("");
  const phase = (at: number) => (at < 5 ? "ramp" : "hold");
  writeFileSync(
    join(folder.path, "windows.ndjson"),
    jsonLines(seconds.map((at) => windowAt(at, requests(10, 1.5, { phase: phase(at) }, at % 3)))),
  );
  const target = { cpuCores: 0.3, rssBytes: 80e6 };
  writeFileSync(
    join(folder.path, "resources.ndjson"),
    jsonLines(seconds.map((at) => resources(at + 1, { target, k6CpuCores: 0.5, benchLoopDelayMs: 12 }))),
  );
  return folder;
}

async function pointsOf(folder: RunFolder): Promise<InfluxPoint[]> {
  const points: InfluxPoint[] = [];
  for await (const point of pointsOfFolder(folder)) points.push(point);
  return points;
}

test("a stored run is in the database point for point; pushed again, nothing is there twice and nothing changes", {
  skip: noInfluxd,
}, async (t) => {
  const folder = stored(t);
  const { origin } = await influxd(t);
  const address = addressOf(`${origin}/plimsoll`);
  await openDatabase(address, () => {});
  const points = await pointsOf(folder);
  // Windows of six series and their totals, three resources, the phases, and the run's start and end.
  assert.equal(points.length, SECONDS * (6 + 1 + 3) + 2 + (1 + 10) + (10 + 2));
  for (let time = 0; time < 2; time++) {
    assert.equal(await push(folder, deliverTo(address)), points.length);
    assert.deepEqual(await dump(origin, "plimsoll"), ordered(points));
  }
});

test("a database that is away for a moment is tried again", async (t) => {
  const folder = stored(t);
  let attempts = 0;
  const deliver: Deliver = async (lines) =>
    ++attempts <= 3
      ? { taken: false, why: "ECONNREFUSED" }
      : { taken: true, written: lines.length, refused: 0, why: "" };
  assert.equal(await push(folder, deliver, NO_WAIT), (await pointsOf(folder)).length);
  assert.equal(attempts, 4);
});

test("a database that stays away is told in a line, and the command fails", async (t) => {
  await assert.rejects(
    push(stored(t), async () => ({ taken: false, why: "ECONNREFUSED" }), NO_WAIT),
    (error) =>
      error instanceof Failure &&
      error.exitCode === 1 &&
      /stopped taking points after 0 \(ECONNREFUSED\); the same/.test(error.message),
  );
});

test("points that are refused do not keep the others back: they are counted, and the command fails with the first reason", async (t) => {
  // More than one batch.
  const folder = stored(t, 800);
  const all = (await pointsOf(folder)).length;
  let [batches, sent] = [0, 0];
  const deliver: Deliver = async (lines) => {
    sent += lines.length;
    return { taken: true, written: lines.length - 1, refused: 1, why: `conflict ${++batches}` };
  };
  await assert.rejects(
    push(folder, deliver, NO_WAIT),
    (error) =>
      error instanceof Failure &&
      error.exitCode === 1 &&
      error.message === `InfluxDB refused 2 of ${count(all)} points, and has the others: conflict 1`,
  );
  assert.deepEqual([batches, sent], [2, all]);
});

test("a proxy that lets only small writes through gets small ones: every point arrives, and once", async (t) => {
  const folder = stored(t, 800);
  const fake = await fakeInflux(t, (response) => response.writeHead(204).end(), { mostBytes: 100_000 });
  const points = await pointsOf(folder);
  assert.equal(await push(folder, deliverTo(addressOf(`${fake.origin}/x`))), points.length);
  assert.deepEqual(fake.writes.flat(), points.map(lineOf));
});

test("a point that alone is too large is refused, and the others are sent", async (t) => {
  const folder = stored(t);
  const run = readRun(folder);
  writeRun(folder, { ...run, reasons: ["x".repeat(5_000)] });
  const fake = await fakeInflux(t, (response) => response.writeHead(204).end(), { mostBytes: 2_000 });
  const points = (await pointsOf(folder)).length;
  await assert.rejects(push(folder, deliverTo(addressOf(`${fake.origin}/x`))), {
    message: `InfluxDB refused 1 of ${count(points)} points, and has the others: <html><head><title>413 Request Entity Too Large</title></head></html>`,
  });
  assert.equal(fake.writes.flat().length, points - 1);
});

test("a last line that was cut is left out and told; a line that is broken elsewhere is a failure", async (t) => {
  const folder = stored(t);
  const files = ["windows.ndjson", "resources.ndjson"].map((name) => join(folder.path, name));
  const before = await pointsOf(folder);
  for (const file of files) writeFileSync(file, readFileSync(file, "utf8").slice(0, -30));
  const said: string[] = [];
  const take: Deliver = async (lines) => ({ taken: true, written: lines.length, refused: 0, why: "" });
  assert.equal(await push(folder, take, NO_WAIT, (line) => said.push(line)), before.length - (6 + 1 + 3));
  assert.deepEqual(
    said,
    files.map((file) => `the last line of ${file} was cut, and is left out`),
  );
  // Whole and unterminated is whole.
  for (const [n, file] of files.entries()) {
    const lines = readFileSync(file, "utf8").split("\n");
    writeFileSync(file, lines.slice(0, -1).join("\n"));
    assert.equal(said.length, 2);
    if (n === 0) writeFileSync(file, `${lines[0]?.slice(0, -30)}\n${lines[1]}`);
  }
  await assert.rejects(push(folder, take, NO_WAIT), /windows\.ndjson is cut or not ours/);
});

test("series that were too many for a second are told when a run is pushed, as when it is streamed", async (t) => {
  const folder = stored(t);
  const crowd = Array.from({ length: 450 }, (_, n) => counter("mine", 1, { name: `n${n}` }));
  const windows = [windowAt(0, crowd), windowAt(1, crowd), windowAt(2, crowd.slice(0, 410))];
  writeFileSync(
    join(folder.path, "windows.ndjson"),
    windows.map((one) => `${JSON.stringify(one)}\n`).join(""),
  );
  const said: string[] = [];
  for await (const _ of pointsOfFolder(folder, (line) => said.push(line)));
  assert.deepEqual(said, ["of a second up to 50 series were too many, and are left out"]);
});

test("a window that cannot be read ends the push with its file and what is wrong", async (t) => {
  const folder = stored(t);
  const broken = windowAt(0, requests(10, 1.5, { phase: "hold" }));
  const series = broken.series.map((one) => (one.type === "trend" ? { ...one, hdr: "HISTFAAAA" } : one));
  writeFileSync(join(folder.path, "windows.ndjson"), `${JSON.stringify({ ...broken, series })}\n`);
  await assert.rejects(
    pointsOf(folder),
    (error) =>
      error instanceof Failure && error.exitCode === 2 && /windows\.ndjson: a histogram/.test(error.message),
  );
});
