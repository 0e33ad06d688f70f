/** Inspectors that say what V8 does not, or more than a disk takes. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createReadStream, existsSync, lstatSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type WebSocket, WebSocketServer } from "ws";
import { takeHeapSnapshot } from "./heap.ts";
import { Inspector } from "./inspector.ts";

type Answer = (socket: WebSocket, command: { id: number; method: string }) => void;

async function session(t: TestContext, answer: Answer): Promise<Inspector> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  t.after(() => server.close());
  server.on("connection", (socket) =>
    socket.on("message", (data) => answer(socket, JSON.parse(String(data)))),
  );
  await new Promise((resolve) => server.once("listening", resolve));
  const inspector = await Inspector.open(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  t.after(() => inspector.close());
  return inspector;
}

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-inspector-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

for (const said of ["", "{", "null", "[]", '{"id":"1"}', '{"id":1,"error":"no"}', "x".repeat(1000)]) {
  const shown = JSON.stringify(said.slice(0, 60));
  test(`a message that is none, ${shown.slice(0, 30)}, ends the session, and every command with a reason`, async (t) => {
    const inspector = await session(t, (socket, { id }) => id === 2 && socket.send(said));
    const [first, second] = [inspector.send("Runtime.enable"), inspector.send("Runtime.disable")];
    const why = `it sent what is no message of an inspector: ${shown}`;
    await assert.rejects(first, { code: "FAULT", message: `Runtime.enable: ${why}` });
    await assert.rejects(second, { code: "FAULT", message: `Runtime.disable: ${why}` });
    await assert.rejects(inspector.send("Runtime.enable"), {
      message: "Runtime.enable: the process is gone",
    });
  });
}

const CHUNK = "x".repeat(2 ** 20);
/** More than the system keeps for a socket. */
const CHUNKS = 64;

/** Sends a large snapshot, each chunk when the one before is on its way, and answers behind it. */
function snapshots(onSent: () => void = () => {}): Answer {
  const event = JSON.stringify({ method: "HeapProfiler.addHeapSnapshotChunk", params: { chunk: CHUNK } });
  return async (socket, { id, method }) => {
    if (method === "HeapProfiler.takeHeapSnapshot") {
      for (let i = 0; i < CHUNKS; i++) {
        await new Promise((resolve) => socket.send(event, resolve));
        onSent();
      }
    }
    socket.send(JSON.stringify({ id, result: {} }));
  };
}

test("a snapshot that comes faster than it is written waits at the process, and comes whole", async (t) => {
  const pipe = join(folderOf(t), "pipe");
  execFileSync("mkfifo", [pipe]);
  let sent = 0;
  const inspector = await session(
    t,
    snapshots(() => sent++),
  );
  const taken = takeHeapSnapshot(inspector, pipe);
  // Nobody reads the pipe: all that leaves the process now is in our memory, or in the system's.
  let still = 0;
  for (let before = 0; still < 5; before = sent) {
    await sleep(100);
    still = sent > 0 && sent === before ? still + 1 : 0;
  }
  const takenIn = sent;
  let bytes = 0;
  for await (const part of createReadStream(pipe)) bytes += part.length;
  assert.ok(takenIn < CHUNKS, `all ${takenIn} chunks were taken in`);
  assert.deepEqual([await taken, bytes], [CHUNKS * CHUNK.length, CHUNKS * CHUNK.length]);
});

test("a full disk is told as that, leaves no file, and the session goes on", async (t) => {
  const file = join(folderOf(t), "1.heapsnapshot");
  symlinkSync("/dev/full", file);
  const inspector = await session(t, snapshots());
  await assert.rejects(takeHeapSnapshot(inspector, file), { code: "ENOSPC" });
  assert.ok(!existsSync(file) && lstatSync("/dev/full").isCharacterDevice());
  assert.deepEqual(await inspector.send("Profiler.enable"), {});
});

test("a chunk of a snapshot that is none ends the snapshot, not us", async (t) => {
  const file = join(folderOf(t), "1.heapsnapshot");
  const inspector = await session(t, (socket, { id, method }) =>
    socket.send(
      JSON.stringify(
        method === "HeapProfiler.takeHeapSnapshot"
          ? { method: "HeapProfiler.addHeapSnapshotChunk", params: { chunk: 7 } }
          : { id, result: {} },
      ),
    ),
  );
  await assert.rejects(takeHeapSnapshot(inspector, file), {
    code: "FAULT",
    message: /^HeapProfiler\.takeHeapSnapshot: it sent what is no message of an inspector: /,
  });
  assert.ok(!existsSync(file));
});
