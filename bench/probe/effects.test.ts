import assert from "node:assert/strict";
import { test } from "node:test";
import { effectsOf, orderOf, type Round } from "./effects.ts";

/** A round of one figure: the bundled setting's runs, and one of a knob. */
const round = (bundled: readonly number[], knob: number): Round => ({
  bundled: bundled.map((p99Ms) => ({ p99Ms })),
  knobs: [{ p99Ms: knob }],
});

const effectOf = (...rounds: Round[]) => effectsOf(rounds).knobs[0]?.p99Ms;

test("values are medians of the rounds, and ratios are medians of what is taken within each", () => {
  // The machine was half as fast in the third round: the values say little, the ratios nothing of it.
  const rounds = [round([8, 8.4, 7.6], 12), round([10, 9.5, 10.1], 16), round([20, 21, 19], 30)];
  const { baseline, knobs } = effectsOf(rounds);
  assert.deepEqual(baseline.p99Ms, { value: 10, low: 0.95, high: 1.05 });
  assert.deepEqual(knobs[0]?.p99Ms, { value: 16, ratio: 1.5, seen: true });
});

test("an effect is seen when it is on one side in every round", () => {
  assert.equal(effectOf(round([10, 10], 7), round([10, 10], 8))?.seen, true);
  assert.equal(effectOf(round([10, 10], 7), round([10, 10], 10.1), round([10, 10], 7))?.seen, false);
  assert.equal(effectOf(round([10, 10], 7), round([10, 10], 10))?.seen, false);
});

test("and further off than any run of the bundled setting, in any round", () => {
  assert.equal(effectOf(round([10, 9, 11], 8.5), round([10, 10, 10], 8.5))?.seen, true);
  assert.equal(effectOf(round([10, 9, 11], 8.5), round([10, 8, 10], 8.5))?.seen, false);
  assert.equal(effectOf(round([10, 9, 12], 11.5), round([10, 10, 10], 11.5))?.seen, false);
});

test("a figure that was missing in a round is none", () => {
  const effect = effectOf(round([10, 10], Number.NaN), round([10, 10], 12));
  assert.equal(effect?.seen, false);
  assert.ok(Number.isNaN(effect?.ratio));
});

test("every figure has its own effect, and no rounds have none", () => {
  const bundled = [{ p50Ms: 3, k6: 0.4 }];
  const { knobs } = effectsOf([{ bundled, knobs: [{ p50Ms: 6, k6: 0.1 }] }]);
  assert.deepEqual([knobs[0]?.p50Ms?.ratio, knobs[0]?.k6?.ratio], [2, 0.25]);
  assert.deepEqual(effectsOf([]), { baseline: {}, knobs: [] });
});

test("a round has every knob once, and the bundled setting before, between and after them", () => {
  const none = undefined;
  assert.deepEqual(orderOf(7, 5, 3), [none, 5, 6, 0, none, 1, 2, 3, none, 4, none]);
  assert.deepEqual(orderOf(1, 0, 3), [none, 0, none]);
});
