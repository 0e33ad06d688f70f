/** `btp-packet` reads what we write and writes what we read; property by property. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as oracle from "btp-packet";
import fc from "fast-check";
import { type Frame, FrameType, readFrame, sizeOfFrame, writeFrame } from "./btp.ts";
import { ascii, buffer, exactly, frame, hex, plain } from "./testing/samples.ts";

/** The frame as btp-packet has it. */
function theirsOf(ours: Frame): oracle.BtpPacket {
  const protocolData = ours.entries.map(({ name, contentType, data }) => ({
    protocolName: name,
    contentType,
    data: buffer(data),
  }));
  const { requestId } = ours;
  switch (ours.type) {
    case FrameType.transfer:
      return { type: ours.type, requestId, data: { amount: String(ours.amount), protocolData } };
    case FrameType.error: {
      const { code, name, triggeredAtMs, data } = ours;
      const text = Buffer.from(data).toString("utf8");
      return {
        type: ours.type,
        requestId,
        data: { code, name, triggeredAt: new Date(triggeredAtMs).toISOString(), data: text, protocolData },
      };
    }
    default:
      return { type: ours.type, requestId, data: { protocolData } };
  }
}

/** What a frame says, read with {@link readFrame}, as plain data. */
function read(bytes: Uint8Array): Frame {
  const view = readFrame(bytes);
  const entries = view.entries.map((entry) => ({ ...entry, data: plain(entry.data) }));
  const { requestId } = view;
  switch (view.type) {
    case FrameType.transfer:
      return { type: view.type, requestId, amount: view.amount, entries };
    case FrameType.error: {
      const { code, name, triggeredAtMs, errorData } = view;
      return { type: view.type, requestId, code, name, triggeredAtMs, data: plain(errorData), entries };
    }
    default:
      return { type: view.type as 1 | 6, requestId, entries };
  }
}

/** btp-packet has data of an Error as text only. */
const asText = (ours: Frame): Frame =>
  ours.type === FrameType.error
    ? { ...ours, data: ascii(Buffer.from(ours.data).toString("hex").slice(0, 8192)) }
    : ours;

test("btp-packet reads our frames", () => {
  fc.assert(
    fc.property(frame, (original) => {
      const ours = asText(original);
      const bytes = exactly(sizeOfFrame(ours), (into) => writeFrame(ours, into));
      assert.deepEqual(read(bytes), ours);
      const theirs = oracle.deserialize(buffer(bytes));
      if (ours.type !== FrameType.error) return assert.deepEqual(theirs, theirsOf(ours));
      // RFC 0030 strips trailing zeros; btp-packet reads three digits only and makes an Invalid Date of others.
      const known = ours.triggeredAtMs % 10 !== 0;
      const triggeredAt = new Date(known ? ours.triggeredAtMs : Number.NaN);
      const wanted = theirsOf(ours);
      assert.deepEqual(theirs, { ...wanted, data: { ...wanted.data, triggeredAt } });
    }),
    { numRuns: 500 },
  );
});

test("we read the frames of btp-packet, and write the same bytes", () => {
  fc.assert(
    fc.property(frame, (original) => {
      const ours = asText(original);
      const theirs = oracle.serialize(theirsOf(ours));
      assert.deepEqual(read(theirs), ours);
      if (ours.type !== FrameType.error || ours.triggeredAtMs % 10 !== 0)
        assert.equal(hex(theirs), hex(exactly(sizeOfFrame(ours), (into) => writeFrame(ours, into))));
    }),
    { numRuns: 500 },
  );
});
