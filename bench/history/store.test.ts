import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { sample } from "../report/testing/sample.ts";
import type { Run } from "../results/run-schema.ts";
import { laidRun } from "../results/testing/folder.ts";
import { archive, histories, readArchive, readHistory, record } from "./store.ts";

const SAMPLE = sample("basic-load");
const NAME = "basic-load.smoke";

function results(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), "plimsoll-history-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

/** A run on the disk that began on a day of November. */
function laid(root: string, id: string, day: number, change: Partial<Run> = {}) {
  const startedAt = new Date(Date.UTC(2026, 10, day)).toISOString();
  return laidRun(root, { ...SAMPLE, run: { ...SAMPLE.run, startedAt, ...change } }, id);
}

const runsOf = (entries: readonly { run: string }[]) => entries.map(({ run }) => run);

test("a run is taken in once, in the order of time, with the figures that comparisons have", async (t) => {
  const root = results(t);
  laid(root, "a-later", 9);
  laid(root, "b-earlier", 3);
  assert.equal(await record(root), 2);
  const [first, second, ...more] = readHistory(root, NAME);
  assert.deepEqual([first?.run, second?.run, more], ["b-earlier", "a-later", []]);
  const p95 = SAMPLE.run.sla.find(({ id }) => id === "latency-p95")?.value ?? Number.NaN;
  assert.ok(Math.abs((first?.metrics["latency-p95"] ?? 0) - p95) < 1e-5 * p95);
  assert.deepEqual(
    [first?.commit, first?.machine, first?.verdict, first?.load],
    [SAMPLE.run.commit, SAMPLE.run.host.fingerprint, "pass", second?.load],
  );
  assert.equal(await record(root), 0);
  laid(root, "c-new", 5);
  assert.equal(await record(root), 1);
  assert.deepEqual(runsOf(readHistory(root, NAME)), ["b-earlier", "c-new", "a-later"]);
});

test("a line says what each gate came to, where it was judged, and of which run it was a retry", async (t) => {
  const root = results(t);
  const [first, second, third, ...more] = SAMPLE.run.sla;
  assert.ok(first && second && third);
  const sla = [
    { ...first, id: "a", state: "fail" as const },
    { ...second, id: "b", state: "warn" as const },
    { ...third, id: "c", state: "not-applicable" as const },
    ...more.slice(0, 1).map((row) => ({ ...row, id: "d", state: "no-data" as const })),
  ];
  const retryOf = { run: "a-1", verdict: "fail", reasons: ["slow"], ownVerdict: "pass" } as const;
  laid(root, "a-2", 2, { sla, retryOf: { ...retryOf, reasons: ["slow"] } });
  await record(root);
  const [line] = readHistory(root, NAME);
  assert.deepEqual(line?.gates, { a: "fail", b: "warn" });
  assert.deepEqual(line?.retryOf, { run: "a-1", verdict: "fail" });
});

test("a target that died says nothing of gates; where it listened does not make it another", async (t) => {
  const root = results(t);
  const { target } = SAMPLE.run;
  const on = (flags: string) => ({ target: { ...target, command: `node connector.mjs${flags}` } });
  const died = { exitCode: 1, signal: null, atSeconds: 5, lastLog: [] };
  laid(root, "a", 1, on(" --port-base 0"));
  laid(root, "b", 2, on(" --port-base 9000 --admin-port 9030"));
  laid(root, "c", 3, on(" --fault latency=70ms --port-base 0"));
  laid(root, "d", 4, { target: { ...target, died }, verdict: "fail" });
  await record(root);
  const [a, b, c, d] = readHistory(root, NAME);
  assert.equal(a?.target, b?.target);
  assert.notEqual(a?.target, c?.target);
  assert.deepEqual(d?.gates, {});
});

test("lines from before there were gates are read", async (t) => {
  const root = results(t);
  laid(root, "day-1", 1);
  await record(root);
  const file = join(root, "history", `${NAME}.ndjson`);
  const { gates, target, ...old } = JSON.parse(readFileSync(file, "utf8"));
  assert.ok(gates && target);
  writeFileSync(file, `${JSON.stringify(old)}\n`);
  assert.deepEqual(readHistory(root, NAME), [old]);
});

test("history stays when the folder of a run goes", async (t) => {
  const root = results(t);
  const folder = laid(root, "gone", 1);
  await record(root);
  rmSync(folder.path, { recursive: true });
  assert.equal(await record(root), 0);
  assert.deepEqual(runsOf(readHistory(root, NAME)), ["gone"]);
});

test("runs without figures of the target are left out, and do not stop the others", async (t) => {
  const root = results(t);
  laid(root, "invalid", 1, { verdict: "invalid", reasons: ["late"] });
  laid(root, "cut", 2, { state: "interrupted" });
  laidRun(root, { ...SAMPLE, windows: [] }, "empty");
  writeFileSync(join(laid(root, "broken", 3).path, "run.json"), "{");
  appendFileSync(join(laid(root, "torn", 4).path, "windows.ndjson"), '{"v":1,');
  laid(root, "good", 5);
  const unread: string[] = [];
  assert.equal(await record(root, { unreadable: ({ message }) => unread.push(message) }), 1);
  assert.equal(unread.length, 1);
  assert.match(unread[0] ?? "", /broken\/run\.json cannot be read as a run: /);
  assert.deepEqual(runsOf(readHistory(root, NAME)), ["good"]);
});

test("the archive takes what is too old, and of the rest all but the newest; nothing is lost or comes back", async (t) => {
  const root = results(t);
  for (const day of [1, 2, 10, 11, 12]) laid(root, `day-${day}`, day);
  await record(root);
  const now = Date.UTC(2026, 10, 13);
  assert.deepEqual(archive(root, { days: 10, runs: 2 }, now), new Map([[NAME, { archived: 3, kept: 2 }]]));
  assert.deepEqual(runsOf(readHistory(root, NAME)), ["day-11", "day-12"]);
  assert.deepEqual(runsOf(readArchive(root, NAME)), ["day-1", "day-2", "day-10"]);
  assert.equal(await record(root), 0);

  laid(root, "day-13", 13);
  await record(root);
  assert.deepEqual(archive(root, { days: 10, runs: 2 }, now), new Map([[NAME, { archived: 1, kept: 2 }]]));
  assert.deepEqual(runsOf(readArchive(root, NAME)), ["day-1", "day-2", "day-10", "day-11"]);
  const packed = readFileSync(join(root, "history", "archive", `${NAME}.ndjson.gz`));
  assert.equal(gunzipSync(packed).toString().trim().split("\n").length, 4);
});

test("an archive that was killed between its two writes has each run once the next time", async (t) => {
  const root = results(t);
  for (const day of [1, 2, 12]) laid(root, `day-${day}`, day);
  await record(root);
  const file = join(root, "history", `${NAME}.ndjson`);
  const before = readFileSync(file);
  const now = Date.UTC(2026, 10, 13);
  archive(root, { days: 10, runs: 2 }, now);
  writeFileSync(file, before);
  archive(root, { days: 10, runs: 2 }, now);
  const packed = readFileSync(join(root, "history", "archive", `${NAME}.ndjson.gz`));
  const lines = gunzipSync(packed).toString().trim().split("\n");
  assert.deepEqual(runsOf(lines.map((line) => JSON.parse(line))), ["day-1", "day-2"]);
  assert.deepEqual(runsOf(readHistory(root, NAME)), ["day-12"]);
});

test("histories that git merged are read oldest first, each run once", async (t) => {
  const root = results(t);
  for (const day of [3, 5, 9]) laid(root, `day-${day}`, day);
  await record(root);
  const file = join(root, "history", `${NAME}.ndjson`);
  const [a, b, c] = readFileSync(file, "utf8").trim().split("\n");
  writeFileSync(file, `${[c, a, b, a].join("\n")}\n`);
  assert.deepEqual(runsOf(readHistory(root, NAME)), ["day-3", "day-5", "day-9"]);
});

test("what is young and little stays where it is", async (t) => {
  const root = results(t);
  laid(root, "day-1", 1);
  await record(root);
  const kept = archive(root, { days: 90, runs: 300 }, Date.UTC(2026, 10, 13));
  assert.deepEqual(kept, new Map([[NAME, { archived: 0, kept: 1 }]]));
  assert.deepEqual(readArchive(root, NAME), []);
});

test("a history that cannot be read is refused in one line that says where", async (t) => {
  const root = results(t);
  laid(root, "day-1", 1);
  await record(root);
  const file = join(root, "history", `${NAME}.ndjson`);
  for (const [line, says] of [
    ['{"v":1,"run":', /basic-load\.smoke\.ndjson, line 2: /],
    ['{"v":2}', /line 2: not a line of history; npx plimsoll archive sets it aside$/],
  ] as const) {
    const whole = readFileSync(file);
    appendFileSync(file, `${line}\n`);
    assert.throws(() => readHistory(root, NAME), { code: "USAGE", message: says });
    writeFileSync(file, whole);
  }
  writeFileSync(join(root, "history", "archive.txt"), "");
  assert.deepEqual(histories(root), [NAME]);
  rmSync(file);
  mkdirSync(file);
  assert.throws(() => readHistory(root, NAME), { code: "USAGE", message: /\.ndjson cannot be read: EISDIR/ });
});

test("who is interested in one history takes in its runs alone, whatever the others look like", async (t) => {
  const root = results(t);
  laid(root, "day-1", 1);
  const { run } = sample("stress");
  laidRun(root, { ...sample("stress"), run }, "other");
  assert.equal(await record(root), 2);
  const other = join(root, "history", `stress.${run.plan.profile}.ndjson`);
  appendFileSync(other, "torn\n");
  const before = readFileSync(other);
  rmSync(join(root, "history", `${NAME}.ndjson`));
  await assert.rejects(record(root), { code: "USAGE", message: /stress\.\w+\.ndjson, line 2: / });
  assert.equal(await record(root, undefined, NAME), 1);
  assert.deepEqual(runsOf(readHistory(root, NAME)), ["day-1"]);
  assert.deepEqual(readFileSync(other), before);
});
