import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import { sample } from "../report/testing/sample.ts";
import { laidRun } from "../results/testing/folder.ts";
import { setAside } from "./set-aside.ts";
import { archive, readArchive, readHistory, record } from "./store.ts";

const NAME = "basic-load.smoke";
const NOW = Date.UTC(2026, 10, 13);

/** Three runs, two of them archived. */
async function results(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), "plimsoll-set-aside-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const { run, ...rest } = sample("basic-load");
  for (const day of [1, 2, 12]) {
    const startedAt = new Date(Date.UTC(2026, 10, day)).toISOString();
    laidRun(root, { ...rest, run: { ...run, startedAt } }, `day-${day}`);
  }
  await record(root);
  archive(root, { days: 5, runs: 9 }, NOW);
  const folder = join(root, "history");
  return {
    root,
    history: join(folder, `${NAME}.ndjson`),
    archived: join(folder, "archive", `${NAME}.ndjson.gz`),
    moved: (file: string) => join(folder, "unreadable", file),
  };
}

const runsOf = (entries: readonly { run: string }[]) => entries.map(({ run }) => run);

test("lines that cannot be read are moved, once, and the others stay", async (t) => {
  const { root, history, moved } = await results(t);
  appendFileSync(history, '{"v":2}\n{"v":1,"ru');
  assert.throws(() => readHistory(root, NAME), { code: "USAGE" });
  assert.deepEqual(
    setAside(root).map((line) => line.replace(/(line 3): .*/, "$1")),
    [`${history}, line 2: not a line of history`, `${history}, line 3`],
  );
  assert.deepEqual(runsOf(readHistory(root, NAME)), ["day-12"]);
  assert.equal(readFileSync(moved(`${NAME}.ndjson`), "utf8"), '{"v":2}\n{"v":1,"ru\n');
  assert.deepEqual(setAside(root), []);
  assert.equal(readFileSync(moved(`${NAME}.ndjson`), "utf8"), '{"v":2}\n{"v":1,"ru\n');
});

test("so are lines of an archive", async (t) => {
  const { root, archived, moved } = await results(t);
  const [first] = readArchive(root, NAME);
  writeFileSync(archived, gzipSync(`not one\n${JSON.stringify(first)}\n`));
  assert.equal(setAside(root).length, 1);
  assert.deepEqual(readArchive(root, NAME), [first]);
  assert.equal(readFileSync(moved(`${NAME}.ndjson`), "utf8"), "not one\n");
});

test("an archive that cannot be unpacked is moved whole, beside those that were before", async (t) => {
  const { root, archived, moved } = await results(t);
  for (const [torn, to] of [
    ["torn", `${NAME}.ndjson.gz`],
    ["torn again", `${NAME}-2.ndjson.gz`],
  ] as const) {
    writeFileSync(archived, torn);
    assert.throws(() => readArchive(root, NAME), { code: "USAGE" });
    assert.deepEqual(setAside(root), [`${archived}, which cannot be unpacked`]);
    assert.deepEqual(readArchive(root, NAME), []);
    assert.equal(readFileSync(moved(to), "utf8"), torn);
  }
});

test("where all can be read, and where there is no history, nothing is made", async (t) => {
  const { root, history } = await results(t);
  const before = readFileSync(history, "utf8");
  assert.deepEqual(setAside(root), []);
  assert.deepEqual(setAside(join(root, "missing")), []);
  assert.equal(readFileSync(history, "utf8"), before);
  assert.ok(!existsSync(join(root, "history", "unreadable")) && !existsSync(join(root, "missing")));
});
