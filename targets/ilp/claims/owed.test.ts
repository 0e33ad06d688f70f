import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { Owed } from "./owed.ts";

test("the sum is exact, however large its terms", () => {
  const units = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constantFrom(Number.MAX_SAFE_INTEGER, 0));
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 2n ** 62n }),
      fc.array(units, { maxLength: 50 }),
      (before, terms) => {
        const owed = new Owed(before);
        for (const term of terms) owed.add(term);
        assert.equal(
          owed.total,
          terms.reduce((sum, term) => sum + BigInt(term), before),
        );
      },
    ),
  );
});

test("it stops where a claim does", () => {
  const owed = new Owed(2n ** 64n - 3n);
  owed.add(1);
  assert.equal(owed.total, 2n ** 64n - 2n);
  owed.add(5);
  assert.equal(owed.total, 2n ** 64n - 1n);
});
