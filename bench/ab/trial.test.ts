import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { Failure } from "../failure.ts";
import type { Interrupts } from "../run/interrupts.ts";
import { requests, windowAt } from "../windows/testing/windows.ts";
import { blockOf } from "./block.ts";
import { ROUND_OVERHEAD_SECONDS, type RoundOptions } from "./round.ts";
import {
  anotherFits,
  LEAST_SECONDS,
  levelsOf,
  runTrial,
  secondsNeeded,
  shapeOf,
  type TrialOptions,
} from "./trial.ts";
import { findingOf } from "./verdict.ts";

test("two minutes are five rounds of 17 pairs; the least there may be, two of four", () => {
  assert.deepEqual(shapeOf(120), { rounds: 5, pairs: 17 });
  assert.deepEqual(shapeOf(LEAST_SECONDS), { rounds: 2, pairs: 4 });
});

test("rounds, with all that is around them, fit into the time; one round alone is never all", () => {
  fc.assert(
    fc.property(fc.integer({ min: LEAST_SECONDS, max: 3600 }), (seconds) => {
      const { rounds, pairs } = shapeOf(seconds);
      assert.ok(rounds >= 2 && pairs >= 4);
      assert.ok(rounds * (pairs + ROUND_OVERHEAD_SECONDS) <= seconds);
    }),
  );
});

test("there is a look after every round but the first, and together they spend alpha", () => {
  const levels = levelsOf({ rounds: 5, pairs: 17 }, { alpha: 0.05, band: 0.05, seed: 1 });
  assert.equal(levels.length, 4);
  assert.ok(Math.abs(levels.reduce((sum, level) => sum + level, 0) - 0.05) < 1e-6);
});

/** A trial of two builds that differ by half the band, whose rounds take so long by a clock of its own, or fail. */
async function trial(t: TestContext, roundSeconds: number, seconds: number, fails?: number) {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-trial-"));
  t.after(() => rmSync(folder, { recursive: true }));
  let nowMs = 0;
  const round = async ({ round, pairs, onBlock }: RoundOptions) => {
    nowMs += 1000 * roundSeconds;
    if (round === fails) throw new Failure("USAGE", "port 18500 is taken");
    for (let i = 0; i < pairs; i++) {
      const b = 5.2 * (1 + 0.2 * Math.sin(5 * (i + 3 * round)));
      const window = windowAt(round * pairs + i, [
        ...requests(100, 5, { build: "a" }),
        ...requests(100, b, { build: "b" }),
      ]);
      onBlock(blockOf(window, round, new Map()));
    }
    return { first: "a", dropped: 0, complaints: [] } as const;
  };
  const options: TrialOptions = {
    scenario: "basic-load",
    rate: 100,
    launches: {} as TrialOptions["launches"],
    portBase: 18_500,
    file: (name) => join(folder, name),
    interrupts: { requested: false } as Interrupts,
    shape: shapeOf(seconds),
    seconds,
    rule: { alpha: 0.05, band: 0.05, seed: 1 },
    onRound: () => {},
    onBlock: () => {},
    onLook: () => {},
  };
  return runTrial(options, { round, now: () => nowMs });
}

test("no round begins that would not end in time, and the last look has all of alpha that is left", async (t) => {
  for (const [roundSeconds, rounds] of [
    [24, 5],
    [25, 4],
    [40, 3],
    [60, 2],
  ] as const) {
    const { ends, looks, over } = await trial(t, roundSeconds, 120);
    assert.deepEqual(
      [ends.length, looks.length, over],
      [rounds, rounds - 1, true],
      `${roundSeconds} s a round`,
    );
    const levels = looks.map(({ level }) => level);
    assert.ok(Math.abs(levels.reduce((sum, level) => sum + level, 0) - 0.05) < 1e-6);
    const planned = levelsOf(shapeOf(120), { alpha: 0.05, band: 0.05, seed: 1 });
    assert.deepEqual(
      levels.slice(0, -1),
      planned.slice(0, rounds - 2),
      "the looks before are those of the plan",
    );
  }
});

test("rounds that take so long that one is all there is time for: no data, and how much time it takes", async (t) => {
  const measured = await trial(t, 27, 22);
  assert.equal(measured.ends.length, 1);
  const { verdict, reasons } = findingOf(measured);
  const needed = secondsNeeded(27 - measured.blocks.length);
  assert.deepEqual(
    [verdict, reasons],
    ["no-data", [`the time was over after one round, and two are the least: --seconds ${needed}`]],
  );
  assert.ok(anotherFits([shapeOf(needed).pairs + 23], needed));
  assert.ok(!anotherFits([shapeOf(needed / 2).pairs + 23], needed / 2));
});

test("a round that cannot be ends the trial without a word on speed; the first one is the user's to mend", async (t) => {
  const measured = await trial(t, 24, 120, 3);
  assert.equal(measured.ends.length, 3);
  const { verdict, exitCode, reasons } = findingOf(measured);
  assert.deepEqual(
    [verdict, exitCode, reasons],
    ["no-data", 4, ["round 4 could not be: port 18500 is taken"]],
  );
  await assert.rejects(trial(t, 24, 120, 0), { code: "USAGE", message: "port 18500 is taken" });
});
