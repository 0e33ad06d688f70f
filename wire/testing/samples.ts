/** Packets and frames for tests: fixed ones from the RFCs' own world, and fast-check's arbitrary ones. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Frame } from "../btp.ts";
import { WireError, type WireErrorCode } from "../error.ts";
import { MAX_TIME_MS } from "../timestamp.ts";

export const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
export const fromHex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));
/** One byte a character. */
export const ascii = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
/** A Buffer over the same bytes, as the oracles want it. */
export const buffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
/** Plain bytes, whatever they were: a Buffer and an Uint8Array of the same bytes are not deeply equal. */
export const plain = (bytes: Uint8Array) => new Uint8Array(bytes);

/** Writes into an array of exactly the size that was announced, and makes sure that it is filled. */
export function exactly(size: number, write: (into: Uint8Array) => number): Uint8Array {
  const into = new Uint8Array(size);
  assert.equal(write(into), size, "the announced size is the size written");
  return into;
}

/** Asserts that a call throws WireError with this code, and at this offset where one is given. */
export function throwsWire(code: WireErrorCode, call: () => unknown, offset?: number): void {
  assert.throws(call, (error) => {
    assert.ok(error instanceof WireError, `a foreign error: ${error}`);
    assert.equal(error.code, code, error.message);
    if (offset !== undefined) assert.equal(error.offset, offset, error.message);
    return true;
  });
}

/** The Prepare of ilp-packet's README. */
export const README_PREPARE = fromHex(
  "0c68000000000000006b323031373132323330313231343035343974e1136dc71c9e5f283bec83461cbf1261c4014f72d48f8dd65453a0b8" +
    "4e7de10d6578616d706c652e616c696365205db343fdc41898f6df4202329139dc242dd0f558a811b46b28918fdab37c6cb0",
);
export const FULFILL = fromHex(`0d24${"11".repeat(32)}03616263`);
export const REJECT = ascii("\x0e\x21F02\x0eexample.broker\x08no route\x05\x00\x01\x02\x03\x04");

/** A Message with the README's Prepare, request id 0x01020304. */
export const PREPARE_FRAME = fromHex(`0601020304 72 0101 03696c70 00 6a ${hex(README_PREPARE)}`);
export const AUTH_FRAME = fromHex("0601020304190102046175746800000a617574685f746f6b656e0103746f6b");
export const EMPTY_RESPONSE = fromHex("0100000007020100");
export const FULFILL_FRAME = fromHex(`0100000009 2e 0101 03696c70 00 26 ${hex(FULFILL)}`);
export const REJECT_FRAME = fromHex(`010000000a 2b 0101 03696c70 00 23 ${hex(REJECT)}`);
export const ERROR_FRAME = ascii(
  "\x02\x00\x00\x00\x0b\x2fF00\x10NotAcceptedError\x1320171224161432.279Z\x04oops\x01\x00",
);
export const TRANSFER_FRAME = fromHex("070000000c 14 0000000000000064 0101 05636c61696d 02 02 7b7d");

/** Objects with the prototype that objects have, so that they equal decoded ones. */
const record: typeof fc.record = (model: object) => fc.record(model as never, { noNullPrototype: true });

const SEGMENT = "ABCXYZabcxyz0189_~-";
const segment = fc.string({ unit: fc.constantFrom(...SEGMENT), minLength: 1, maxLength: 24 });

/** ILP addresses of every scheme; some longer than 127 characters, so that lengths take the long form. */
export const address = fc
  .tuple(
    fc.constantFrom("g", "private", "example", "peer", "self", "test", "test1", "test2", "test3", "local"),
    fc.array(segment, { minLength: 1, maxLength: 12 }),
  )
  .map(([scheme, segments]) => [scheme, ...segments].join("."));

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
/** Mostly short, now and then around the limits where lengths change their form, or of the greatest length. */
export const data = fc.oneof(
  { weight: 8, arbitrary: bytes(300) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(127, 128, 255, 256, 32_767).map((size) => new Uint8Array(size).fill(7)),
  },
);
export const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
export const amount = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
/**
 * What the oracles can do: both write years before 1000 with fewer than four digits, and ilp-packet takes 1970-01-01T00:00Z
 * for no date.
 */
export const timeMs = fc.integer({ min: Date.UTC(1000, 0, 1), max: MAX_TIME_MS }).filter((ms) => ms !== 0);
export const requestId = fc.integer({ min: 0, max: 2 ** 32 - 1 });
/** Text with characters of one to four bytes. */
export const text = fc.string({ unit: "binary", maxLength: 200 });
export const asciiText = (options: { minLength?: number; maxLength: number }) =>
  fc.string({ unit: fc.integer({ min: 0, max: 127 }).map((unit) => String.fromCharCode(unit)), ...options });

export const prepare = record({
  amount,
  expiresAtMs: timeMs,
  condition: hash,
  destination: address,
  data,
});
export const fulfill = record({ fulfillment: hash, data });
export const reject = record({
  code: asciiText({ minLength: 3, maxLength: 3 }),
  triggeredBy: fc.oneof(address, fc.constant("")),
  message: text,
  data,
});

const entries = fc.array(
  record({ name: asciiText({ maxLength: 20 }), contentType: fc.integer({ min: 0, max: 255 }), data }),
  { maxLength: 5 },
);

export const frame: fc.Arbitrary<Frame> = fc.oneof(
  record({ type: fc.constantFrom(1 as const, 6 as const), requestId, entries }),
  record({ type: fc.constant(7 as const), requestId, amount, entries }),
  record({
    type: fc.constant(2 as const),
    requestId,
    code: asciiText({ minLength: 3, maxLength: 3 }),
    name: asciiText({ maxLength: 40 }),
    triggeredAtMs: timeMs,
    data: bytes(8192),
    entries,
  }),
);
