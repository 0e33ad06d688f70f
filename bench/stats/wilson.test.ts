import assert from "node:assert/strict";
import { test } from "node:test";
import { wilson } from "./wilson.ts";

// Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), table I, method 3.
for (const [hits, n, low, high] of [
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
] as const) {
  test(`${hits} of ${n}: ${low} to ${high}, as published`, () => {
    const found = wilson(hits, n);
    assert.ok(Math.abs(found.low - low) < 1e-4 && Math.abs(found.high - high) < 1e-4, JSON.stringify(found));
  });
}

test("all of some is as sure as none of them, turned round", () => {
  const [none, all] = [wilson(0, 12), wilson(12, 12)];
  assert.ok(Math.abs(1 - none.high - all.low) < 1e-12);
  assert.deepEqual([none.low, all.high], [0, 1]);
});
