import assert from "node:assert/strict";
import { test } from "node:test";
import { mulberry32 } from "../../scenarios/lib/blocks.ts";
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

test("a leak goes on through ten minutes, a step of a tenth does not", () => {
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

/** Teeth of a heap: garbage to `height` in about `period` seconds, collected to a floor that is not quite the same each time. */
function teeth(seed: number, height: number, period: number): (second: number) => number {
  const random = mulberry32(seed);
  const starts = [-period * random()];
  while ((starts.at(-1) ?? 0) < 2_000) starts.push((starts.at(-1) ?? 0) + period * (0.85 + 0.3 * random()));
  const floors = starts.map(() => 1e6 * (random() - 0.5));
  return (second) => {
    const i = starts.findLastIndex((start) => start <= second);
    const [from = 0, to = 0] = starts.slice(i, i + 2);
    return (floors[i] ?? 0) + (height * (second - from)) / (to - from);
  };
}

/** How often of 40 heaps of 100 MB, each with teeth of its own, one is a leak of more than 10 % in ten minutes. */
function leaksFound(height: number, period: number, held: (second: number, seed: number) => number): number {
  let found = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const saw = teeth(seed, height, period);
    const it = leak(readings(600, (second) => 100e6 + held(second, seed) + saw(second)));
    if (it?.goesOn && it.low > 0 && it.perHour / 6 > 10) found += 1;
  }
  return found;
}

for (const [percent, height, period] of [
  [20, 20e6, 45],
  [30, 30e6, 60],
  [20, 30e6, 90],
  [50, 50e6, 60],
  [15, 10e6, 20],
] as const) {
  test(`a leak of ${percent} % in ten minutes is seen under teeth of ${height / 1e6} MB in ${period} s`, () => {
    const found = leaksFound(height, period, (second) => (percent * 1e6 * second) / 600);
    // Teeth of a minute and a half are few in seven minutes.
    assert.ok(found >= (period > 60 ? 28 : 37), `${found} of 40`);
  });
}

for (const [what, most, height, period, held] of [
  ["teeth of 45 s", 0, 20e6, 45, () => 0],
  ["teeth of 60 s", 0, 30e6, 60, () => 0],
  ["teeth of 150 s", 0, 30e6, 150, () => 0],
  ["teeth of 250 s", 0, 30e6, 250, () => 0],
  ["a step of 50 %", 0, 30e6, 60, (second, seed) => (second < 15 * seed ? 0 : 50e6)],
  ["a step of 10 %", 2, 0, 30, (second, seed) => (second < 15 * seed ? 0 : 10e6)],
  [
    "two steps of 20 %",
    2,
    20e6,
    45,
    (second, seed) => 20e6 * (Number(second > 15 * seed) + Number(second > (155 * seed) % 600)),
  ],
  ["caches that fill in some minutes", 0, 20e6, 45, (second) => 50e6 * (1 - Math.exp(-second / 80))],
] as [string, number, number, number, (second: number, seed: number) => number][]) {
  test(`${what}, whenever they come, are no leak`, () => {
    const found = leaksFound(height, period, held);
    assert.ok(found <= most, `${found} of 40`);
  });
}
