import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ranksOf, tieTerm } from "./ranks.ts";

test("equal values share the mean of their ranks", () => {
  assert.deepEqual(ranksOf([30, 10, 20, 20]), { ranks: [4, 1, 2.5, 2.5], ties: [2] });
  assert.deepEqual(ranksOf([]), { ranks: [], ties: [] });
  assert.equal(tieTerm([2, 3]), 6 + 24);
});

test("ranks are those of counting: all below, half of the equal, and a half", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (values) => {
      const { ranks, ties } = ranksOf(values);
      for (const [i, value] of values.entries()) {
        const below = values.filter((other) => other < value).length;
        const equal = values.filter((other) => other === value).length;
        assert.equal(ranks[i], below + (equal + 1) / 2);
      }
      const tied = values.filter((value) => values.filter((other) => other === value).length > 1).length;
      assert.equal(
        ties.reduce((sum, t) => sum + t, 0),
        tied,
      );
    }),
  );
});
