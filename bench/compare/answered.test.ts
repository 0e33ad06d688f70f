import assert from "node:assert/strict";
import { test } from "node:test";
import type { Baseline } from "../baseline/baseline-schema.ts";
import { compare } from "./compare.ts";
import { DEFAULT_POLICY } from "./policy.ts";
import { side, times } from "./testing/sides.ts";
import { reasons } from "./words.ts";

const OPTIONS = { policy: DEFAULT_POLICY, acrossMachines: false };
const BEFORE = await side(1);
const AFTER = await side(2);
const N = BEFORE.blocks.length;

/** The verdict of a run of which only so many blocks were answered. */
function cutTo(blocks: number, change: Partial<Baseline> = {}, whole = AFTER) {
  const comparison = compare(BEFORE, { ...whole, ...change, blocks: whole.blocks.slice(0, blocks) }, OPTIONS);
  return { ...comparison, said: `${comparison.change} ${comparison.severity} ${comparison.exitCode}` };
}

test("the second half of a load that was not answered is not the same, and the first reason says so", () => {
  const half = Math.ceil(N / 2);
  const comparison = cutTo(half);
  assert.equal(comparison.said, "inconclusive none 0");
  assert.equal(reasons(comparison)[0], `hold: answered for ${N} s before and ${half} s after`);
});

test("after a verdict of fail it is a regression that fails", () => {
  assert.equal(cutTo(Math.ceil(N / 2), { verdict: "fail" }).said, "slower fail 3");
});

test("a target that ended before its load is a regression, however late it did", () => {
  const comparison = cutTo(N - 1, { verdict: "fail", died: true });
  assert.equal(comparison.said, "slower fail 3");
  assert.deepEqual(comparison.unanswered, ["the target ended before the load did"]);
});

test("one that ended in both runs is held against how long it answered", () => {
  const dead = { verdict: "fail", died: true } as const;
  const before = { ...BEFORE, ...dead, blocks: BEFORE.blocks.slice(0, 20) };
  const after = (blocks: number) => ({ ...AFTER, ...dead, blocks: AFTER.blocks.slice(0, blocks) });
  assert.equal(compare(before, after(20), OPTIONS).exitCode, 0);
  assert.equal(compare(before, after(12), OPTIONS).exitCode, 3);
  const longer = compare(before, after(30), OPTIONS);
  assert.deepEqual([longer.change, longer.exitCode], ["inconclusive", 0]);
});

test("a part that only one run has makes the whole inconclusive, or fail", () => {
  const parted = (whole: Baseline, from: number) => ({
    ...whole,
    blocks: whole.blocks.map((block, i) => (i < from ? block : { ...block, part: "recovery" })),
  });
  const before = parted(BEFORE, N - 10);
  const after = { ...AFTER, blocks: parted(AFTER, N - 10).blocks.slice(0, N - 10) };
  const lost = compare(before, after, OPTIONS);
  assert.deepEqual(lost.unanswered, ["recovery: answered for 10 s before and 0 s after"]);
  assert.equal(lost.change, "inconclusive");
  assert.equal(compare(before, { ...after, verdict: "fail" }, OPTIONS).exitCode, 3);
});

test("where both runs failed, a stage that ends sooner while the next one ends later is no regression", () => {
  const edge = (whole: Baseline, at: number) => ({
    ...whole,
    verdict: "fail" as const,
    blocks: whole.blocks.map((block, i) => ({ ...block, part: i < at ? "ramp 500" : "ramp 1000" })),
  });
  const moved = compare(edge(BEFORE, 15), edge(AFTER, 11), OPTIONS);
  assert.deepEqual([moved.unanswered.length, moved.change, moved.exitCode], [2, "inconclusive", 0]);
  const half = edge(AFTER, 11).blocks.slice(0, Math.ceil(N / 2));
  assert.equal(compare(edge(BEFORE, 11), { ...edge(AFTER, 11), blocks: half }, OPTIONS).exitCode, 3);
});

test("it makes nothing faster, and takes nothing from what is slower", async () => {
  assert.equal(cutTo(15, {}, await side(3, times(0.6))).said, "inconclusive none 0");
  assert.equal(cutTo(15, {}, await side(3, times(1.35))).said, "slower warn 0");
  assert.equal(cutTo(15, { verdict: "fail" }, await side(3, times(1.35))).said, "slower fail 3");
});

test("a second or two of one part are its edges, of many parts they are not", () => {
  assert.deepEqual(cutTo(N - 2).unanswered, []);
  assert.deepEqual(cutTo(N - 2, { verdict: "fail" }).exitCode, 0);
  const parts = (whole: Baseline) => whole.blocks.map((block, i) => ({ ...block, part: `ramp ${i >> 2}` }));
  const after = { ...AFTER, blocks: parts(AFTER).filter((_, i) => i % 4 < 2) };
  const { unanswered, change } = compare({ ...BEFORE, blocks: parts(BEFORE) }, after, OPTIONS);
  assert.match(unanswered.join(), /^all of the load: answered for \d+ s before and \d+ s after$/);
  assert.equal(change, "inconclusive");
});

test("seconds are held against seconds: as many blocks may be a fifth of the time", () => {
  const shorter = AFTER.blocks.map((block) => ({ ...block, seconds: block.seconds / 5 }));
  const { unanswered } = compare(BEFORE, { ...AFTER, blocks: shorter }, OPTIONS);
  assert.deepEqual(unanswered, [`hold: answered for ${N} s before and ${(N / 5).toFixed(0)} s after`]);
});
