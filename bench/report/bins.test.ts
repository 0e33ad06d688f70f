import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Bins } from "./bins.ts";

test("bins merge in pairs when they are full, and later bins take as many", () => {
  const bins = new Bins<number[]>(4, (a, b) => [...a, ...b]);
  for (const n of [1, 2, 3, 4, 5, 6, 7]) bins.add([n]);
  assert.deepEqual(bins.items, [[1, 2], [3, 4], [5, 6], [7]]);
  assert.equal(bins.perBin, 2);
});

test("any number of items stays in order, within the limit, and none is lost", () => {
  fc.assert(
    fc.property(fc.nat(3_000), fc.integer({ min: 1, max: 8 }), (n, half) => {
      const limit = 2 * half;
      const bins = new Bins<number[]>(limit, (a, b) => [...a, ...b]);
      for (let i = 0; i < n; i++) bins.add([i]);
      assert.ok(bins.items.length <= limit);
      assert.deepEqual(
        bins.items.flat(),
        Array.from({ length: n }, (_, i) => i),
      );
      for (const full of bins.items.slice(0, -1)) assert.equal(full.length, bins.perBin);
    }),
  );
});
