import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { times } from "../../bench/compare/testing/sides.ts";
import { sample } from "../../bench/report/testing/sample.ts";
import { laidRun } from "../../bench/results/testing/folder.ts";
import { plimsoll, resultsFolder } from "../plimsoll.ts";

test("a summary exits with the worst of its runs when it gates, and leaves its files either way", async (t) => {
  const root = resultsFolder(t);
  const first = laidRun(root, sample("basic-load", { seed: 1 }), "first");
  const same = laidRun(root, sample("basic-load", { seed: 2 }), "same");
  const slow = laidRun(root, sample("basic-load", { seed: 3, ...times(1.8) }), "slow");
  const stress = sample("stress");
  const of = (id: string, verdict: "fail" | "invalid") =>
    laidRun(root, { ...stress, run: { ...stress.run, verdict, reasons: [verdict] } }, id).path;
  const [fail, invalid] = [of("fail", "fail"), of("invalid", "invalid")];
  const dir = ["--dir", join(root, "baselines")];
  const saved = await plimsoll(t, "baseline", "save", first.path, ...dir);
  assert.equal(saved.exitCode, 0, saved.stderr);

  const summary = (out: string, ...args: string[]) =>
    plimsoll(t, "summary", ...args, "--results", root, ...dir, "--out", join(root, out));
  const cases = [
    ["pass", ["same", "--gate"], 0],
    ["worst", [same.path, slow.path, fail, invalid, "--gate"], 99],
    ["slower", ["same", "slow", "invalid", "--gate"], 3],
    ["unmeasured", ["same", "invalid", "--gate"], 4],
    ["nothing", ["invalid"], 4],
    ["no-gate", ["slow", "fail", "--json"], 0],
  ] as const;
  const ended = await Promise.all(cases.map(([out, args]) => summary(out, ...args)));
  for (const [i, [out, , exitCode]] of cases.entries()) {
    const { stdout, stderr, ...one } = ended[i] ?? assert.fail();
    assert.equal(one.exitCode, exitCode, `${out}: ${stderr}${stdout}`);
    const data = readFileSync(join(root, out, "benchmark-results.json"), "utf8");
    assert.match(
      readFileSync(join(root, out, "comment.md"), "utf8"),
      /^\S+ (Pass|Fail|Slower|Not measured): /,
    );
    if (out === "no-gate") assert.deepEqual(JSON.parse(stdout), JSON.parse(data));
    else assert.match(stdout, /benchmark-report\.md$/m);
  }
});

test("what cannot be summed up ends in one line: 2 for a file to mend, 4 when there is no run", async (t) => {
  const root = resultsFolder(t);
  const empty = await plimsoll(t, "summary", "--results", root, "--out", join(root, "out"));
  assert.equal(empty.exitCode, 4);
  assert.match(empty.stderr, /^plimsoll: there is no run in .*: npx plimsoll run basic-load\n$/);
  writeFileSync(join(laidRun(root, sample("stress"), "broken").path, "run.json"), "{");
  writeFileSync(join(root, "ab.json"), '{"schema":9}');
  const cases = [["broken"], [], ["--ab", join(root, "ab.json")], ["--policy", join(root, "none.yaml")]];
  const ended = await Promise.all(
    cases.map((args) => plimsoll(t, "summary", ...args, "--results", root, "--out", join(root, "out"))),
  );
  for (const [i, { exitCode, stderr }] of ended.entries()) {
    assert.equal(exitCode, 2, cases[i]?.join(" "));
    assert.match(stderr, /^plimsoll: [^\n]*\n$/);
  }
});
