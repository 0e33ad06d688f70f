import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ExactSum } from "./exact-sum.ts";

const amount = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const halves = (value: bigint) => [Number(value & 0xffffffffn), Number(value >> 32n)] as const;

test("a sum of any 64-bit amounts, settled at any time, is the bigint sum", () => {
  const terms = fc.array(fc.record({ amount, plus: fc.boolean(), settle: fc.boolean() }));
  fc.assert(
    fc.property(fc.bigInt(), terms, (start, all) => {
      const sum = new ExactSum(start);
      let expected = start;
      for (const { amount: value, plus, settle } of all) {
        if (plus) sum.add(...halves(value));
        else sum.subtract(...halves(value));
        expected += plus ? value : -value;
        if (settle) assert.equal(sum.settle(), expected);
      }
      assert.equal(sum.settle(), expected);
    }),
  );
});

test("2^20 of the largest amounts between two settlements lose no unit", () => {
  const sum = new ExactSum(0n);
  const largest = halves(2n ** 64n - 1n);
  for (let i = 0; i < 2 ** 20; i++) sum.add(...largest);
  assert.equal(sum.settle(), 2n ** 20n * (2n ** 64n - 1n));
});
