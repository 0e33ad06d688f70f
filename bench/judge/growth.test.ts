import assert from "node:assert/strict";
import { test } from "node:test";
import { growth, leak, type Reading } from "./growth.ts";

const START_MS = Date.parse("2026-11-21T10:00:00Z");

/** One reading a second. */
function readings(seconds: number, valueAt: (second: number) => number): Reading[] {
  return Array.from({ length: seconds }, (_, second) => ({
    atMs: START_MS + second * 1_000,
    value: valueAt(second),
  }));
}

/** A heap between two collections: a saw of 20 MB every 7 s. */
const saw = (second: number) => 20e6 * ((second % 7) / 7);

test("5 % of 100 MB an hour on top of a saw is found, and its interval holds it", () => {
  const found = growth(readings(3_600, (second) => 100e6 + saw(second) + (5e6 * second) / 3_600));
  assert.ok(found);
  // 5 MB of the 110 MB that a saw on 100 MB is on average, at the start.
  assert.ok(Math.abs(found.perHour - 4.55) < 0.15, `${found.perHour} %`);
  assert.ok(found.low > 0 && found.low < found.perHour && found.high > found.perHour);
});

test("a saw alone is not growth: its interval holds zero", () => {
  const found = growth(readings(1_200, (second) => 100e6 + saw(second)));
  assert.ok(found && found.low <= 0 && found.high >= 0, JSON.stringify(found));
});

test("what a target grows in its first third is its own affair", () => {
  const found = growth(readings(1_500, (second) => Math.min(100e6, 40e6 + second * 1e6) + saw(second)));
  assert.ok(found && found.low <= 0, JSON.stringify(found));
});

test("memory that shrinks shrinks", () => {
  const found = growth(readings(3_600, (second) => 200e6 - second * 1e4));
  assert.ok(found && found.high < 0);
});

for (const [what, given] of [
  ["less than 15 minutes", readings(897, () => 1)],
  ["no readings", []],
  ["a resource that is never used", readings(1_200, () => 0)],
] as const) {
  test(`${what}: no growth can be told`, () => {
    assert.equal(growth(given), undefined);
  });
}

test("a leak goes on through both halves of ten minutes, a step of a tenth in one of them", () => {
  const leaking = leak(readings(600, (second) => 100e6 * (1 + second / 5_000) + saw(second) / 4));
  assert.ok(leaking?.goesOn && leaking.low > 0);
  const stepped = leak(readings(600, (second) => (second < 400 ? 100e6 : 110e6) + saw(second) / 4));
  // Ten minutes of the line through one step of 10 %: more than 10 %, and for sure.
  assert.ok(
    stepped && !stepped.goesOn && stepped.low > 0 && stepped.perHour / 6 > 10,
    JSON.stringify(stepped),
  );
  assert.equal(leak(readings(560, () => 1)), undefined);
});

test("15 minutes are enough, and constant use does not grow", () => {
  assert.deepEqual(growth(readings(900, () => 5)), { perHour: 0, low: 0, high: 0 });
});

test("growth is percent of the start, in an hour and in six", () => {
  for (const hours of [1, 6]) {
    const doubling = growth(readings(hours * 3_600, (second) => 100e6 * (1 + second / 3_600)));
    assert.equal(Math.round(doubling?.perHour ?? 0), 100, `${hours} h`);
  }
});

test("of growth that speeds up the line may start below zero: then the least reading is what it began with", () => {
  const found = growth(readings(1_200, (second) => 1e6 + 1e3 * second ** 2));
  assert.ok(found && found.low > 0 && Number.isFinite(found.perHour), JSON.stringify(found));
  // From 1 MB to 1.4 GB in 20 minutes, in percent of the 1 MB.
  assert.ok(found.perHour > 100 * 1_400 * 3, `${found.perHour} %`);
});
