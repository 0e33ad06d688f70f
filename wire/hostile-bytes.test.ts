/**
 * Bytes of a stranger: cut, flipped, overwritten and random. Whatever they are, a decoder returns or throws WireError, reads
 * nothing outside of its range, and makes nothing larger than what it was given.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readAuth, readFrame, sizeOfFrame, writeFrame } from "./btp.ts";
import { WireError } from "./error.ts";
import { readFulfill, readPrepare, readReject, sizeOfPacket, writePacket } from "./ilp.ts";
import {
  AUTH_FRAME,
  EMPTY_RESPONSE,
  ERROR_FRAME,
  exactly,
  FULFILL,
  FULFILL_FRAME,
  frame,
  fulfill,
  hex,
  PREPARE_FRAME,
  prepare,
  README_PREPARE,
  REJECT,
  REJECT_FRAME,
  reject,
  TRANSFER_FRAME,
} from "./testing/samples.ts";

type Reading = (bytes: Uint8Array, start?: number, end?: number) => object;

const readings: Record<string, Reading> = {
  prepare: (bytes, start, end) => {
    const view = readPrepare(bytes, undefined, start, end);
    const { amount, amountNumber, expiresAtMs, condition, destination, data } = view;
    return { amount, amountNumber, expiresAtMs, condition, destination, data };
  },
  fulfill: (bytes, start, end) => {
    const { fulfillment, data } = readFulfill(bytes, undefined, start, end);
    return { fulfillment, data };
  },
  reject: (bytes, start, end) => {
    const { code, triggeredBy, message, data } = readReject(bytes, undefined, start, end);
    return { code, triggeredBy, message, data };
  },
  frame: (bytes, start, end) => {
    const view = readFrame(bytes, undefined, start, end);
    const head = { type: view.type, requestId: view.requestId, entries: view.entries, auth: readAuth(view) };
    if (view.type === 7) return { ...head, amount: view.amount };
    if (view.type !== 2) return head;
    const { code, name, triggeredAtMs, errorData, errorText } = view;
    return { ...head, code, name, triggeredAtMs, errorData, errorText };
  },
};

/** What a packet says, as text, or why it says nothing. */
function saysOf(read: Reading, packet: readonly number[]): string {
  try {
    return JSON.stringify(read(Uint8Array.from(packet)), (_, value) =>
      value instanceof Uint8Array ? hex(value) : value,
    );
  } catch (error) {
    assert.ok(error instanceof WireError);
    return error.code;
  }
}

for (const [name, whole, headers] of [
  ["fulfill", FULFILL, 2],
  ["reject", REJECT, 2],
] as const) {
  test(`${name}: what is in a packet is read the same where its length takes one byte and where it takes two`, () => {
    const type = whole[0] as number;
    const contents = [...whole.subarray(headers)];
    const change = fc.tuple(fc.nat(contents.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 3 }), fc.nat(20), (changes, cut) => {
        const bytes = contents.slice(0, contents.length - Math.max(0, cut - 10));
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
        const short = saysOf(readings[name] as Reading, [type, bytes.length, ...bytes]);
        // Bytes behind the last field are ignored, so these make the packet longer and nothing else.
        const more = [...bytes, ...new Array<number>(128).fill(0)];
        const long = saysOf(readings[name] as Reading, [type, 0x81, more.length, ...more]);
        if (short !== "TRUNCATED") assert.equal(long, short);
      }),
      { numRuns: 3_000 },
    );
  });
}

/** Total bytes of the views in a result. */
function bytesIn(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value === "string") return value.length;
  if (Array.isArray(value)) return value.reduce((sum, item) => sum + bytesIn(item), 0);
  return value !== null && typeof value === "object" ? bytesIn(Object.values(value)) : 0;
}

/** Reads with guards of a value on both sides; what came of it, as text, with a foreign error let through. */
function outcome(read: Reading, bytes: Uint8Array, guard: number): string {
  const guarded = new Uint8Array(bytes.length + 64).fill(guard);
  guarded.set(bytes, 32);
  try {
    const result = read(guarded, 32, 32 + bytes.length);
    assert.ok(bytesIn(result) <= 4 * bytes.length + 100, "a result larger than its source");
    return JSON.stringify(result, (_, value) =>
      typeof value === "bigint" ? String(value) : value instanceof Uint8Array ? hex(value) : value,
    );
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    assert.ok(
      error.offset >= 32 && error.offset <= 32 + bytes.length,
      `offset ${error.offset - 32} of ${bytes.length}`,
    );
    return `${error.code} at ${error.offset - 32}`;
  }
}

/** The same whatever lies around the bytes: so nothing there was read. */
function survive(bytes: Uint8Array): string[] {
  return Object.values(readings).map((read) => {
    const among = outcome(read, bytes, 0x00);
    for (const guard of [0x01, 0x30, 0x61, 0x81, 0xff]) assert.equal(outcome(read, bytes, guard), among);
    return among;
  });
}

const SAMPLES = {
  prepare: [README_PREPARE],
  fulfill: [FULFILL],
  reject: [REJECT],
  frame: [
    PREPARE_FRAME,
    FULFILL_FRAME,
    REJECT_FRAME,
    AUTH_FRAME,
    EMPTY_RESPONSE,
    ERROR_FRAME,
    TRANSFER_FRAME,
  ],
};
const all = Object.values(SAMPLES).flat();

test("the samples themselves are read", () => {
  for (const [name, samples] of Object.entries(SAMPLES))
    for (const sample of samples) assert.match(outcome(readings[name]!, sample, 0), /^\{/);
});

test("every sample cut at every byte is TRUNCATED", () => {
  for (const [name, samples] of Object.entries(SAMPLES))
    for (const sample of samples)
      for (let size = 0; size < sample.length; size++)
        assert.match(
          outcome(readings[name]!, sample.subarray(0, size), 0xff),
          /^TRUNCATED/,
          `${name} cut at ${size}`,
        );
});

test("every bit of every sample flipped", () => {
  for (const sample of all)
    for (let bit = 0; bit < sample.length * 8; bit++) {
      const bytes = sample.slice();
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      survive(bytes);
    }
});

test("every byte of every sample a lying length", () => {
  for (const sample of all)
    for (let at = 0; at < sample.length; at++)
      for (const lie of [
        [0x00],
        [0x7f],
        [0x80],
        [0x81, 0xff],
        [0x82, 0xff, 0xff],
        [0x84, 255, 255, 255, 255],
        [0x88],
        [0xff],
      ]) {
        const bytes = sample.slice();
        bytes.set(lie.slice(0, bytes.length - at), at);
        survive(bytes);
      }
});

test("packets and frames of any content with a few bytes overwritten, cut or repeated", () => {
  const valid = fc.oneof(
    fc
      .oneof(prepare, fulfill, reject)
      .map((packet) => exactly(sizeOfPacket(packet), (into) => writePacket(packet, into))),
    frame.map((value) => exactly(sizeOfFrame(value), (into) => writeFrame(value, into))),
  );
  const change = fc.record({ at: fc.nat(), value: fc.nat(255) });
  fc.assert(
    fc.property(valid, fc.array(change, { maxLength: 4 }), fc.nat(), (original, changes, cut) => {
      const bytes = original.slice();
      for (const { at, value } of changes) bytes[at % Math.min(bytes.length, 100)] = value;
      survive(bytes);
      survive(bytes.subarray(0, cut % (bytes.length + 1)));
    }),
    { numRuns: 400 },
  );
});

test("random bytes behind a type that there is", () => {
  fc.assert(
    fc.property(fc.constantFrom(1, 2, 6, 7, 12, 13, 14), fc.uint8Array({ maxLength: 200 }), (type, rest) => {
      survive(Uint8Array.of(type, ...rest));
    }),
    { numRuns: 3000 },
  );
});

test("a frame of the greatest size that holds nothing but entries is read, and its names are no trap", () => {
  const entries = [..."abcdefghij"].map((name) => ({ name, contentType: 0, data: new Uint8Array(6000) }));
  entries.push({ name: "__proto__", contentType: 0, data: new Uint8Array(1) });
  const value = { type: 6, requestId: 1, entries } as const;
  const bytes = exactly(sizeOfFrame(value), (into) => writeFrame(value, into));
  assert.equal(readFrame(bytes).entries.at(-1)!.name, "__proto__");
  assert.equal(readAuth(readFrame(bytes)), undefined);
});
