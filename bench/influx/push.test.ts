import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Failure } from "../failure.ts";
import { resources } from "../judge/testing/evidence.ts";
import { type RunFolder, writeRun } from "../results/store.ts";
import { wholeRun } from "../results/testing/run.ts";
import { requests, windowAt } from "../windows/testing/windows.ts";
import { addressOf } from "./address.ts";
import type { Backoff } from "./backoff.ts";
import { type Deliver, deliverTo } from "./delivery.ts";
import { openDatabase } from "./open-database.ts";
import type { InfluxPoint } from "./point.ts";
import { pointsOfFolder, push } from "./push.ts";
import { influxd, noInfluxd } from "./testing/influxd.ts";
import { dump, ordered } from "./testing/query.ts";

const SECONDS = 20;
const NO_WAIT: Backoff = { next: () => 0, reset: () => {} };

/** A run of twenty seconds as it lies on the disk. */
function stored(t: TestContext): RunFolder {
  const run = wholeRun();
  const folder = { id: run.run, path: mkdtempSync(join(tmpdir(), "plimsoll-push-")) };
  t.after(() => rmSync(folder.path, { recursive: true, force: true }));
  writeRun(folder, run);
  const seconds = Array.from({ length: SECONDS }, (_, at) => at);
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
  // Windows of six series, three resources, the phases, and the run's start and end.
  assert.equal(points.length, SECONDS * (6 + 3) + 2 + (1 + 10) + (10 + 2));
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

for (const [what, delivery, says] of [
  [
    "stays away",
    { taken: false, why: "ECONNREFUSED" },
    /stopped taking points after 0 \(ECONNREFUSED\); the same/,
  ],
  ["refuses points", { taken: true, written: 1, refused: 2, why: "conflict" }, /refuses 2 points: conflict$/],
] as const) {
  test(`a database that ${what} is told in a line, and the command fails`, async (t) => {
    await assert.rejects(
      push(stored(t), async () => delivery, NO_WAIT),
      (error) => error instanceof Failure && error.exitCode === 1 && says.test(error.message),
    );
  });
}

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
