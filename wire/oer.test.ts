/** Lengths, counts and integers: the examples of RFC 0030 and everything near them that is not canonical. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Reader, sizeOfLength, uint32At, uint64, writeLength, writeUint32, writeUint64 } from "./oer.ts";
import { ascii, exactly, fromHex, hex, throwsWire } from "./testing/samples.ts";

/** Reads a length in front of `room` bytes of zeros. */
function readLength(prefix: string, room: number): number {
  const head = fromHex(prefix);
  const bytes = new Uint8Array(head.length + room);
  bytes.set(head);
  const reader = new Reader().over(bytes, 0, bytes.length);
  const length = reader.length();
  assert.equal(reader.at, head.length);
  return length;
}

test("lengths of RFC 0030 and around the borders of their forms", () => {
  const valid: [string, number][] = [
    ["00", 0],
    ["07", 7],
    ["7f", 127],
    ["8180", 128],
    ["8182", 130],
    ["81ff", 255],
    ["820100", 256],
    ["821234", 4660],
    ["82ffff", 65_535],
    ["83010000", 65_536],
    ["83abcdef", 11_259_375],
  ];
  for (const [encoding, length] of valid) {
    assert.equal(readLength(encoding, length), length, encoding);
    assert.equal(hex(exactly(sizeOfLength(length), (into) => writeLength(length, into, 0))), encoding);
  }
  assert.equal(hex(exactly(5, (into) => writeLength(0x01000000, into, 0))), "8401000000");
});

test("lengths that are not canonical are refused", () => {
  for (const encoding of [
    "80",
    "8107",
    "817f",
    "820007",
    "82007f",
    "8200ff",
    "83001234",
    "89010000000000000000",
    "ff",
  ])
    throwsWire("BAD_LENGTH", () => readLength(encoding, 300));
});

test("lengths beyond the bytes are refused before anything is done with them", () => {
  for (const encoding of [
    "07",
    "8182",
    "821234",
    "83abcdef",
    "84ffffffff",
    "88ac01055a1debac1e",
    "88ffffffffffffffff",
  ])
    throwsWire("TRUNCATED", () => readLength(encoding, 6));
  throwsWire("TRUNCATED", () => readLength("8201", 0), 1);
  throwsWire("TRUNCATED", () => readLength("", 0), 0);
});

test("an octet string has a limit of its own", () => {
  const reader = new Reader().over(ascii("\x03abcd"), 0, 5);
  assert.equal(reader.octets(3, "data"), 1);
  assert.equal(reader.at, 4);
  throwsWire("TOO_LONG", () => new Reader().over(ascii("\x03abcd"), 0, 5).octets(2, "data"), 0);
});

test("counts: a length of one to eight bytes, no leading zeros", () => {
  const count = (encoding: string) => new Reader().over(fromHex(encoding), 0, encoding.length / 2).quantity();
  assert.equal(count("0100"), 0);
  assert.equal(count("01ff"), 255);
  assert.equal(count("020100"), 256);
  assert.equal(count("0401000000"), 2 ** 24);
  for (const encoding of ["00", "0200ff", "020000", "09010000000000000000"])
    throwsWire("BAD_LENGTH", () => count(encoding));
  throwsWire("TRUNCATED", () => count("0201"));
});

test("a reader stays inside of its range, and takes only ranges of its array", () => {
  const reader = new Reader().over(ascii("abcdef"), 1, 3);
  assert.equal(reader.uint8(), 0x62);
  throwsWire("TRUNCATED", () => reader.skip(2), 2);
  throwsWire("TRUNCATED", () => reader.uint32(), 2);
  assert.equal(reader.uint8(), 0x63);
  throwsWire("TRUNCATED", () => reader.uint8(), 3);
  for (const [at, end] of [
    [0, 7],
    [-1, 3],
    [4, 3],
    [Number.NaN, 3],
    [0, Number.NaN],
  ] as const)
    throwsWire("OUT_OF_RANGE", () => new Reader().over(ascii("abcdef"), at, end));
  // An ArrayBuffer where an Uint8Array belongs, as k6 hands them out.
  throwsWire("OUT_OF_RANGE", () =>
    new Reader().over(new ArrayBuffer(8) as unknown as Uint8Array, 0, undefined!),
  );
});

test("integers of RFC 0030", () => {
  const bytes = fromHex("abababab ac01055a1debac1e");
  assert.equal(uint32At(bytes, 0), 2_880_154_539);
  assert.equal(uint64(uint32At(bytes, 4), uint32At(bytes, 8)), 12_394_193_534_107_495_454n);
  const into = new Uint8Array(12);
  assert.equal(writeUint64(12_394_193_534_107_495_454n, into, writeUint32(2_880_154_539, into, 0)), 12);
  assert.deepEqual(into, bytes);
});

test("every u64 comes back, as bigint and as number, the same as DataView has it", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
      const into = exactly(8, (bytes) => writeUint64(value, bytes, 0));
      assert.equal(new DataView(into.buffer).getBigUint64(0), value);
      assert.equal(uint64(uint32At(into, 0), uint32At(into, 4)), value);
    }),
  );
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      assert.equal(
        new DataView(exactly(8, (bytes) => writeUint64(value, bytes, 0)).buffer).getBigUint64(0),
        BigInt(value),
      );
    }),
  );
});

test("what is no u64 is not written", () => {
  for (const value of [-1n, 2n ** 64n, -1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])
    throwsWire("OUT_OF_RANGE", () => writeUint64(value, new Uint8Array(8), 0));
});
