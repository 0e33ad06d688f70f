/** `plimsoll profile` with the real k6 and the real connector: what it leaves, and what it refuses. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { kindsOf } from "../../bench/profile/heap.ts";
import { alive } from "../../bench/run/testing/processes.ts";
import { freeBase } from "../../targets/ilp/testing/free-base.ts";
import { onlyRun, plimsoll, ROOT, resultsFolder } from "../plimsoll.ts";

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

const GREETER = join(ROOT, "examples", "foreign-greeter", "server.mjs");

test("a server of one's own is found behind a shell, another Node, and one that is over", async (t) => {
  const [out, port] = [resultsFolder(t), await freeBase()];
  // As npm start does it: a Node that only waits for the shell of the server.
  const npm = `require("node:child_process").spawn("node ${GREETER} --port ${port}; true", { shell: true, stdio: "inherit" })`;
  const command = `node -e 0 && node -e '${npm}'; true`;
  const flags = ["--url", `http://127.0.0.1:${port}`, "--rate", "100", "--seconds", "20", "--no-heap"];
  const ended = await plimsoll(t, "profile", "basic-load", "--target-cmd", command, ...flags, "--out", out);
  assert.equal(ended.exitCode, 0, ended.stderr);
  const { folder } = onlyRun(out, ended);
  const flame = readFileSync(join(folder, "profile", "flame.html"), "utf8");
  assert.match(flame, /"name":"[^"]* \S*foreign-greeter\/server\.mjs:\d+"/);
});

test("a server that is no Node is told at once, and the rest of the load is spared: exit 2", async (t) => {
  const [out, port] = [resultsFolder(t), await freeBase()];
  const command = `NODE_OPTIONS= node ${GREETER} --port ${port}`;
  const flags = ["--url", `http://127.0.0.1:${port}`, "--rate", "100", "--out", out];
  const ended = await plimsoll(t, "profile", "basic-load", "--target-cmd", command, ...flags);
  assert.equal(ended.exitCode, 2, ended.stderr);
  assert.match(ended.stderr, /plimsoll: the target is no Node process that can be inspected: /);
  assert.equal(onlyRun(out, ended).run.state, "interrupted");
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
