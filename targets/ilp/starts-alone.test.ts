/** A node that no network started: from a shell in the background, by nohup or systemd, whose stdin is at its end at once. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileBetween } from "./node/testing/node-between.ts";
import { freeBase } from "./testing/free-base.ts";
import { until } from "./testing/until.ts";

const MAIN = join(import.meta.dirname, "main.ts");

async function startNode(t: TestContext, stdin: "ignore" | "pipe") {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-alone-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const port = await freeBase();
  const config = join(folder, "node.yaml");
  const own = fileBetween(join(folder, "ledger.db"));
  const [alice] = own.peers;
  // Nobody listens there.
  const bob = { name: "bob", dial: `ws://127.0.0.1:${port + 2}`, token: "bob-token" };
  const ports = { btp: { port }, admin: { port: port + 1 } };
  const file = { ...own, ...ports, peers: [alice, bob], logLevel: "info" };
  writeFileSync(config, JSON.stringify(file));
  const child = spawn(process.execPath, [MAIN, "node", "--config", config], {
    stdio: [stdin, "ignore", "pipe"],
  });
  let said = "";
  child.stderr?.on("data", (chunk) => {
    said += chunk;
  });
  t.after(() => child.kill("SIGKILL"));
  const up = async () =>
    (await fetch(`http://127.0.0.1:${port + 1}/health`).catch(() => undefined))?.ok === true;
  await until("the node to be up", up);
  return { child, up, port, said: () => said };
}

test("with nothing to read on stdin it runs until it is told to stop", async (t) => {
  const { child, up } = await startNode(t, "ignore");
  assert.ok(await up(), "it answers, and then still does");
  child.kill("SIGTERM");
  assert.deepEqual(await once(child, "exit"), [0, null]);
});

test("it says where it is, and whom it cannot reach", async (t) => {
  const { port, said } = await startNode(t, "ignore");
  await until("where it is", () => said().includes(`peers at ws://127.0.0.1:${port}, metrics at http://`));
  await until("whom it cannot reach", () => /peer bob cannot be reached, [^"]*ECONNREFUSED/.test(said()));
});

test("it ends with the process that holds the other end of its stdin", async (t) => {
  const { child } = await startNode(t, "pipe");
  child.stdin?.end();
  assert.deepEqual(await once(child, "exit"), [0, null]);
});
