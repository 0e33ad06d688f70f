import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { holm } from "./holm.ts";
import { assertClose, FIXTURES } from "./testing/fixtures.ts";

for (const { p, adjusted } of FIXTURES.holm) {
  test(`of ${p.length} p-values the adjusted are statsmodels'`, () => {
    holm(p).forEach((value, i) => {
      assertClose(value, adjusted[i] as number, `p ${p[i]}`);
    });
  });
}

test("adjusting keeps the order, raises each, by at most their number, and never past 1", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (p) => {
      const adjusted = holm(p);
      assert.equal(adjusted.length, p.length);
      for (const [i, value] of p.entries()) {
        const raised = adjusted[i] as number;
        assert.ok(raised >= value && raised <= Math.min(1, value * p.length), `${value} to ${raised}`);
        for (const [j, other] of p.entries()) if (value < other) assert.ok(raised <= (adjusted[j] as number));
      }
    }),
  );
});
