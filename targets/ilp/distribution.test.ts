import assert from "node:assert/strict";
import { test } from "node:test";
import { Distribution } from "./distribution.ts";

test("values are counted in every bucket that is not below them, as Prometheus has it", () => {
  const distribution = new Distribution([1, 10, 100]);
  for (const value of [0.5, 1, 1.5, 10, 99, 1_000]) distribution.add(value);
  assert.deepEqual(distribution.read(), {
    bounds: [1, 10, 100],
    counts: [2, 4, 5],
    count: 6,
    sum: 1_112,
    max: 1_000,
  });
});
