import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { startNode } from "../run/testing/processes.ts";
import { callTree, topFrames } from "./call-tree.ts";
import { startCpuProfile, stopCpuProfile } from "./cpu-profile.ts";
import { frameNames } from "./frame-name.ts";
import { grown, kindsOf, takeHeapSnapshot } from "./heap.ts";
import { Inspector, inspectorsIn, numberOf } from "./inspector.ts";

/** Keeps busy in one place, and keeps objects of one class. */
const BUSY = `
  class Parcel { constructor(n) { this.n = n; } }
  const parcels = [];
  globalThis.more = () => { for (let n = 0; n < 5000; n++) parcels.push(new Parcel(n)); };
  function burning(n) { let x = n; for (let i = 0; i < 20_000; i++) x = Math.sqrt(x + i); return x; }
  setInterval(() => { for (let n = 0; n < 200; n++) burning(n); }, 25);
  require("node:inspector").open(0, "127.0.0.1");
  console.log(require("node:inspector").url());
`;

async function inspected(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-busy-"));
  t.after(() => rmSync(folder, { recursive: true }));
  // Of `node -e` V8 tells no functions.
  const script = join(folder, "busy.cjs");
  writeFileSync(script, BUSY);
  const child = startNode(t, `require(${JSON.stringify(script)})`);
  const url = await new Promise<string>((resolve) =>
    child.stdout?.once("data", (line) => resolve(`${line}`.trim())),
  );
  const inspector = await Inspector.open(url);
  t.after(() => inspector.close());
  return { child, inspector, url };
}

test("a process is seen where it works", async (t) => {
  const { child, inspector } = await inspected(t);
  assert.equal(await numberOf(inspector, "process.pid"), child.pid);
  await startCpuProfile(inspector);
  await new Promise((resolve) => setTimeout(resolve, 400));
  const { raw, profile } = await stopCpuProfile(inspector);
  assert.ok(Array.isArray((raw as { samples: unknown }).samples));
  const frames = topFrames(callTree(profile, frameNames("/")), 3);
  // V8 puts small functions into their callers, at some time: it may be either of the two, or both.
  const busy = frames.filter(({ name }) => /^(burning|\(anonymous\)) .*busy\.cjs:\d+$/.test(name));
  assert.equal(busy[0], frames[0]);
  const share = busy.reduce((sum, { selfShare }) => sum + selfShare, 0);
  assert.ok(share > 0.5, JSON.stringify(frames));
});

test("objects that were made between two heap snapshots are what grew", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-heap-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const { inspector } = await inspected(t);
  const files = ["1", "2"].map((n) => join(folder, n));
  assert.ok((await takeHeapSnapshot(inspector, files[0] as string)) > 100_000);
  await inspector.send("Runtime.evaluate", { expression: "more()" });
  await takeHeapSnapshot(inspector, files[1] as string);
  const [before, after] = files.map(kindsOf);
  const parcels = grown(before!, after!, 10).find(({ kind }) => kind === "Parcel");
  assert.deepEqual([parcels?.before.count, parcels?.after.count], [0, 5_000]);
  assert.ok((parcels?.after.bytes ?? 0) >= 5_000 * 12, `${parcels?.after.bytes} bytes`);
});

test("what a process refuses is told, and so is one that goes away", async (t) => {
  const { child, inspector, url } = await inspected(t);
  await assert.rejects(inspector.send("Profiler.start"), { code: "FAULT", message: /^Profiler\.start: / });
  const answer = inspector.send("Runtime.evaluate", { expression: "while (true);" });
  child.kill("SIGKILL");
  await assert.rejects(answer, { code: "FAULT", message: "Runtime.evaluate: the process is gone" });
  await assert.rejects(inspector.send("Runtime.enable"), { message: "Runtime.enable: the process is gone" });
  await assert.rejects(Inspector.open(url), { code: "FAULT", message: /^no inspector answers at ws:/ });
});

test("addresses of inspectors are found in a log between other lines", () => {
  const log = `{"msg":"up"}
Debugger listening on ws://127.0.0.1:38671/aa-1
For help, see: https://nodejs.org/en/docs/inspector
he said: Debugger listening on ws://nowhere
Debugger listening on ws://127.0.0.1:40001/bb-2
`;
  assert.deepEqual(inspectorsIn(log), ["ws://127.0.0.1:38671/aa-1", "ws://127.0.0.1:40001/bb-2"]);
});
