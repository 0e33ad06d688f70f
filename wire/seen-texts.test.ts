import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SeenTexts } from "./seen-texts.ts";
import { utf8Text } from "./text.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A table that counts the texts it makes. */
function table(slots: number) {
  let made = 0;
  const seen = new SeenTexts(slots, (bytes, start, end) => {
    made++;
    return utf8Text(bytes, start, end);
  });
  return { text: (bytes: Uint8Array, hash = 0) => seen.text(bytes, 0, bytes.length, hash), made: () => made };
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

test("a text that was seen is not made again, wherever its bytes lie", () => {
  const { text, made } = table(4);
  const bytes = bytesOf("no route");
  assert.equal(text(bytes), "no route");
  assert.equal(text(bytes.slice()), "no route");
  assert.equal(made(), 1);
});

test("bytes that are written over are another text", () => {
  const { text } = table(4);
  const bytes = bytesOf("no route");
  text(bytes);
  bytes[0] = 0x4e;
  assert.equal(text(bytes), "No route");
  assert.equal(text(bytesOf("no route")), "no route");
});

test("texts of one slot take turns", () => {
  const { text, made } = table(1);
  for (const each of ["one", "two", "one", "ones", "on"]) assert.equal(text(bytesOf(each), 77), each);
  assert.equal(made(), 5);
});

test("any bytes, of any hash, in any order: what comes back is what they are", () => {
  // Few bytes and few slots, so that the same and nearly the same come again.
  const few = fc.array(fc.constantFrom(0x41, 0x42, 0xc3, 0xa9, 0xe9, 0xff), { maxLength: 3 });
  fc.assert(
    fc.property(fc.array(fc.tuple(few, fc.integer()), { maxLength: 40 }), (all) => {
      const { text } = table(2);
      for (const [bytes, hash] of all)
        assert.equal(text(Uint8Array.from(bytes), hash), decoder.decode(Uint8Array.from(bytes)));
    }),
  );
});
