/** Two builds beside each other, with the real k6: the exit code for how it can go, and that nothing stays behind. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type Ab, abSchema } from "../bench/ab/ab-schema.ts";
import { blockSchema } from "../bench/ab/block.ts";
import { isFree } from "../bench/host/ports.ts";
import { until } from "../bench/run/testing/processes.ts";
import { freeBase } from "../targets/ilp/testing/free-base.ts";
import { resultsFolder, said, start } from "./plimsoll.ts";

/** A greeter that answers after so many milliseconds, and may die after so many requests. */
const SERVER = `
  import { createServer } from "node:http";
  const [delayMs, most] = process.argv.slice(2).map(Number);
  let served = 0;
  createServer((request, response) => {
    if (++served === most) process.exit(7);
    request.resume().on("end", () => setTimeout(() => response.end('{"message":"Hello, Plimsoll!"}'), delayMs));
  }).listen(process.env.PORT, "127.0.0.1");
`;

/** A repository with that server in its only commit. */
function repository(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-repository-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@localhost", ...args], { cwd: folder });
  git("init", "--quiet", "--initial-branch=main");
  writeFileSync(join(folder, "server.mjs"), SERVER);
  git("add", ".");
  git("commit", "--quiet", "-m", "a greeter");
  return folder;
}

/** Processes that run our server or a checkout of it. */
function servers(cwd: string): string[] {
  return execFileSync("ps", ["-A", "-o", "args="], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(join(cwd, "server.mjs")));
}

async function nothingLeft(cwd: string, base: number): Promise<void> {
  const worktrees = execFileSync("git", ["worktree", "list"], { cwd, encoding: "utf8" }).trim().split("\n");
  assert.equal(worktrees.length, 1, worktrees.join("\n"));
  assert.deepEqual(servers(cwd), []);
  assert.ok((await isFree(base)) && (await isFree(base + 50)), "the ports are free again");
}

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function resultOf(out: string, { stderr }: Ended): { ab: Ab; folder: string } {
  const [name] = readdirSync(out);
  assert.ok(name, stderr);
  const folder = join(out, name);
  return { folder, ab: abSchema.parse(JSON.parse(readFileSync(join(folder, "ab.json"), "utf8"))) };
}

test("a commit beside a command that answers much later: slower, exit 3, and nothing stays behind", async (t) => {
  const [cwd, base] = [repository(t), await freeBase()];
  const slow = `exec node ${join(cwd, "server.mjs")} 200`;
  const flags = [
    "--start",
    `exec node server.mjs 1`,
    "--rate",
    "20",
    "--seconds",
    "22",
    "--port-base",
    `${base}`,
  ];
  const compared = async () => {
    const out = resultsFolder(t);
    const outcome = await start(t, ["ab", "main", slow, ...flags, "--json", "--out", out], cwd).outcome;
    return { outcome, ...resultOf(out, outcome) };
  };
  let { outcome, ab, folder } = await compared();
  for (let more = 2; more > 0 && ["no-data", "inconclusive"].includes(ab.verdict); more--) {
    t.diagnostic(`once more, for: ${ab.reasons.join("; ")}`);
    ({ outcome, ab, folder } = await compared());
  }
  assert.deepEqual([outcome.exitCode, ab.verdict], [3, "slower"], outcome.stderr);
  assert.deepEqual(abSchema.parse(JSON.parse(outcome.stdout)), ab);
  assert.match(
    ab.reasons[0] ?? "",
    /^B is slower on each of 2 fresh pairs of processes: latency, (mean|p50) \+[\d,]+ % \(/,
  );
  assert.deepEqual([ab.a.kind, ab.b.kind, ab.shape], ["ref", "command", { rounds: 2, pairs: 4 }]);
  const blocks = readFileSync(join(folder, "blocks.ndjson"), "utf8").trim().split("\n");
  assert.deepEqual(
    blocks.map((line) => blockSchema.parse(JSON.parse(line)).round),
    [0, 0, 0, 0, 1, 1, 1, 1],
  );
  assert.match(readFileSync(join(folder, "report.html"), "utf8"), /<svg/);
  await nothingLeft(cwd, base);
});

test("B that dies under the load is no question of speed: exit 99, in its own words", async (t) => {
  const [cwd, out, base] = [repository(t), resultsFolder(t), await freeBase()];
  const command = (words: string) => `exec node ${join(cwd, "server.mjs")} ${words}`;
  const flags = ["--rate", "20", "--port-base", `${base}`, "--out", out];
  const outcome = await start(t, ["ab", command("1"), command("1 90"), ...flags], cwd).outcome;
  assert.equal(outcome.exitCode, 99, outcome.stderr);
  assert.match(outcome.stdout, /^FAIL {2}B died under the load \(exit code 7\)/);
  await nothingLeft(cwd, base);
});

test("Ctrl-C: exit 4, checkouts and servers are gone", async (t) => {
  const [cwd, out, base] = [repository(t), resultsFolder(t), await freeBase()];
  const flags = ["--start", "exec node server.mjs 1", "--port-base", `${base}`, "--out", out];
  const { child, outcome } = start(t, ["ab", "main", "HEAD", ...flags], cwd);
  await said(child, /checking out/);
  await until(() => readdirSync(out).length > 0, "the results have a folder");
  while (await isFree(base)) await delay(20);
  child.kill("SIGINT");
  await once(child, "close");
  const { exitCode, stdout } = await outcome;
  assert.equal(exitCode, 4);
  assert.match(stdout, /^NO-DATA {2}interrupted before it was decided/);
  await nothingLeft(cwd, base);
});

test("a build that crashes as it starts is told by its error, and its log is kept: exit 2", async (t) => {
  const [cwd, out, base] = [repository(t), resultsFolder(t), await freeBase()];
  const flags = ["--start", "node nothing.mjs", "--port-base", `${base}`, "--out", out];
  const { exitCode, stderr } = await start(t, ["ab", "main", "HEAD", ...flags], cwd).outcome;
  assert.equal(exitCode, 2, stderr);
  assert.match(
    stderr,
    /before it was ready: Error: Cannot find module '.*nothing\.mjs' \(logs are in .*\)\n$/,
  );
  const [folder] = readdirSync(out);
  assert.match(readFileSync(join(out, folder ?? "", "a.log"), "utf8"), /Node\.js v/);
  await nothingLeft(cwd, base);
});

test("a round that cannot be ends a trial that has begun with what there is: exit 4, and a report", async (t) => {
  const [cwd, out, base] = [repository(t), resultsFolder(t), await freeBase()];
  const server = `exec node ${join(cwd, "server.mjs")} 1`;
  // Starts once, and never again.
  const once = `mkdir ${join(cwd, "once")} && ${server}`;
  const flags = ["--rate", "20", "--seconds", "22", "--port-base", `${base}`, "--out", out];
  const outcome = await start(t, ["ab", server, once, ...flags], cwd).outcome;
  const { ab, folder } = resultOf(out, outcome);
  assert.deepEqual([outcome.exitCode, ab.verdict], [4, "no-data"], outcome.stderr);
  assert.match(
    ab.reasons[0] ?? "",
    /^round 2 could not be: B, .* ended with exit code 1 before it was ready/,
  );
  assert.ok(readdirSync(folder).includes("report.html"));
  await nothingLeft(cwd, base);
});

for (const [args, says] of [
  [
    ["no-such-ref", "main"],
    /^plimsoll: "no-such-ref" is no git ref of the repository in .*; a command has white space/,
  ],
  [
    ["main", "main", "--scenario", "soak"],
    /^plimsoll: ab loads HTTP servers: the scenarios it knows are basic-load, /,
  ],
  [
    ["main", "main"],
    /^checking out A, main .*\nplimsoll: [0-9a-f]{7} has no bundled connector: say how a build starts/,
  ],
  [
    ["main", "main", "--start", "exit 3"],
    /plimsoll: A, main \(.*\), ended with exit code 3 before it was ready/,
  ],
] as const) {
  test(`plimsoll ab ${args.join(" ")}: one line that says what to do, exit 2`, async (t) => {
    const [cwd, base] = [repository(t), await freeBase()];
    const out = resultsFolder(t);
    const { outcome } = start(t, ["ab", ...args, "--port-base", `${base}`, "--out", out], cwd);
    const { exitCode, stderr } = await outcome;
    assert.deepEqual(readdirSync(out), [], "no folder of a trial that never was");
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, says);
    await nothingLeft(cwd, base);
  });
}
