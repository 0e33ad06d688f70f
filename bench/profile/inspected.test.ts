import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { firstLine, startNode } from "../run/testing/processes.ts";
import { inspectedIn, serverAmong } from "./inspected.ts";
import { listensOn } from "./listens-on.ts";

const LINUX = process.platform === "linux";
/** Of no process: the id differs in each. */
const GONE = "Debugger listening on ws://127.0.0.1:1/aa-1\n";

/** A process that runs a script, and prints a port of its own and the address of its inspector. */
async function inspectable(t: TestContext, script: string) {
  const child = startNode(
    t,
    `const server = require("node:net").createServer().listen(0, "127.0.0.1", () => {
      require("node:inspector").open(0, "127.0.0.1");
      console.log(JSON.stringify({ port: server.address().port, url: require("node:inspector").url() }));
    });
    ${script}`,
  );
  const { port, url } = JSON.parse(await firstLine(child.stdout)) as { port: number; url: string };
  return { pid: child.pid as number, port, line: `Debugger listening on ${url}\n` };
}

function logOf(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-inspected-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "log"), text);
  return join(folder, "log");
}

async function found(t: TestContext, text: string) {
  const all = await inspectedIn(logOf(t, text));
  t.after(() => {
    for (const { inspector } of all) inspector.close();
  });
  return all;
}

const never = () => Promise.reject(new Error("there was no need to wait"));

test("what wrote an address and is over is passed over; when nothing is left, it is told", async (t) => {
  const server = await inspectable(t, "");
  const all = await found(t, GONE + server.line);
  assert.deepEqual(
    all.map(({ pid }) => pid),
    [server.pid],
  );
  assert.equal((await serverAmong(all, 1, never)).pid, server.pid);
  await assert.rejects(inspectedIn(logOf(t, GONE)), {
    code: "USAGE",
    message: "no inspector answers at any of the 1 addresses that the target wrote",
  });
  await assert.rejects(inspectedIn(logOf(t, "")), { code: "USAGE", message: /no Node process that can be/ });
});

test("of several processes the one that listens on the port is the server, whoever is busier", {
  skip: !LINUX,
}, async (t) => {
  const [npm, server] = [await inspectable(t, "setInterval(() => {}, 1);"), await inspectable(t, "")];
  assert.deepEqual(
    [listensOn(npm.pid, npm.port), listensOn(npm.pid, server.port), listensOn(2 ** 22 + 1, npm.port)],
    [true, false, false],
  );
  for (const { port, pid } of [npm, server])
    assert.equal((await serverAmong(await found(t, npm.line + server.line), port, never)).pid, pid);
});

test("where the port does not tell, the one that works meanwhile is the server, whoever worked before", async (t) => {
  const busy = (until: string) => `const end = Date.now() + 400; while (Date.now() < end); ${until}`;
  const [starter, server] = [
    await inspectable(t, busy("")),
    await inspectable(
      t,
      "setInterval(() => { for (const end = Date.now() + 20; Date.now() < end; ); }, 30);",
    ),
  ];
  const all = await found(t, starter.line + server.line);
  const meanwhile = () => new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal((await serverAmong(all, 1, meanwhile)).pid, server.pid);
});
