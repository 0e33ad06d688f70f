import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { baselineOf } from "../baseline/baseline.ts";
import { writeBaseline } from "../baseline/store.ts";
import { sample } from "../report/testing/sample.ts";

const { run, windows, resources } = sample("basic-load");
const BASELINE = await baselineOf(run, windows, resources);
const MAIN = join(import.meta.dirname, "..", "main.ts");

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "plimsoll-baselines-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function list(dir: string, ...flags: string[]) {
  return spawnSync(process.execPath, [MAIN, "baseline", "list", "--dir", dir, ...flags], {
    encoding: "utf8",
  });
}

test("files that are no baseline are told, a line each, and the good ones are listed", (t) => {
  const root = folder(t);
  writeBaseline(BASELINE, root);
  writeFileSync(join(root, "a-torn.smoke.json"), "{");
  writeFileSync(join(root, "stress.full.json"), "[]");
  const { stdout, stderr, status } = list(root);
  assert.match(stdout, /basic-load\.smoke/);
  assert.match(
    stderr,
    /^plimsoll: left out: .*a-torn\.smoke\.json .*\nplimsoll: left out: .*stress\.full\.json .*\n$/,
  );
  assert.equal(status, 2);
  const json = list(root, "--json");
  assert.deepEqual([JSON.parse(json.stdout).length, json.status], [1, 2]);
});

test("where all are good, or there is none, the list exits 0; where none is good it does not say that there is none", (t) => {
  const root = folder(t);
  assert.match(list(root).stdout, /^there is no baseline yet/);
  const file = writeBaseline(BASELINE, root);
  const { stderr, status } = list(root);
  assert.deepEqual([stderr, status], ["", 0]);
  writeFileSync(file, "{");
  const broken = list(root);
  assert.deepEqual([broken.stdout, broken.status], ["", 2]);
});
