/** Waits double up to a bound, and half of each is random. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { backoffMs } from "./backoff.ts";

test("from 100 ms to 5 s, however often it failed", () => {
  assert.deepEqual([backoffMs(0, 0), backoffMs(0, 1)], [50, 100]);
  assert.deepEqual([backoffMs(1, 0), backoffMs(1, 1)], [100, 200]);
  assert.deepEqual([backoffMs(3, 0), backoffMs(3, 1)], [400, 800]);
  assert.deepEqual([backoffMs(6, 0), backoffMs(6, 1)], [2500, 5000]);
  assert.deepEqual([backoffMs(100_000, 0), backoffMs(100_000, 1)], [2500, 5000]);
});
