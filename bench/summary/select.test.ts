import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Failure } from "../failure.ts";
import { emptySample } from "../report/testing/sample.ts";
import { laidRun } from "../results/testing/folder.ts";
import { selectRuns } from "./select.ts";

const [LOAD, STRESS] = [emptySample("basic-load"), emptySample("stress")];

function results(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), "plimsoll-summary-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

const idsOf = (selected: ReturnType<typeof selectRuns>) => selected.map(({ folder }) => folder.id);

test("without a name the newest of each scenario and profile are taken, profiled ones left out", (t) => {
  const root = results(t);
  laidRun(root, LOAD, "20261101T000000Z-basic-load-smoke");
  laidRun(root, LOAD, "20261102T000000Z-basic-load-smoke");
  laidRun(root, LOAD, "20261102T000000Z-basic-load-smoke-2");
  const profiled = laidRun(root, LOAD, "20261103T000000Z-basic-load-smoke");
  mkdirSync(join(profiled.path, "profile"));
  laidRun(root, STRESS, "20261101T000000Z-stress-smoke");
  assert.deepEqual(idsOf(selectRuns([], root)), [
    "20261102T000000Z-basic-load-smoke-2",
    "20261101T000000Z-stress-smoke",
  ]);
});

test("an old run that cannot be read does not stop the newer ones; the newest does", (t) => {
  const root = results(t);
  const old = laidRun(root, LOAD, "20261101T000000Z-basic-load-smoke");
  writeFileSync(join(old.path, "run.json"), "{");
  const fresh = laidRun(root, LOAD, "20261102T000000Z-basic-load-smoke");
  assert.deepEqual(idsOf(selectRuns([], root)), [fresh.id]);
  writeFileSync(join(fresh.path, "run.json"), "{");
  assert.throws(
    () => selectRuns([], root),
    (error) => error instanceof Failure && error.code === "USAGE",
  );
});

test("runs that are named are taken in that order, each once", (t) => {
  const root = results(t);
  const [a, b] = [laidRun(root, STRESS, "a"), laidRun(root, LOAD, "b")];
  assert.deepEqual(idsOf(selectRuns(["b", a.path, "latest"], root)), ["b", "a"]);
  assert.equal(b.id, "b");
  assert.throws(() => selectRuns(["c"], root), /there is no run "c"; the newest are b, a/);
});
