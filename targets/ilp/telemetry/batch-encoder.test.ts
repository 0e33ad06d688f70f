/** Batches written byte by byte are the JSON that event.ts promises, for any event. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { packetId } from "../../../wire/packet-id.ts";
import { BatchEncoder } from "./batch-encoder.ts";
import { type Batch, MAX_BATCH_BYTES, PACKET_EVENTS } from "./event.ts";
import { EventRing } from "./event-ring.ts";

const parse = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString()) as Batch;
const pack = (code: string) => (code.charCodeAt(0) << 16) | (code.charCodeAt(1) << 8) | code.charCodeAt(2);

test("a batch, byte for byte", () => {
  const encoder = new BatchEncoder("A");
  const alice = encoder.peer("alice");
  const ring = new EventRing(8);
  const condition = Uint8Array.from({ length: 32 }, (_, i) => 255 - i);
  ring.packet(0, condition, 0, alice, 100, 1_790_000_000_000.125, 0);
  ring.text(Buffer.from('{"type":"LOG","timestamp":1,"level":"info","message":"hi"}'));
  ring.packet(4, condition, 0, alice, 2n ** 64n - 1n, 1_790_000_000_003.0015, pack("T04"));
  assert.equal(
    Buffer.from(encoder.encode(ring, 100, 4711, 3)).toString(),
    '{"v":1,"node":"A","from":4711,"dropped":3,"events":[' +
      '{"type":"PACKET_RECEIVED","packetId":"__79_Pv6-fj39vX0","peer":"alice","amount":"100","timestamp":1790000000000.125},' +
      '{"type":"LOG","timestamp":1,"level":"info","message":"hi"},' +
      '{"type":"PACKET_REJECTED","packetId":"__79_Pv6-fj39vX0","peer":"alice","amount":"18446744073709551615","timestamp":1790000000003.001,"code":"T04"}]}',
  );
  assert.equal(ring.waiting, 0);
  assert.equal(
    Buffer.from(encoder.encode(ring, 100, 4714, 0)).toString(),
    '{"v":1,"node":"A","from":4714,"dropped":0,"events":[]}',
  );
});

test("any events", () => {
  const amount = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    fc.constantFrom(0, 9, 10, 999_999_999, 1e9, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER, 2n ** 53n),
  );
  const event = fc.record({
    type: fc.nat({ max: PACKET_EVENTS.length - 1 }),
    condition: fc.uint8Array({ minLength: 12, maxLength: 12 }),
    peer: fc.nat({ max: 3 }),
    amount,
    timeMs: fc.double({ min: 0, max: 4e12, noNaN: true }),
    code: fc.constantFrom("", "F02", "T99"),
  });
  const names = ["alice", "", 'quo"te\\', "Zoë\u2028"];
  fc.assert(
    fc.property(fc.array(event, { maxLength: 50 }), fc.integer({ min: 1, max: 20 }), (events, maxEvents) => {
      const encoder = new BatchEncoder("node-1.x_Y");
      assert.deepEqual(
        names.map((name) => encoder.peer(name)),
        [0, 1, 2, 3],
      );
      const ring = new EventRing(64);
      for (const { type, condition, peer, amount, timeMs, code } of events)
        ring.packet(type, condition, 0, peer, amount, timeMs, code === "" ? 0 : pack(code));
      const read: Batch["events"][number][] = [];
      while (ring.waiting > 0) {
        const batch = parse(encoder.encode(ring, maxEvents, read.length, 0));
        assert.equal(batch.from, read.length);
        assert.ok(batch.events.length <= maxEvents);
        read.push(...batch.events);
      }
      assert.deepEqual(
        read.map((event) => ({ ...event, timestamp: 0 })),
        events.map(({ type, condition, peer, amount, code }) => ({
          type: PACKET_EVENTS[type],
          packetId: packetId(condition),
          peer: names[peer],
          amount: String(amount),
          timestamp: 0,
          ...(code === "" ? {} : { code }),
        })),
      );
      for (const [i, { timeMs }] of events.entries()) {
        const lostMs = timeMs - read[i]!.timestamp;
        assert.ok(lostMs > -0.0005 && lostMs < 0.0015, `${timeMs} became ${read[i]!.timestamp}`);
      }
    }),
  );
});

test("an amount that no number holds is the greatest there is", () => {
  const encoder = new BatchEncoder("A");
  const ring = new EventRing(2);
  ring.packet(0, new Uint8Array(12), 0, encoder.peer("a"), Number.POSITIVE_INFINITY, 1, 0);
  const [event] = parse(encoder.encode(ring, 1, 0, 0)).events;
  assert.equal(event && "amount" in event && event.amount, "18446744073709551615");
});

test("a code of a stranger's Reject cannot break out of its string", () => {
  const encoder = new BatchEncoder("A");
  const ring = new EventRing(2);
  ring.packet(4, new Uint8Array(12), 0, encoder.peer("a"), 1, 1, pack('"\\\n'));
  const [event] = parse(encoder.encode(ring, 1, 0, 0)).events;
  assert.equal(event && "code" in event && event.code, "???");
});

test("a batch ends before it is too long, and the rest is in the next one", () => {
  const encoder = new BatchEncoder("A");
  const peer = encoder.peer("p".repeat(900));
  const ring = new EventRing(2048);
  for (let i = 0; i < 2048; i++) ring.packet(2, new Uint8Array(12), 0, peer, i, 1_790_000_000_000, 0);
  const sizes: number[] = [];
  let events = 0;
  while (ring.waiting > 0) {
    const bytes = encoder.encode(ring, 10_000, events, 0);
    assert.ok(bytes.length <= MAX_BATCH_BYTES);
    sizes.push(bytes.length);
    for (const event of parse(bytes).events)
      assert.equal("amount" in event && event.amount, String(events++));
  }
  assert.equal(events, 2048);
  assert.equal(sizes.length, 3);
});

test("names that would not fit are refused when they are given, not when they are written", () => {
  assert.throws(() => new BatchEncoder("A").peer("é".repeat(600)), RangeError);
  for (const node of ["", "a b", 'a"', "x".repeat(65)])
    assert.throws(() => new BatchEncoder(node), RangeError);
});
