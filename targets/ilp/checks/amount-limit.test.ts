/** F08 says exactly what came and what may come, for any u64. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readPrepare, sizeOfPrepare, writePrepare } from "../../../wire/ilp.ts";
import { AmountLimit } from "./amount-limit.ts";

function prepareOf(amount: bigint) {
  const prepare = {
    amount,
    expiresAtMs: 1_790_000_000_000,
    condition: new Uint8Array(32),
    destination: "test.bob",
    data: new Uint8Array(0),
  };
  const bytes = new Uint8Array(sizeOfPrepare(prepare));
  writePrepare(prepare, bytes);
  return readPrepare(bytes);
}

test("the limit itself passes, a unit more does not", () => {
  const limit = new AmountLimit(1000);
  assert.equal(limit.check(prepareOf(0n)), undefined);
  assert.equal(limit.check(prepareOf(1000n)), undefined);
  const refused = limit.check(prepareOf(1001n));
  assert.equal(refused?.code, "F08");
  assert.equal(refused?.message, "Amount Too Large");
  assert.equal(Buffer.from(refused?.data ?? []).toString("hex"), "00000000000003e900000000000003e8");
});

test("any amount and any limit", () => {
  const u64 = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }),
  );
  fc.assert(
    fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), fc.array(u64), (maximum, amounts) => {
      const limit = new AmountLimit(maximum);
      for (const amount of amounts) {
        const refused = limit.check(prepareOf(amount));
        assert.equal(refused !== undefined, amount > BigInt(maximum));
        if (refused === undefined) continue;
        const data = new DataView(refused.data.buffer);
        assert.deepEqual([data.getBigUint64(0), data.getBigUint64(8)], [amount, BigInt(maximum)]);
      }
    }),
  );
});
