import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ROOT } from "../paths.ts";
import { keptTrials, type Settings, type Tried } from "./kept-trials.ts";

const settings: Settings = { ms: 5, rate: 50, seconds: 120, band: 0.05 };
const tried: Tried = {
  slowerPercent: 10,
  verdict: "slower",
  seconds: 63,
  settings,
  machine: "Some CPU, 2 cores, linux x64",
  commit: "0123456",
};

function fileOf(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-test-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "kept.ndjson");
  writeFileSync(file, text);
  return file;
}

test("trials come back as they were kept, and none where there is no file yet", (t) => {
  const file = fileOf(t, `${JSON.stringify({ ...tried, said: " (latency-mean 1.084)" })}\n`);
  assert.deepEqual(keptTrials(file, settings), [tried]);
  assert.deepEqual(keptTrials(`${file}-not-there`, settings), []);
});

test("trials of other settings are not gone on with", (t) => {
  const file = fileOf(t, `${JSON.stringify(tried)}\n`);
  for (const other of [{ ms: 6 }, { rate: 51 }, { seconds: 121 }, { band: 0.04 }])
    assert.throws(() => keptTrials(file, { ...settings, ...other }), {
      code: "USAGE",
      message: new RegExp(
        `^${file}:1 was tried with ms 5, rate 50, seconds 120, band 0.05, not .*: keep these in another file$`,
      ),
    });
});

test("a line cut short, or without what it was tried with, is refused by its number", (t) => {
  const whole = JSON.stringify(tried);
  const cut = fileOf(t, `${whole}\n${whole.slice(0, 30)}`);
  assert.throws(() => keptTrials(cut, settings), { code: "USAGE", message: /kept\.ndjson:2 is no trial: / });
  const { machine: _, ...nameless } = tried;
  const old = fileOf(t, `${JSON.stringify(nameless)}\n`);
  assert.throws(() => keptTrials(old, settings), { code: "USAGE", message: /:1 is no trial: machine: / });
});

test("the trials of this repository can be gone on with at the defaults", () => {
  const kept = keptTrials(join(ROOT, "bench", "ab", "power.ndjson"), settings);
  assert.ok(kept.length >= 47, `${kept.length} trials`);
});
