/** Fees to the unit, against bigint arithmetic. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkFee, feeOf, TOO_LITTLE } from "./fee.ts";

test("fixed and percent, rounded up", () => {
  for (const [fixed, ppm, amount, fee] of [
    [0, 0, 1000, 0],
    [3, 0, 1000, 3],
    [0, 1000, 1000, 1],
    [0, 1000, 1001, 2],
    [2, 1000, 1, 3],
    [0, 1_000_000, 77, 77],
    [0, 500, 0, 0],
    [0, 1, Number.MAX_SAFE_INTEGER, 9_007_199_255],
  ] as const) {
    assert.equal(feeOf({ fixed, ppm }, amount), fee);
    assert.equal(feeOf({ fixed, ppm }, BigInt(amount)), BigInt(fee));
  }
});

const safe = fc.oneof(fc.nat(5000), fc.nat(Number.MAX_SAFE_INTEGER));
const ppm = fc.oneof(fc.nat(1_000_000), fc.constantFrom(0, 1, 999_999, 1_000_000));
/** The definition: the least whole number that is not below fixed + amount * ppm / 1,000,000. */
function reference(fixed: number, ppm: number, amount: bigint): bigint {
  const product = amount * BigInt(ppm);
  const whole = product / 1_000_000n;
  return BigInt(fixed) + whole + (whole * 1_000_000n === product ? 0n : 1n);
}

test("any amount as a number: exact wherever the amount pays it", () => {
  fc.assert(
    fc.property(safe, ppm, safe, (fixed, ppm, amount) => {
      const fee = feeOf({ fixed, ppm }, amount);
      const exact = reference(fixed, ppm, BigInt(amount));
      if (exact <= BigInt(amount)) assert.equal(BigInt(fee), exact);
      else assert.ok(fee > amount);
    }),
    { numRuns: 5000 },
  );
});

test("any u64: exact", () => {
  fc.assert(
    fc.property(safe, ppm, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (fixed, ppm, amount) => {
      assert.equal(feeOf({ fixed, ppm }, amount), reference(fixed, ppm, amount));
    }),
  );
});

test("a payment in parts never pays less than a whole one", () => {
  const parts = fc.array(fc.nat(1_000_000_000), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(parts, ppm, fc.nat(10), (parts, ppm, fixed) => {
      const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
      assert.ok(sum(parts.map((part) => feeOf({ fixed, ppm }, part))) >= feeOf({ fixed, ppm }, sum(parts)));
    }),
  );
});

test("a packet of which nothing is left is refused with R01; one of 0 that costs nothing passes", () => {
  for (const [amount, fee, refused] of [
    [0, 0, undefined],
    [10, 0, undefined],
    [10, 9, undefined],
    [10, 10, TOO_LITTLE],
    [10, 11, TOO_LITTLE],
    [0, 1, TOO_LITTLE],
  ] as const) {
    assert.equal(checkFee(amount, fee), refused);
    assert.equal(checkFee(BigInt(amount), BigInt(fee)), refused);
  }
  assert.equal(TOO_LITTLE.code, "R01");
});
