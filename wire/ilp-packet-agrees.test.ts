/** `ilp-packet` reads what we write and writes what we read, byte for byte; property by property. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import * as oracle from "ilp-packet";
import { readFulfill, readPrepare, readReject, sizeOfPacket, writePacket } from "./ilp.ts";
import { buffer, exactly, fulfill, hex, plain, prepare, reject } from "./testing/samples.ts";

const RUNS = { numRuns: 500 };

test("Prepare", () => {
  fc.assert(
    fc.property(prepare, (packet) => {
      const ours = exactly(sizeOfPacket(packet), (into) => writePacket(packet, into));
      const read = oracle.deserializeIlpPrepare(buffer(ours));
      assert.equal(read.amount, String(packet.amount));
      assert.equal(read.expiresAt.getTime(), packet.expiresAtMs);
      assert.equal(read.destination, packet.destination);
      assert.deepEqual(plain(read.executionCondition), packet.condition);
      assert.deepEqual(plain(read.data), packet.data);

      const theirs = oracle.serializeIlpPrepare(read);
      assert.equal(hex(theirs), hex(ours));
      const { amount, expiresAtMs, condition, destination, data } = readPrepare(theirs);
      assert.deepEqual(
        { amount, expiresAtMs, condition: plain(condition), destination, data: plain(data) },
        packet,
      );
    }),
    RUNS,
  );
});

test("Fulfill", () => {
  fc.assert(
    fc.property(fulfill, (packet) => {
      const ours = exactly(sizeOfPacket(packet), (into) => writePacket(packet, into));
      const theirs = oracle.serializeIlpFulfill({
        fulfillment: buffer(packet.fulfillment),
        data: buffer(packet.data),
      });
      assert.equal(hex(ours), hex(theirs));
      const read = oracle.deserializeIlpFulfill(buffer(ours));
      assert.deepEqual(plain(read.fulfillment), packet.fulfillment);
      const { fulfillment, data } = readFulfill(theirs);
      assert.deepEqual({ fulfillment: plain(fulfillment), data: plain(data) }, packet);
    }),
    RUNS,
  );
});

test("Reject", () => {
  fc.assert(
    fc.property(reject, (packet) => {
      const ours = exactly(sizeOfPacket(packet), (into) => writePacket(packet, into));
      const theirs = oracle.serializeIlpReject({ ...packet, data: buffer(packet.data) });
      assert.equal(hex(ours), hex(theirs));
      const read = oracle.deserializeIlpReject(buffer(ours));
      assert.deepEqual(
        { ...read, data: plain(read.data) },
        { ...packet, message: packet.message.toWellFormed() },
      );
      const { code, triggeredBy, message, data } = readReject(theirs);
      assert.deepEqual(
        { code, triggeredBy, message, data: plain(data) },
        { ...read, data: plain(read.data) },
      );
    }),
    RUNS,
  );
});

test("what we take, ilp-packet takes and reads the same; what it refuses, we refuse", () => {
  // The other way round does not hold: it takes February 30, hour 24, and data past the limits.
  let taken = 0;
  const mutated = fc
    .tuple(fc.oneof(prepare, fulfill, reject), fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 2 }))
    .map(([packet, changes]) => {
      const bytes = exactly(sizeOfPacket(packet), (into) => writePacket(packet, into));
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      return bytes;
    });
  fc.assert(
    fc.property(mutated, (bytes) => {
      const read = bytes[0] === 12 ? readPrepare : bytes[0] === 13 ? readFulfill : readReject;
      let ours: ReturnType<typeof read>;
      try {
        ours = read(bytes);
      } catch {
        return;
      }
      taken++;
      const theirs = oracle.deserializeIlpPacket(buffer(bytes)).data;
      assert.deepEqual(plain(theirs.data), plain(ours.data));
      if ("amount" in theirs && "amount" in ours) assert.equal(theirs.amount, String(ours.amount));
    }),
    { numRuns: 3000 },
  );
  assert.ok(taken > 500, `${taken} of 3000 were taken`);
});
