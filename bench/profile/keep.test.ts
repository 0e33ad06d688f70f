import assert from "node:assert/strict";
import { closeSync, existsSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { keep } from "./keep.ts";

const callFrame = { functionName: "serve", url: "file:///srv/server.mjs", lineNumber: 9, columnNumber: 0 };
const PROFILE = {
  nodes: [{ id: 1, callFrame }],
  startTime: 0,
  endTime: 2_000,
  samples: [1, 1],
  timeDeltas: [0, 1_000],
};

for (const [what, heapFiles, heapTrouble, says] of [
  [
    "a snapshot larger than a string can be",
    ["a-1.heapsnapshot", "a-2.heapsnapshot"],
    undefined,
    /^ {2}heap: what grew cannot be told: a snapshot of 600 MB is too large to be read here$/m,
  ],
  [
    "a snapshot that was not taken",
    ["a-1.heapsnapshot"],
    "no heap snapshot 2: HeapProfiler.takeHeapSnapshot: the process is gone",
    /^ {2}heap: no heap snapshot 2: /m,
  ],
] as const) {
  test(`${what} costs no flame graph and no functions, and is told`, (t) => {
    const folder = mkdtempSync(join(tmpdir(), "plimsoll-keep-"));
    t.after(() => rmSync(folder, { recursive: true }));
    for (const name of heapFiles) {
      const file = openSync(join(folder, name), "w");
      // Of nothing but a size; it takes no room on the disk.
      ftruncateSync(file, 600e6);
      closeSync(file);
    }
    const profiled = {
      process: "a",
      profile: PROFILE,
      heapFiles,
      heapTrouble,
      overhead: 0.04,
      failures: { yes: 1_882, no: 118 },
    };
    const text = keep(folder, "a under stress", profiled, 4_604);
    assert.match(text, says);
    const unsteady = "the load was not steady: 1,882 of 2,000 requests failed, 4,604 arrivals were dropped";
    assert.ok(text.endsWith(`\n  warning: ${unsteady.replace(": ", ":\n    ")}\n`), text);
    for (const name of ["flame.html", "flame.svg"])
      assert.ok(readFileSync(join(folder, name), "utf8").includes(unsteady.slice(1)), name);
    assert.match(text, /100\.0 % +100\.0 % +serve /);
    assert.equal(readFileSync(join(folder, "top.txt"), "utf8"), text);
    for (const name of ["flame.html", "flame.svg"]) assert.ok(existsSync(join(folder, name)), name);
  });
}
