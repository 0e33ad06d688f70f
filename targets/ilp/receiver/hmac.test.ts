import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { hmacSha256 } from "./hmac.ts";

test("one key and message after message, long and short, is what node:crypto says", () => {
  const key = fc.string({ unit: "binary", maxLength: 16 });
  fc.assert(
    fc.property(key, fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), (secret, messages) => {
      const hmac = hmacSha256(secret);
      for (const message of messages)
        assert.deepEqual(hmac(message), createHmac("sha256", secret).update(message).digest());
    }),
  );
});

for (const length of [63, 64, 65, 200]) {
  test(`a key of ${length} bytes is what node:crypto takes it for`, () => {
    const message = new Uint8Array([1, 2, 3]);
    const key = "k".repeat(length);
    assert.deepEqual(hmacSha256(key)(message), createHmac("sha256", key).update(message).digest());
  });
}
