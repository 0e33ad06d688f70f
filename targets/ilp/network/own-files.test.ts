import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { freeBase } from "../testing/free-base.ts";

const MAIN = join(import.meta.dirname, "..", "main.ts");

/** A copy of the bundled networks, with one text of a file replaced. */
function networks(t: TestContext, file: string, from: string, to: string): string {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-networks-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(import.meta.dirname, "..", "networks"), folder, { recursive: true });
  const text = readFileSync(join(folder, file), "utf8");
  assert.ok(text.includes(from));
  writeFileSync(join(folder, file), text.replace(from, to));
  return folder;
}

async function start(t: TestContext, ...args: string[]) {
  const child = spawn(process.execPath, [MAIN, "--port-base", String(await freeBase()), ...args]);
  const stop = async () => {
    child.kill("SIGTERM");
    if (child.exitCode === null) await once(child, "exit");
  };
  t.after(stop);
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  return { child, stop, said: () => said };
}

test("a network starts from one's own files, and each node leaves a profile of its threads when it ends", async (t) => {
  const own = networks(t, "single.yaml", "nodeId: A", "nodeId: mine");
  const profiles = mkdtempSync(join(tmpdir(), "plimsoll-profiles-"));
  t.after(() => rmSync(profiles, { recursive: true, force: true }));
  const { child, stop } = await start(t, "--networks", own, "--profile", profiles);
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const { members } = JSON.parse(line) as { members: Record<string, { pid: number; admin?: string }> };
  const health = (await (await fetch(`${members.A?.admin}/health`)).json()) as { nodeId: string };
  assert.equal(health.nodeId, "mine");
  await stop();
  // CPU.<date>.<time>.<pid>.<thread>.<n>.cpuprofile
  const threads = readdirSync(profiles).map((name) => name.split(".").slice(3, 5).map(Number));
  assert.deepEqual(threads.sort(), [
    [members.A?.pid, 0],
    [members.A?.pid, 1],
  ]);
});

for (const [what, from, to, message] of [
  ["a key that is none", "nodeId:", "node:", /single\.yaml:3: node: there is no such key/],
  ["another port", "btp: { port: 3000 }", "btp: { port: 3001 }", /btp\.port is 3001 and has to be 3000/],
  ["another admin port", "port: 9080", "port: 9099", /admin\.port is 9099 and has to be 9080/],
] as const) {
  test(`${what} in a file of one's own is one line, before anything is started, and exit code 2`, async (t) => {
    const { child, said } = await start(t, "--networks", networks(t, "single.yaml", from, to));
    const [code] = await once(child, "close");
    assert.equal(code, 2);
    assert.match(said(), message);
    assert.match(said(), /^error: [^\n]*\n$/);
  });
}

test("a node that cannot start says why, in the network's last line, and exit code 2", async (t) => {
  const sqlite = "  kind: sqlite\n  file: .cache/ilp/single.db\n";
  const nobody = '  kind: tigerbeetle\n  addresses: ["127.0.0.1:1"]\n  namespace: nobody\n  timeoutMs: 200\n';
  const { child, said } = await start(t, "--networks", networks(t, "single.yaml", sqlite, nobody));
  const [code] = await once(child, "close");
  assert.equal(code, 2, said());
  const why = "TigerBeetle at 127\\.0\\.0\\.1:1 did not answer within 200 ms";
  assert.match(said(), new RegExp(`error: A ended before the network was ready: ${why}\n$`));
});

test("a folder without the files is one line, and exit code 2", async (t) => {
  const { child, said } = await start(t, "--networks", join(tmpdir(), "plimsoll-nowhere"));
  const [code] = await once(child, "close");
  assert.equal(code, 2);
  assert.match(said(), /^error: .*single\.yaml: there is no such file\n$/);
});
