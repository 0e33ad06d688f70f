import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { sample } from "../report/testing/sample.ts";
import { baselineOf } from "./baseline.ts";
import type { Block } from "./baseline-schema.ts";
import { baselineNames, readBaseline, readBaselines, writeBaseline } from "./store.ts";

const { run, windows, resources } = sample("basic-load");
const BASELINE = await baselineOf(run, windows, resources);

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "plimsoll-baselines-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test("a baseline reads back by its name and by its file, and has a line for each block", (t) => {
  const root = folder(t);
  assert.deepEqual(baselineNames(root), []);
  const file = writeBaseline(BASELINE, root);
  assert.equal(file, join(root, "basic-load.smoke.json"));
  assert.deepEqual(readBaseline("basic-load.smoke", root), BASELINE);
  assert.deepEqual(readBaseline(file), BASELINE);
  assert.deepEqual(baselineNames(root), ["basic-load.smoke"]);
  const lines = readFileSync(file, "utf8").split("\n");
  assert.equal(lines.filter((line) => line.startsWith('{"from"')).length, BASELINE.blocks.length);
});

test("one of the same scenario and profile takes its place", (t) => {
  const root = folder(t);
  writeBaseline(BASELINE, root);
  writeBaseline({ ...BASELINE, run: "another" }, root);
  assert.equal(readBaseline("basic-load.smoke", root).run, "another");
  assert.equal(baselineNames(root).length, 1);
});

test("a name that is none says which there are, or how to save one", (t) => {
  const root = folder(t);
  assert.throws(() => readBaseline("soak.full", root), { code: "USAGE", message: /save one: npx plimsoll/ });
  writeBaseline(BASELINE, root);
  assert.throws(
    () => readBaseline("soak.full", root),
    /there is no baseline "soak.full"; there are basic-load.smoke$/,
  );
});

/** The last of them with half a histogram. */
function damaged(blocks: readonly Block[]): Block[] {
  return blocks.map((block, i) =>
    i === blocks.length - 1 && block.latency
      ? { ...block, latency: { ...block.latency, hdr: block.latency.hdr.slice(0, 40) } }
      : block,
  );
}

test("one bad file takes none of the others from the list", (t) => {
  const root = folder(t);
  writeBaseline(BASELINE, root);
  writeBaseline({ ...BASELINE, scenario: "stress", blocks: damaged(BASELINE.blocks) }, root);
  const { baselines, unreadable } = readBaselines(root);
  assert.deepEqual(baselines, [BASELINE]);
  assert.match(unreadable[0]?.message ?? "", /stress\.smoke\.json is not a whole baseline/);
});

const text = JSON.stringify(BASELINE);
for (const [what, content, says] of [
  ["nothing", "", /cannot be read as a baseline: Unexpected end of JSON input$/],
  ["half of one", text.slice(0, text.length / 2), /cannot be read as a baseline: .+$/],
  [
    "one of another version",
    JSON.stringify({ ...BASELINE, schema: 2 }),
    /has schema 2; this plimsoll reads 1$/,
  ],
  ["a run", JSON.stringify(run), /is not a whole baseline: kind: /],
  [
    "one with a histogram that is none",
    JSON.stringify({ ...BASELINE, blocks: damaged(BASELINE.blocks) }),
    /is not a whole baseline: a histogram cannot be read: /,
  ],
  [
    "one without blocks",
    JSON.stringify({ ...BASELINE, blocks: undefined }),
    /is not a whole baseline: blocks: /,
  ],
] as const) {
  test(`a file that holds ${what} is refused in one line`, (t) => {
    const root = folder(t);
    writeFileSync(join(root, "basic-load.smoke.json"), content);
    assert.throws(
      () => readBaseline("basic-load.smoke", root),
      ({ code, message }: { code: string; message: string }) => {
        assert.equal(code, "USAGE");
        assert.match(message, says);
        assert.doesNotMatch(message, /\n/);
        return true;
      },
    );
  });
}
