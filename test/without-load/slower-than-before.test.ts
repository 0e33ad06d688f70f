import assert from "node:assert/strict";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { times } from "../../bench/compare/testing/sides.ts";
import { sample } from "../../bench/report/testing/sample.ts";
import { laidRun } from "../../bench/results/testing/folder.ts";
import { plimsoll, resultsFolder } from "../plimsoll.ts";

test("a run is saved as a baseline, found by its scenario, and a slower one fails with 3", async (t) => {
  const root = resultsFolder(t);
  const dir = ["--dir", join(root, "baselines")];
  const first = laidRun(root, sample("basic-load", { seed: 1 }), "first");
  const same = laidRun(root, sample("basic-load", { seed: 2 }), "same");
  const slow = laidRun(root, sample("basic-load", { seed: 3, ...times(1.8) }), "slow");

  const saved = await plimsoll(t, "baseline", "save", first.path, ...dir);
  assert.equal(saved.exitCode, 0, saved.stderr);
  assert.match(saved.stdout, /^.*basic-load\.smoke\.json\n$/);

  const [listed, shown, alike, slower] = await Promise.all([
    plimsoll(t, "baseline", "list", "--json", ...dir),
    plimsoll(t, "baseline", "show", "basic-load.smoke", ...dir),
    plimsoll(t, "compare", "baseline", same.path, ...dir),
    plimsoll(t, "compare", "basic-load.smoke", slow.path, "--json", ...dir),
  ]);
  assert.deepEqual(
    JSON.parse(listed.stdout).map(({ name, run, blocks }: Record<string, unknown>) => [name, run, blocks]),
    [["basic-load.smoke", "first", 18]],
  );
  assert.match(shown.stdout, /^basic-load\.smoke: first, 2026-11-21 10:00:00 UTC$/m);
  assert.match(shown.stdout, /│ hold │ 18 {5}│ 500 {7}│/);

  assert.equal(alike.exitCode, 0, alike.stderr);
  assert.match(alike.stdout, /^\n {2}(SAME|INCONCLUSIVE) {2}basic-load smoke, exit code 0\n/);
  assert.match(readFileSync(join(same.path, "compare.html"), "utf8"), /^<!doctype html>/);

  assert.equal(slower.exitCode, 3, slower.stderr);
  const comparison = JSON.parse(slower.stdout);
  assert.deepEqual([comparison.change, comparison.severity, comparison.exitCode], ["slower", "fail", 3]);
  assert.deepEqual(JSON.parse(readFileSync(join(slow.path, "compare.json"), "utf8")), comparison);
});

test("a trend shows with which commit a scenario became slower, and the archive takes what is old", async (t) => {
  const root = resultsFolder(t);
  for (let day = 1; day <= 16; day++) {
    const made = sample("basic-load", { seed: day, seconds: 16, ...times(day < 10 ? 1 : 1.5) });
    const startedAt = `2026-11-${String(day).padStart(2, "0")}T00:00:00.000Z`;
    const commit = { sha: String(day).padStart(40, "0").split("").reverse().join(""), dirty: false };
    laidRun(root, { ...made, run: { ...made.run, startedAt, commit } }, `day-${day}`);
  }
  const trend = await plimsoll(t, "trend", "basic-load", "--profile", "smoke", "--results", root);
  assert.equal(trend.exitCode, 0, trend.stderr);
  assert.match(trend.stdout, /^ {2}basic-load smoke: 16 runs, 2026-11-01 to 2026-11-16$/m);
  assert.match(trend.stdout, /^ {2}p50 +1\.\d+ ms {2}degrading +1/m);
  assert.match(trend.stdout, /^ {2}p50 \+\d\d\.\d % with 0100000 \(2026-11-10\), after 9000000$/m);
  for (const line of trend.stdout.split("\n")) assert.ok(line.length <= 80, line);
  assert.match(readFileSync(join(root, "history", "trend-basic-load.smoke.svg"), "utf8"), /^<svg/);

  const archived = await plimsoll(t, "archive", "--runs", "4", "--results", root);
  assert.equal(archived.stdout, "basic-load.smoke: 12 archived, 4 kept\n");
  const few = await plimsoll(t, "trend", "basic-load", "--profile", "smoke", "--results", root);
  assert.equal(few.exitCode, 4);
  assert.match(few.stderr, /^plimsoll: no data: 4 of the 5 runs of basic-load\.smoke that a trend takes\n$/);
});

test("what cannot be compared ends in one line: 2 for a file to mend, 4 when nothing was measured", async (t) => {
  const root = resultsFolder(t);
  const good = sample("basic-load", { seed: 1 });
  const before = laidRun(root, good, "good");
  const other = laidRun(root, sample("spike"), "other");
  const empty = laidRun(root, { ...good, windows: [] }, "empty");
  const future = laidRun(root, good, "future");
  writeFileSync(join(future.path, "run.json"), JSON.stringify({ ...good.run, schema: 2 }));
  const hollow = laidRun(root, good, "hollow");
  writeFileSync(join(hollow.path, "run.json"), "");
  const cut = laidRun(root, good, "cut");
  truncateSync(join(cut.path, "windows.ndjson"), 20_000);
  const cases = [
    [other, 2, /is of basic-load smoke, other of spike smoke: only runs of one scenario/],
    [empty, 4, /no data: empty has no window with an answer/],
    [future, 2, /has schema 2; this plimsoll reads 1$/],
    [hollow, 2, /cannot be read as a run: Unexpected end of JSON input$/],
    [cut, 2, /windows\.ndjson is cut or not ours: /],
  ] as const;
  await Promise.all(
    cases.map(async ([after, exitCode, says]) => {
      const { stderr, stdout, ...ended } = await plimsoll(t, "compare", before.path, after.path);
      assert.equal(ended.exitCode, exitCode, `${after.id}: ${stderr}`);
      assert.equal(stdout, "", after.id);
      assert.match(stderr.trimEnd(), says);
      assert.match(stderr, /^plimsoll: [^\n]+\n$/, after.id);
    }),
  );
});
