/** Packets on their way: forwarded with a new amount and expiry, answers relayed, and nothing else changed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  FrameView,
  forwardPrepare,
  patchPrepare,
  patchRequestId,
  readFrame,
  relayFrame,
  sizeOfFrame,
  sizeOfIlpFrame,
  writeFrame,
  writeFulfillFrame,
  writePrepareFrame,
  writeRejectFrame,
} from "./btp.ts";
import { readFulfill, readPrepare, readReject, sizeOfPacket, writePacket } from "./ilp.ts";
import {
  amount,
  exactly,
  FULFILL_FRAME,
  fulfill,
  hex,
  PREPARE_FRAME,
  plain,
  prepare,
  REJECT_FRAME,
  reject,
  requestId,
  throwsWire,
  timeMs,
} from "./testing/samples.ts";

const packet = (value: Parameters<typeof sizeOfPacket>[0]) =>
  exactly(sizeOfPacket(value), (into) => writePacket(value, into));

/** A Message of one `ilp` entry, made the long way. */
function frameOf(type: 1 | 6, id: number, data: Uint8Array): Uint8Array {
  const frame = { type, requestId: id, entries: [{ name: "ilp", contentType: 0, data }] };
  return exactly(sizeOfFrame(frame), (into) => writeFrame(frame, into));
}

test("a packet written straight into its frame is the frame around the packet", () => {
  fc.assert(
    fc.property(requestId, prepare, fulfill, reject, (id, aPrepare, aFulfill, aReject) => {
      const cases = [
        [6, aPrepare, (into: Uint8Array) => writePrepareFrame(id, aPrepare, into)],
        [1, aFulfill, (into: Uint8Array) => writeFulfillFrame(id, aFulfill, into)],
        [1, aReject, (into: Uint8Array) => writeRejectFrame(id, aReject, into)],
      ] as const;
      for (const [type, value, write] of cases) {
        const bytes = exactly(sizeOfIlpFrame(sizeOfPacket(value)), write);
        assert.equal(hex(bytes), hex(frameOf(type, id, packet(value))));
        assert.ok(readFrame(bytes).isPlainIlp);
      }
    }),
  );
});

/** Frames that carry the packet, and which bytes they have besides: none, an entry, extra bytes, another array's. */
const carriers: Record<string, (data: Uint8Array) => Uint8Array> = {
  "a plain frame": (data) => frameOf(6, 1, data),
  "a frame with a second entry": (data) => {
    const second = { name: "info", contentType: 1, data: new Uint8Array(3) };
    const frame = {
      type: 6,
      requestId: 1,
      entries: [{ name: "ilp", contentType: 0, data }, second],
    } as const;
    return exactly(sizeOfFrame(frame), (into) => writeFrame(frame, into));
  },
  "a frame with bytes behind it": (data) => new Uint8Array([...frameOf(6, 1, data), 1, 2, 3]),
  "a packet with bytes behind it": (data) => frameOf(6, 1, new Uint8Array([...data, 1, 2, 3])),
};

for (const [name, carry] of Object.entries(carriers)) {
  test(`forwarded out of ${name}, a Prepare has its new amount, expiry and request id and is otherwise as it was`, () => {
    fc.assert(
      fc.property(prepare, requestId, amount, timeMs, (value, id, newAmount, newExpiry) => {
        const bytes = carry(packet(value));
        const before = plain(bytes);
        const frame = readFrame(bytes);
        const view = readPrepare(bytes, undefined, frame.ilpStart, frame.ilpEnd);
        const into = new Uint8Array(bytes.length + 20).fill(0xee);
        const end = forwardPrepare(frame, view, id, newAmount, newExpiry, into, 10);
        const wanted = frameOf(6, id, packet({ ...value, amount: newAmount, expiresAtMs: newExpiry }));
        assert.equal(hex(into.subarray(10, end)), hex(wanted));
        assert.ok(into.subarray(0, 10).every((byte) => byte === 0xee));
        assert.deepEqual(bytes, before, "what came is left as it was");
      }),
    );
  });
}

test("a frame at the start, in the middle or at the end of a larger array is forwarded alone", () => {
  for (const [before, after] of [
    [0, 9],
    [9, 9],
    [9, 0],
  ] as const) {
    const bytes = new Uint8Array(before + PREPARE_FRAME.length + after).fill(0xee);
    bytes.set(PREPARE_FRAME, before);
    const frame = readFrame(bytes, new FrameView(), before, before + PREPARE_FRAME.length);
    const view = readPrepare(bytes, undefined, frame.ilpStart, frame.ilpEnd);
    const into = new Uint8Array(PREPARE_FRAME.length + 40);
    const end = forwardPrepare(frame, view, 0x01020304, 107, view.expiresAtMs, into);
    assert.equal(hex(into.subarray(0, end)), hex(PREPARE_FRAME));
    assert.ok(into.subarray(end).every((byte) => byte === 0));
  }
});

test("extra bytes inside of the envelope travel on: they belong to fields to come", () => {
  const value = packet(readPrepare(PREPARE_FRAME, undefined, readFrame(PREPARE_FRAME).ilpStart));
  const longer = new Uint8Array([...value, 7, 7]);
  longer[1]! += 2;
  const bytes = frameOf(6, 1, longer);
  const frame = readFrame(bytes);
  const view = readPrepare(bytes, undefined, frame.ilpStart, frame.ilpEnd);
  const into = new Uint8Array(bytes.length);
  assert.equal(forwardPrepare(frame, view, 1, 107, view.expiresAtMs, into), bytes.length);
  assert.equal(hex(into), hex(bytes));
});

test("an answer is relayed under the request id of the hop before, with a plain frame or without", () => {
  const info = { name: "info", contentType: 1, data: new Uint8Array(2) };
  for (const sample of [FULFILL_FRAME, REJECT_FRAME]) {
    const plainFrame = readFrame(sample);
    const data = sample.subarray(plainFrame.ilpStart, plainFrame.ilpEnd);
    const mixed = {
      type: 1,
      requestId: 5,
      entries: [{ name: "ilp", contentType: 0, data }, info],
    } as const;
    const mixedFrame = readFrame(exactly(sizeOfFrame(mixed), (into) => writeFrame(mixed, into)));
    for (const frame of [plainFrame, mixedFrame]) {
      const into = exactly(sample.length, (bytes) => relayFrame(frame, 0xfffffffe, bytes));
      assert.equal(hex(into), hex(frameOf(1, 0xfffffffe, data)));
    }
  }
});

test("what does not fit or is out of range is not forwarded", () => {
  const frame = readFrame(PREPARE_FRAME);
  const view = readPrepare(PREPARE_FRAME, undefined, frame.ilpStart, frame.ilpEnd);
  const into = new Uint8Array(PREPARE_FRAME.length);
  throwsWire("NO_ROOM", () => forwardPrepare(frame, view, 1, 1, 0, into.subarray(1)));
  throwsWire("NO_ROOM", () => forwardPrepare(frame, view, 1, 1, 0, into, 1));
  throwsWire("NO_ROOM", () =>
    relayFrame(readFrame(FULFILL_FRAME), 1, new Uint8Array(FULFILL_FRAME.length - 1)),
  );
  throwsWire("OUT_OF_RANGE", () => forwardPrepare(frame, view, -1, 1, 0, into));
  throwsWire("OUT_OF_RANGE", () => forwardPrepare(frame, view, 1, -1, 0, into));
  throwsWire("BAD_TIMESTAMP", () => forwardPrepare(frame, view, 1, 1, Number.NaN, into));
  throwsWire("BAD_TYPE", () => relayFrame(readFrame(Uint8Array.of(1, 0, 0, 0, 7, 2, 1, 0)), 1, into), 0);
});

test("patched in place, a frame needs no copy at all", () => {
  const bytes = PREPARE_FRAME.slice();
  const frame = readFrame(bytes);
  const view = readPrepare(bytes, undefined, frame.ilpStart, frame.ilpEnd);
  patchRequestId(0xdeadbeef, bytes);
  patchPrepare(99n, Date.parse("2030-01-02T03:04:05.678Z"), bytes, view.amountAt);
  const again = readPrepare(bytes, undefined, readFrame(bytes).ilpStart);
  assert.equal(readFrame(bytes).requestId, 0xdeadbeef);
  assert.equal(again.amount, 99n);
  assert.equal(again.expiresAtMs, Date.parse("2030-01-02T03:04:05.678Z"));
  assert.equal(again.destination, "example.alice");
  throwsWire("NO_ROOM", () => patchRequestId(1, bytes, bytes.length - 4));
  throwsWire("NO_ROOM", () => patchPrepare(1, 0, bytes, bytes.length - 24));
  throwsWire("OUT_OF_RANGE", () => patchRequestId(2 ** 32, bytes));
});

test("answers carry on where the frame says: a Fulfill and a Reject are read in place", () => {
  const one = readFrame(FULFILL_FRAME);
  assert.equal(FULFILL_FRAME[one.ilpStart], 13);
  assert.equal(hex(readFulfill(FULFILL_FRAME, undefined, one.ilpStart, one.ilpEnd).data), "616263");
  const two = readFrame(REJECT_FRAME);
  assert.equal(readReject(REJECT_FRAME, undefined, two.ilpStart, two.ilpEnd).code, "F02");
});
