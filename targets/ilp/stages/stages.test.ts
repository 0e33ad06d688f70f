import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { profileOf, type Span, timeByStage } from "./cpu-profile.ts";
import { IDLE, LEDGER_STAGES, ledgerStageOf, MAIN_STAGES, mainStageOf } from "./stages.ts";

const CHECKOUT = "file:///home/someone/plimsoll";

for (const [url, functionName, stage] of [
  [`${CHECKOUT}/wire/frame.ts`, "readFrame", "wire"],
  [`${CHECKOUT}/targets/ilp/checks/peer-checks.ts`, "check", "checks"],
  [`${CHECKOUT}/targets/ilp/packet/packet-path.ts`, "#forward", "packet"],
  [`${CHECKOUT}/targets/ilp/packet/path-under-load.ts`, "turn", "load"],
  [`${CHECKOUT}/targets/ilp/receiver/hmac.ts`, "hmac", "node"],
  [`${CHECKOUT}/targets/event-loop-delay.ts`, "look", "node"],
  [`${CHECKOUT}/node_modules/ws/lib/receiver.js`, "getInfo", "socket"],
  [`${CHECKOUT}/node_modules/prom-client/lib/registry.js`, "metrics", "node"],
  ["node:internal/stream_base_commons", "onStreamRead", "socket"],
  ["node:internal/streams/writable", "writeOrBuffer", "socket"],
  ["node:net", "Socket._writeGeneric", "socket"],
  ["node:internal/crypto/hash", "hash", "hash"],
  ["node:internal/timers", "listOnTimeout", "loop"],
  ["node:internal/process/task_queues", "processTicksAndRejections", "loop"],
  ["node:internal/worker", "postMessage", "ledger"],
  ["node:events", "emit", undefined],
  ["node:internal/buffer", "FastBuffer", undefined],
  ["", "writeBuffer", undefined],
  ["", "(idle)", IDLE],
  ["", "(garbage collector)", "garbage"],
  ["", "(program)", "native"],
] as const)
  test(`main thread: ${functionName} of ${url || "nowhere"} is ${stage ?? "its caller's"}`, () => {
    assert.equal(mainStageOf({ url, functionName }), stage);
    if (stage !== undefined && stage !== IDLE) assert.ok(MAIN_STAGES.some(({ name }) => name === stage));
  });

test("every room that a packet passes is a stage, so that none hides in the node's own", () => {
  const rest = ["config", "network", "networks", "node", "receiver", "stages", "testing"];
  const folders = readdirSync(join(import.meta.dirname, ".."), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !rest.includes(entry.name))
    .map(({ name }) => name);
  for (const room of folders) {
    const url = `${CHECKOUT}/targets/ilp/${room}/file.ts`;
    assert.equal(mainStageOf({ url, functionName: "f" }), room);
    assert.ok(MAIN_STAGES.some(({ name }) => name === room));
  }
});

test("a real ledger's profile falls into the stages that its functions are named for, on the clock of hrtime", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-stages-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const driver = join(import.meta.dirname, "testing", "busy-ledger.ts");
  const flags = ["--cpu-prof", `--cpu-prof-dir=${folder}`, "--cpu-prof-interval=200"];
  const told = execFileSync(process.execPath, [...flags, driver], { encoding: "utf8" });
  const { pid, ...span } = JSON.parse(told) as Span & { pid: number };
  const timesOf = (thread: number, stageOf: typeof mainStageOf) => {
    const profile = profileOf(folder, pid, thread, span);
    assert.ok(profile, `thread ${thread} left a profile`);
    return timeByStage(profile, span, stageOf, "none");
  };
  const ledger = timesOf(1, ledgerStageOf);
  for (const { name } of LEDGER_STAGES)
    if (!["garbage", "native"].includes(name)) assert.ok((ledger.get(name) ?? 0) > 0, `${name} takes time`);
  assert.ok((timesOf(0, mainStageOf).get("ledger") ?? 0) > 0);
  const hourUs = 3_600_000_000;
  const before = { fromUs: span.fromUs - hourUs, toUs: span.toUs - hourUs };
  assert.equal(profileOf(folder, pid, 0, before), undefined, "it was not running then");
  assert.equal(profileOf(folder, pid, 9, span), undefined, "there is no such thread");
  // The profile covers the span, and nothing of it is lost.
  const sum = [...ledger.values()].reduce((all, us) => all + us, 0);
  assert.ok(Math.abs(sum - (span.toUs - span.fromUs)) < 1, `${sum} of ${span.toUs - span.fromUs} us`);
});
