/** Two bundled nodes, as they are run, with claims between them: the bundle finds its threads, and ends them. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { keyFiles, scratch } from "../../targets/ilp/claims/testing/keys.ts";
import { startReceiver } from "../../targets/ilp/receiver/receiver.ts";
import { startSender } from "../../targets/ilp/testing/sender.ts";
import { ROOT } from "../plimsoll.ts";

const BUNDLE = join(ROOT, "dist", "targets", "ilp.mjs");
const DEADLINE_MS = 20_000;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

function startNode(t: TestContext, file: string, yaml: string): ChildProcess {
  writeFileSync(file, yaml);
  const child = spawn(process.execPath, [BUNDLE, "node", "--config", file], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  return child;
}

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + DEADLINE_MS;
  while (!(await condition())) {
    assert.ok(performance.now() < end, `waited for ${what}`);
    await delay(20);
  }
}

test("bundled nodes sign and verify claims, and end when they are told to", async (t) => {
  const folder = scratch(t);
  const [a, b] = [keyFiles(folder, "a"), keyFiles(folder, "b")];
  const [btpA, btpB, adminA, adminB] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const nodeB = startNode(
    t,
    join(folder, "b.yaml"),
    `
nodeId: B
ilpAddress: test.b
btp: { port: ${btpB} }
admin: { port: ${adminB} }
peers:
  - { name: A, listens: true, token: a-b, creditLimit: 1000, claims: { ilpAddress: test.a, verifyWith: ${a.publicFile} } }
  - { name: bob, listens: true, token: bob }
routes: [{ prefix: test.b, peer: bob }]
ledger: { kind: sqlite, file: ${join(folder, "b.db")} }
telemetry: { hub: off }
`,
  );
  const nodeA = startNode(
    t,
    join(folder, "a.yaml"),
    `
nodeId: A
ilpAddress: test.a
btp: { port: ${btpA} }
admin: { port: ${adminA} }
peers:
  - { name: B, dial: "ws://127.0.0.1:${btpB}", token: a-b, claims: { ilpAddress: test.b, signWith: ${a.privateFile}, verifyWith: ${b.publicFile} } }
  - { name: alice, listens: true, token: alice, creditLimit: 1000 }
routes: [{ prefix: test.b, peer: B }]
ledger: { kind: sqlite, file: ${join(folder, "a.db")} }
telemetry: { hub: off }
`,
  );
  const bob = await startReceiver({
    url: `ws://127.0.0.1:${btpB}`,
    token: "bob",
    address: "test.b.bob",
    secret: "plimsoll",
  });
  const alice = await startSender(`ws://127.0.0.1:${btpA}`, "alice");
  t.after(() => Promise.all([bob.close(), alice.close()]));
  const page = async (port: number, path: string) =>
    fetch(`http://127.0.0.1:${port}${path}`).then(
      (response) => response.text(),
      () => "",
    );
  await until("the links", async () => {
    const [ofA, ofB] = await Promise.all([page(adminA, "/health"), page(adminB, "/health")]);
    return !`${ofA}${ofB}`.includes("false") && ofA !== "" && ofB !== "" && alice.up;
  });
  assert.equal((await alice.send({ destination: "test.b.bob", amount: 70 })).kind, "fulfill");
  await until("the claim", async () =>
    (await page(adminA, "/metrics")).includes('ilp_claimed_units{peer="B",what="acknowledged"} 70\n'),
  );
  const metrics = await page(adminB, "/metrics");
  assert.ok(metrics.includes('ilp_claims_total{peer="A",event="verified"} 1\n'));
  for (const child of [nodeA, nodeB]) {
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "exit"), [0, null]);
  }
});
