/** Both forms of time: the lists of RFC 0030, every day of four centuries, and Date as the oracle. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ascii, exactly, throwsWire } from "./testing/samples.ts";
import {
  MAX_TIME_MS,
  MIN_TIME_MS,
  readGeneralizedTime,
  readTimestamp,
  sizeOfGeneralizedTime,
  TIMESTAMP_SIZE,
  writeGeneralizedTime,
  writeTimestamp,
} from "./timestamp.ts";

const read = (text: string) => readTimestamp(ascii(text), 0);
const readGeneralized = (text: string) => readGeneralizedTime(ascii(text), 0, text.length);
const latin = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
const write = (ms: number) => latin(exactly(TIMESTAMP_SIZE, (into) => writeTimestamp(ms, into, 0)));
const writeGeneralized = (ms: number) =>
  latin(exactly(sizeOfGeneralizedTime(ms), (into) => writeGeneralizedTime(ms, into, 0)));
const stripped = (iso: string) => iso.replaceAll(/[-T:.Z]/g, "");

test("ILP timestamps that RFC 0030 calls valid", () => {
  for (const [text, iso] of [
    ["20171224161432279", "2017-12-24T16:14:32.279Z"],
    ["20171224161432270", "2017-12-24T16:14:32.270Z"],
    ["20171224161432200", "2017-12-24T16:14:32.200Z"],
    ["20171224161432000", "2017-12-24T16:14:32.000Z"],
    ["20161231235959852", "2016-12-31T23:59:59.852Z"],
    ["20171225000000000", "2017-12-25T00:00:00.000Z"],
    ["99991224161432279", "9999-12-24T16:14:32.279Z"],
    ["20240229000000000", "2024-02-29T00:00:00.000Z"],
    ["00000101000000000", "0000-01-01T00:00:00.000Z"],
  ] as const) {
    assert.equal(read(text), Date.parse(iso), text);
    assert.equal(write(Date.parse(iso)), text);
  }
});

test("ILP timestamps that RFC 0030 calls invalid, and days there are not", () => {
  for (const text of [
    "20171224235312.431+0200",
    "20171324161432200",
    "20171224230000.00",
    "20171224240000000",
    "20171224215300   ",
    "20161231235960852",
    "20170229000000000",
    "19000229000000000",
    "20170230000000000",
    "20170431000000000",
    "20170001000000000",
    "20170100000000000",
    "20170132000000000",
    "20170101006000000",
    "2017010100000000:",
    "2017010100000000/",
    "+0170101000000000",
    "2017-101000000000",
  ])
    throwsWire("BAD_TIMESTAMP", () => read(text), 0);
});

test("a timestamp with any one character that is no digit is refused", () => {
  for (let i = 0; i < TIMESTAMP_SIZE; i++)
    for (const character of ["/", ":", " ", "\0", "\xff", "A"]) {
      const text = "20171224161432279";
      throwsWire("BAD_TIMESTAMP", () => read(text.slice(0, i) + character + text.slice(i + 1)));
    }
});

test("every day of the calendar's cycle of 400 years reads and writes as Date has it", () => {
  for (let ms = Date.UTC(1900, 0, 1); ms < Date.UTC(2300, 0, 2); ms += 86_400_000) {
    const text = stripped(new Date(ms).toISOString());
    assert.equal(read(text), ms);
    assert.equal(write(ms), text);
  }
});

test("every millisecond of four-digit years reads and writes as Date has it", () => {
  fc.assert(
    fc.property(fc.integer({ min: MIN_TIME_MS, max: MAX_TIME_MS }), (ms) => {
      const iso = new Date(ms).toISOString();
      assert.equal(write(ms), stripped(iso));
      assert.equal(read(stripped(iso)), ms);
      // The canonical form has no trailing zeros, and no fraction of nothing.
      const canonical = iso.replaceAll(/[-T:]/g, "").replace(/\.?0*Z$/, "Z");
      assert.equal(writeGeneralized(ms), canonical);
      assert.equal(readGeneralized(canonical), ms);
    }),
  );
});

test("a fraction of a millisecond is dropped, and times past four-digit years are not written", () => {
  assert.equal(write(Date.UTC(2017, 11, 24, 16, 14, 32, 279) + 0.112), "20171224161432279");
  assert.equal(write(-0.5), "19691231235959999");
  assert.equal(writeGeneralized(Date.UTC(2017, 11, 24, 16, 14, 32, 279) + 0.999), "20171224161432.279Z");
  for (const ms of [
    MIN_TIME_MS - 1,
    MAX_TIME_MS + 1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]) {
    throwsWire("BAD_TIMESTAMP", () => writeTimestamp(ms, new Uint8Array(32), 0));
    throwsWire("BAD_TIMESTAMP", () => writeGeneralizedTime(ms, new Uint8Array(32), 0));
  }
});

test("GeneralizedTime that RFC 0030 calls valid", () => {
  for (const [text, iso] of [
    ["20171224161432.279Z", "2017-12-24T16:14:32.279Z"],
    ["20171224161432.27Z", "2017-12-24T16:14:32.270Z"],
    ["20171224161432.2Z", "2017-12-24T16:14:32.200Z"],
    ["20171224161432Z", "2017-12-24T16:14:32.000Z"],
    ["20171225000000Z", "2017-12-25T00:00:00.000Z"],
    ["99991224161432.279Z", "9999-12-24T16:14:32.279Z"],
  ] as const) {
    assert.equal(readGeneralized(text), Date.parse(iso), text);
    assert.equal(writeGeneralized(Date.parse(iso)), text);
  }
  // A leap second is the first of the next minute, as in POSIX time.
  assert.equal(readGeneralized("20161231235960.852Z"), Date.parse("2017-01-01T00:00:00.852Z"));
  assert.equal(readGeneralized("19630630235960Z"), Date.parse("1963-07-01T00:00:00Z"));
});

test("GeneralizedTime that RFC 0030 calls invalid", () => {
  for (const text of [
    "20171224235312.431+0200",
    "20171224215312.4318Z",
    "20171224161432,279Z",
    "20171324161432.279Z",
    "20171224230000.20Z",
    "20171224230000.0Z",
    "20171224230000.Z",
    "20171224240000Z",
    "2017122421531Z",
    "201712242153Z",
    "2017122421Z",
    "20171224161432.2z",
    "20171224161432.a79Z",
    "20171224161432.2798",
    "20171224161460Z",
    "20171224161461Z",
    "20170229161432Z",
    "Z",
    "",
  ])
    throwsWire("BAD_TIMESTAMP", () => readGeneralized(text), 0);
});

test("three digits of fraction pass with trailing zeros, because btp-packet writes them so", () => {
  assert.equal(readGeneralized("20171224161432.200Z"), Date.parse("2017-12-24T16:14:32.200Z"));
  assert.equal(readGeneralized("20171224161432.000Z"), Date.parse("2017-12-24T16:14:32.000Z"));
});
