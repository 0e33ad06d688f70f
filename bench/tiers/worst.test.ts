import assert from "node:assert/strict";
import { test } from "node:test";
import { worstOf } from "./worst.ts";

for (const [codes, worst] of [
  [[], 0],
  [[0, 0], 0],
  [[0, 4, 0], 4],
  [[3, 99, 4], 99],
  [[4, 3, 0], 3],
  [[1, 4], 4],
  [[2, 1], 1],
  [[2, 0], 2],
  [[137, 0], 1],
  [[107, 99], 99],
] as const) {
  test(`of steps that exit with ${codes.join(", ") || "nothing"} the tier exits with ${worst}`, () => {
    assert.equal(worstOf(codes), worst);
  });
}
