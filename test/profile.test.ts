/** `plimsoll profile` with the real k6 and the real connector: what it leaves, and what it refuses. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { kindsOf } from "../bench/profile/heap.ts";
import { alive } from "../bench/run/testing/processes.ts";
import { onlyRun, plimsoll, resultsFolder } from "./plimsoll.ts";

test("a profile names functions of the target by their source, and has a flame graph and two heap snapshots", async (t) => {
  const out = resultsFolder(t);
  const flags = ["--rate", "200", "--seconds", "20", "--port-base", "0", "--out", out];
  const ended = await plimsoll(t, "profile", "basic-load", ...flags);
  assert.equal(ended.exitCode, 0, ended.stderr);
  assert.match(ended.stdout, /connector: functions by their own share of /);
  const { run, folder } = onlyRun(out, ended);
  const file = (name: string) => join(folder, "profile", name);
  assert.equal(
    readFileSync(file("top.txt"), "utf8").trim().split("\n")[0]?.trim(),
    ended.stdout.trim().split("\n")[0],
  );
  assert.match(
    readFileSync(file("flame.html"), "utf8"),
    /"name":"\S+ targets\/connector\/\S+\.ts:\d+","value":\d+/,
  );
  for (const n of [1, 2])
    assert.ok((kindsOf(file(`connector-${n}.heapsnapshot`)).get("Object")?.count ?? 0) > 100);
  assert.deepEqual(
    [run.verdict, run.reasons],
    ["invalid", ["profiled: the target was slowed down on purpose"]],
  );
  assert.ok(!alive(run.target.pid as number), "the target is gone");
});

for (const [args, line] of [
  [["basic-load", "--seconds", "5"], /^plimsoll: no stage of basic-load lasts 14 s: /],
  [
    ["basic-load", "--url", "http://127.0.0.1:1"],
    /^plimsoll: a server that runs already cannot be profiled: /,
  ],
] as const) {
  test(`plimsoll profile ${args.join(" ")} -> 2, in one line`, async (t) => {
    const { exitCode, stderr } = await plimsoll(t, "profile", ...args, "--out", resultsFolder(t));
    assert.equal(exitCode, 2);
    assert.match(stderr, line);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
  });
}
