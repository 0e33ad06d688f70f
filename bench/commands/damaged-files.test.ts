import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { baselineOf } from "../baseline/baseline.ts";
import { writeBaseline } from "../baseline/store.ts";
import { type Sample, sample } from "../report/testing/sample.ts";
import { laidRun } from "../results/testing/folder.ts";

const SAMPLE = sample("basic-load");
const BASELINE = await baselineOf(SAMPLE.run, SAMPLE.windows, SAMPLE.resources);
const MAIN = join(import.meta.dirname, "..", "main.ts");

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "plimsoll-damaged-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A run of which a window has histograms that are none. */
function damagedRun(): Sample {
  const windows = structuredClone(SAMPLE.windows);
  for (const series of windows.at(12)?.series ?? []) if (series.type === "trend") series.hdr = "HISTFAAA";
  return { ...SAMPLE, windows };
}

/** Damaged where said: a run "run" and the baseline of its scenario in a folder. */
function laid(t: TestContext, damaged: "run" | "baseline") {
  const root = folder(t);
  laidRun(root, damaged === "run" ? damagedRun() : SAMPLE, "run");
  const blocks = BASELINE.blocks.map((block) => ({
    ...block,
    latency: block.latency && { ...block.latency, hdr: block.latency.hdr.slice(0, 30) },
  }));
  writeBaseline(damaged === "baseline" ? { ...BASELINE, blocks } : BASELINE, join(root, "baselines"));
  return { run: join(root, "run"), dir: join(root, "baselines") };
}

for (const [what, damaged, args] of [
  ["baseline show", "baseline", () => ["baseline", "show", "basic-load.smoke"]],
  ["baseline list", "baseline", () => ["baseline", "list"]],
  ["compare with it", "baseline", (run: string) => ["compare", "baseline", run]],
  ["compare of it", "run", (run: string) => ["compare", "baseline", run]],
  ["baseline save of it", "run", (run: string) => ["baseline", "save", run]],
] as const) {
  test(`${what}: a ${damaged} whose histogram is damaged is told in one line, exit 2`, (t) => {
    const { run, dir } = laid(t, damaged);
    const { stderr, status } = spawnSync(process.execPath, [MAIN, ...args(run), "--dir", dir], {
      encoding: "utf8",
    });
    const file = damaged === "run" ? /windows\.ndjson/ : /basic-load\.smoke\.json/;
    assert.match(stderr, file);
    assert.match(stderr, /^plimsoll: [^\n]*a histogram cannot be read: [^\n]*\n$/);
    assert.equal(status, 2);
  });
}

test("a run whose windows were cut at the end of a line is refused in one line, exit 2", (t) => {
  const root = folder(t);
  laidRun(root, { ...SAMPLE, windows: SAMPLE.windows.slice(0, 15) }, "run");
  writeBaseline(BASELINE, root);
  const args = ["compare", "baseline", join(root, "run"), "--dir", root];
  const { stderr, status } = spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8" });
  assert.match(
    stderr,
    /^plimsoll: run lacks \d+\.\d s of what it measured: its windows\.ndjson was cut, [^\n]*\n$/,
  );
  assert.equal(status, 2);
});
