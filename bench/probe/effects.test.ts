import assert from "node:assert/strict";
import { test } from "node:test";
import { effectsOf } from "./effects.ts";

const p99 = (...values: number[]) => values.map((p99Ms) => ({ p99Ms }));

test("values are medians of the rounds, and ratios are medians of what is taken within each", () => {
  // The machine was half as fast in the third round: the values say little, the ratios nothing of it.
  const [bundled, knob] = effectsOf([p99(8, 12), p99(10, 16), p99(20, 30)]);
  assert.deepEqual(bundled?.p99Ms, { value: 10, ratio: 1, agreed: false });
  assert.deepEqual(knob?.p99Ms, { value: 16, ratio: 1.5, agreed: true });
});

test("rounds on both sides of no effect, or with none, do not agree", () => {
  assert.equal(effectsOf([p99(10, 9), p99(10, 11), p99(10, 9)])[1]?.p99Ms?.agreed, false);
  assert.equal(effectsOf([p99(10, 9), p99(10, 10)])[1]?.p99Ms?.agreed, false);
  assert.equal(effectsOf([p99(10, 9), p99(10, 8)])[1]?.p99Ms?.agreed, true);
});

test("a figure that was missing in a round is none", () => {
  const [, knob] = effectsOf([p99(10, Number.NaN), p99(10, 12)]);
  assert.equal(knob?.p99Ms?.agreed, false);
  assert.ok(Number.isNaN(knob?.p99Ms?.ratio));
});

test("every figure has its own effect, and no rounds have none", () => {
  const rounds = [
    [
      { p50Ms: 3, k6: 0.4 },
      { p50Ms: 6, k6: 0.1 },
    ],
  ];
  const [, knob] = effectsOf(rounds);
  assert.deepEqual([knob?.p50Ms?.ratio, knob?.k6?.ratio], [2, 0.25]);
  assert.deepEqual(effectsOf([]), []);
});
