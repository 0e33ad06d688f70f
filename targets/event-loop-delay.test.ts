import assert from "node:assert/strict";
import { test } from "node:test";
import { EventLoopDelay } from "./event-loop-delay.ts";

/** Takes every look when it is due, and is then late by as much as is told for that moment. */
function run(delay: EventLoopDelay, fromMs: number, toMs: number, lateMs: (nowMs: number) => number): number {
  let nowMs = fromMs;
  while (nowMs < toMs) {
    nowMs += delay.look(nowMs);
    nowMs += lateMs(nowMs);
  }
  delay.look(nowMs);
  return nowMs;
}

test("a loop that is never late has no delay", () => {
  const delay = new EventLoopDelay(0);
  const endMs = run(delay, 0, 5_000, () => 0);
  assert.deepEqual(delay.read(endMs), { mean: 0, p50: 0, p90: 0, p99: 0, max: 0 });
});

test("a block counts for all that came while it lasted, not once", () => {
  const delay = new EventLoopDelay(0);
  run(delay, 0, 1_800, () => 0);
  // From 1,800 to 2,000: the looks that were due at 1,810, 1,820, ... are taken then, 190, 180, ... late.
  const { mean, p50, p90, p99, max } = delay.read(2_000);
  assert.equal(max, 190);
  assert.equal(p99, 170, "3 of 200 looks are later than 99 in 100");
  assert.equal(p90, 0);
  assert.equal(p50, 0);
  assert.equal(mean, (190 * 20) / 2 / 200);
});

test("a block longer than what is remembered is told at its full length", () => {
  const delay = new EventLoopDelay(0);
  run(delay, 0, 1_000, () => 0);
  const { p50, p99, max } = delay.read(61_010);
  assert.equal(max, 60_000);
  // Looks are 300 ms apart then.
  assert.ok(Math.abs(p50 - 30_000) <= 300 && Math.abs(p99 - 59_400) <= 300, `${p50} ${p99}`);
});

test("after two seconds without one a block is forgotten, and reading it before did not take it away", () => {
  const delay = new EventLoopDelay(0);
  delay.look(500);
  assert.equal(delay.read(500).max, 490);
  assert.equal(delay.read(500).max, 490);
  const laterMs = run(delay, 500, 1_500, () => 0);
  assert.equal(delay.read(laterMs).max, 490);
  const muchLaterMs = run(delay, laterMs, 3_000, () => 0);
  assert.equal(delay.read(muchLaterMs).max, 0);
});

test("a loop that is always late by less than the interval has that delay", () => {
  const delay = new EventLoopDelay(0);
  const endMs = run(delay, 0, 4_000, () => 4);
  const { p50, max } = delay.read(endMs);
  assert.deepEqual([p50, max], [4, 4]);
});
