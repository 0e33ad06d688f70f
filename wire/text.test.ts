/** UTF-8 by hand against Node's TextDecoder and TextEncoder. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { exactly, fromHex } from "./testing/samples.ts";
import { asciiText, countCharacters, isText, sizeOfUtf8, utf8Text, writeUtf8 } from "./text.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const decode = (bytes: Uint8Array) => utf8Text(bytes, 0, bytes.length);
const encode = (text: string) => exactly(sizeOfUtf8(text), (into) => writeUtf8(text, into, 0));

test("any text, lone surrogates too, encodes as TextEncoder does and decodes again", () => {
  const units = fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), units), (text) => {
      const bytes = encode(text);
      assert.deepEqual(bytes, new TextEncoder().encode(text));
      assert.equal(decode(bytes), text.toWellFormed());
      assert.equal(countCharacters(bytes, 0, bytes.length), [...text].length);
    }),
    { numRuns: 1000 },
  );
});

test("any bytes decode as TextDecoder does, U+FFFD in the same places", () => {
  const broken = fc.array(
    fc.constantFrom(
      0x41,
      0x80,
      0xbf,
      0xc0,
      0xc1,
      0xc2,
      0xdf,
      0xe0,
      0xa0,
      0x9f,
      0xed,
      0xef,
      0xf0,
      0x90,
      0x8f,
      0xf4,
      0xf5,
      0xff,
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        broken.map((bytes) => Uint8Array.from(bytes)),
      ),
      (bytes) => {
        assert.equal(decode(bytes), decoder.decode(bytes));
      },
    ),
    { numRuns: 5000 },
  );
});

test("forms that would hide something are replaced: overlong, surrogates, past U+10FFFF", () => {
  for (const bytes of ["c0af", "e080af", "f08080af", "eda080", "f4908080", "f8888080"])
    assert.match(decode(fromHex(bytes)), /^\ufffd+$/);
});

test("text longer than one call of fromCharCode takes", () => {
  const text = "abcdefghij".repeat(5000);
  const bytes = encode(text);
  assert.equal(asciiText(bytes, 0, bytes.length), text);
  assert.ok(isText(bytes, 0, bytes.length, text));
  assert.ok(!isText(bytes, 0, bytes.length - 1, text));
  assert.ok(!isText(bytes, 1, 4, "abc"));
});
