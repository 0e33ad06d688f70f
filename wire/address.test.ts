/** ILP addresses (RFC 0015), checked as ilp-packet checks them, and strings that are made once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isValidIlpAddress } from "ilp-packet";
import { addressText, checkAddress, MAX_ADDRESS, writeAddress } from "./address.ts";
import { WireError } from "./error.ts";
import { address, ascii, exactly, fromHex, throwsWire } from "./testing/samples.ts";

const check = (text: string) => checkAddress(ascii(text), 0, text.length);
function isValid(text: string): boolean {
  try {
    check(text);
    return true;
  } catch (error) {
    assert.ok(error instanceof WireError);
    return false;
  }
}

test("the encoded addresses of RFC 0030", () => {
  const short = fromHex("6578616D706C652E746F702E6D6964646C652E6C6F776572");
  assert.equal(
    addressText(short, 0, short.length, checkAddress(short, 0, short.length)),
    "example.top.middle.lower",
  );
  const long =
    "example.very.long.address.to.exceed.127.characters.and.trigger.a.long.form.length.determinant.to.show.how.that.works.great.as.well";
  assert.equal(long.length, 0x82);
  assert.ok(isValid(long));
});

test("what is an address and what is not", () => {
  for (const text of [
    "g.a",
    "test.a",
    "test3.a",
    "g.us-fed.ach.0.acmebank.~ipr.cdfa5e16-e759",
    "g._.-.~",
    "private.A",
  ])
    assert.ok(isValid(text), text);
  for (const text of [
    "g",
    "",
    "g.",
    ".g",
    "g..a",
    "g.a.",
    "G.a",
    "test4.a",
    "testing.a",
    "example",
    "x.y",
    "g.a b",
  ])
    throwsWire("BAD_ADDRESS", () => check(text));
  throwsWire("BAD_ADDRESS", () => check("g.a/b"), 3);
  throwsWire("BAD_ADDRESS", () => check("g.\xe4"), 2);
});

test("1023 characters and no more", () => {
  assert.ok(isValid(`g.${"a".repeat(MAX_ADDRESS - 2)}`));
  throwsWire("TOO_LONG", () => check(`g.${"a".repeat(MAX_ADDRESS - 1)}`));
});

test("ilp-packet says the same of any text", () => {
  const near = fc.string({
    unit: fc.constantFrom("g", "test", "1", ".", "example", "a", "Z", "9", "_", "~", "-", " ", "\n", "é"),
    maxLength: 12,
  });
  fc.assert(
    fc.property(fc.oneof(address, near), (text) => {
      assert.equal(isValid(text), isValidIlpAddress(text), JSON.stringify(text));
    }),
    { numRuns: 2000 },
  );
});

test("an address comes back as it is, the second time as the same string", () => {
  fc.assert(
    fc.property(address, (text) => {
      const bytes = exactly(text.length, (into) => writeAddress(text, into, 0));
      const hash = checkAddress(bytes, 0, bytes.length);
      assert.equal(addressText(bytes, 0, bytes.length, hash), text);
      assert.equal(addressText(bytes, 0, bytes.length, hash), text);
    }),
  );
});

test("addresses that share a slot take turns and are never mistaken for each other", () => {
  for (const text of ["g.one", "g.two", "g.one", "g.onf", "g.on", "g.one.x", "g.one"])
    assert.equal(addressText(ascii(text), 0, text.length, 77), text);
});

test("an address with a character that is not ASCII is not written", () => {
  throwsWire("BAD_TEXT", () => writeAddress("g.ä", new Uint8Array(9), 0), 2);
  throwsWire("BAD_ADDRESS", () => writeAddress("g", new Uint8Array(9), 0));
});
