/** What the path's benchmark measures is the whole way of each packet, and its profile shows where that goes. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { profileOf, timeByStage } from "../stages/cpu-profile.ts";
import { ledgerStageOf, mainStageOf } from "../stages/stages.ts";
import { startPathUnderLoad } from "./path-under-load.ts";
import type { ProfiledPath } from "./profiled-path.ts";

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-load-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("each packet is fulfilled, booked and told to the hub", async (t) => {
  const path = await startPathUnderLoad({ folder: folderOf(t), maxTransfers: 1_000 });
  let answered = 0;
  // On a machine with other work, the first commit alone may take as long as one load.
  while (answered === 0) answered = await path.load(100);
  const { fulfilled, rejected, events, ledger, sumOfBalances, paid } = await path.close();
  assert.ok(fulfilled >= answered, `${answered} answered in time, ${fulfilled} in all`);
  assert.deepEqual(rejected, {});
  assert.deepEqual([paid, sumOfBalances], [BigInt(fulfilled), 0n]);
  assert.equal(ledger.posted, fulfilled);
  // Received, routed, sent, fulfilled.
  assert.equal(events.recorded, 4 * fulfilled);
});

test("the profile of a loaded path has the stages of both its threads", (t) => {
  const folder = folderOf(t);
  const profiles = join(folder, "profiles");
  mkdirSync(profiles);
  const program = join(import.meta.dirname, "profiled-path.ts");
  const node = ["--cpu-prof", `--cpu-prof-dir=${profiles}`, "--cpu-prof-interval=200"];
  const told = execFileSync(process.execPath, [...node, program, folder, "1000", "1"], {
    encoding: "utf8",
  });
  const { pid, packets, ...span } = JSON.parse(told) as ProfiledPath;
  assert.ok(packets > 0);
  for (const [thread, stageOf, stages] of [
    [0, mainStageOf, ["packet", "wire", "hash", "ledger"]],
    [1, ledgerStageOf, ["rows", "commit"]],
  ] as const) {
    const profile = profileOf(profiles, pid, thread, span);
    assert.ok(profile, `thread ${thread} left a profile`);
    const times = timeByStage(profile, span, stageOf, "none");
    for (const stage of stages) assert.ok((times.get(stage) ?? 0) > 0, `${stage} takes time`);
  }
});
