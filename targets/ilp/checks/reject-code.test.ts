/** Refusals are made once, cannot be changed, and are Rejects as RFC 0027 has them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readReject, sizeOfReject, writeReject } from "../../../wire/ilp.ts";
import { OVER_CREDIT } from "./credit-line.ts";
import { EXPIRED, TOO_LITTLE_TIME } from "./expiry.ts";
import { TOO_LITTLE } from "./fee.ts";
import { TOO_MANY_HELD, TOO_MUCH_HELD } from "./holds.ts";
import { REJECT_CODES } from "./reject-code.ts";
import { RATE_LIMITED } from "./token-bucket.ts";
import { TOO_FAST } from "./velocity.ts";

test("every code has three characters, its class first", () => {
  for (const code of Object.keys(REJECT_CODES)) assert.match(code, /^[FTR]\d\d$/);
  assert.equal(Object.keys(REJECT_CODES).length, 21);
});

test("every refusal is a Reject but for triggeredBy", () => {
  const refusals = [
    RATE_LIMITED,
    TOO_FAST,
    TOO_MANY_HELD,
    TOO_MUCH_HELD,
    OVER_CREDIT,
    EXPIRED,
    TOO_LITTLE_TIME,
    TOO_LITTLE,
  ];
  for (const refused of refusals) {
    assert.ok(Object.isFrozen(refused));
    const reject = { ...refused, triggeredBy: "test.a" };
    const bytes = new Uint8Array(sizeOfReject(reject));
    writeReject(reject, bytes);
    const { code, message, triggeredBy } = readReject(bytes);
    assert.deepEqual([code, message, triggeredBy], [refused.code, refused.message, "test.a"]);
  }
});
