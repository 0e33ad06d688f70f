/** ILP packets byte for byte, field by field, and the limits of RFC 0027 on both ways. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  FulfillView,
  MAX_DATA,
  MAX_MESSAGE,
  type Packet,
  type Prepare,
  PrepareView,
  type Reject,
  RejectView,
  readFulfill,
  readPrepare,
  readReject,
  sizeOfPacket,
  writePacket,
} from "./ilp.ts";
import {
  ascii,
  exactly,
  FULFILL,
  fromHex,
  hex,
  README_PREPARE,
  REJECT,
  throwsWire,
} from "./testing/samples.ts";

const write = (packet: Packet) => exactly(sizeOfPacket(packet), (into) => writePacket(packet, into));
const prepare: Prepare = {
  amount: 107n,
  expiresAtMs: Date.parse("2017-12-23T01:21:40.549Z"),
  condition: fromHex("74e1136dc71c9e5f283bec83461cbf1261c4014f72d48f8dd65453a0b84e7de1"),
  destination: "example.alice",
  data: fromHex("5db343fdc41898f6df4202329139dc242dd0f558a811b46b28918fdab37c6cb0"),
};
const reject: Reject = {
  code: "F02",
  triggeredBy: "example.broker",
  message: "no route",
  data: fromHex("0001020304"),
};

test("the Prepare of ilp-packet's README, both ways", () => {
  const view = readPrepare(README_PREPARE);
  assert.equal(view.amount, 107n);
  assert.equal(view.amountNumber, 107);
  assert.equal(view.expiresAtMs, prepare.expiresAtMs);
  assert.equal(hex(view.condition), hex(prepare.condition));
  assert.equal(view.destination, "example.alice");
  assert.equal(hex(view.data), hex(prepare.data));
  assert.deepEqual([view.start, view.end], [0, README_PREPARE.length]);
  assert.equal(hex(write(prepare)), hex(README_PREPARE));
  assert.equal(hex(write({ ...prepare, amount: 107 })), hex(README_PREPARE));
  assert.equal(hex(write(view)), hex(README_PREPARE), "a view can be written as it is");
});

test("a Fulfill and a Reject, both ways", () => {
  const fulfill = readFulfill(FULFILL);
  assert.equal(hex(fulfill.fulfillment), "11".repeat(32));
  assert.equal(hex(fulfill.data), "616263");
  assert.equal(hex(write(fulfill)), hex(FULFILL));
  const view = readReject(REJECT);
  assert.equal(view.code, "F02");
  assert.equal(view.triggeredBy, "example.broker");
  assert.equal(view.message, "no route");
  assert.equal(hex(view.data), "0001020304");
  assert.equal(hex(write(view)), hex(REJECT));
  assert.equal(hex(write(reject)), hex(REJECT));
});

test("a Prepare with 64 bytes of data and a destination of 28 is 155 bytes", () => {
  const packet = write({ ...prepare, destination: `g.${"a".repeat(26)}`, data: new Uint8Array(64) });
  assert.equal(packet.length, 3 + 8 + 17 + 32 + 29 + 65);
});

test("reads are views of the same memory, and a view object serves again", () => {
  const bytes = new Uint8Array([...README_PREPARE, ...README_PREPARE]);
  bytes[README_PREPARE.length + 9] = 108;
  const view = new PrepareView();
  assert.equal(readPrepare(bytes, view, 0, README_PREPARE.length), view);
  assert.equal(view.condition.buffer, bytes.buffer);
  assert.equal(view.data.buffer, bytes.buffer);
  assert.equal(view.amount, 107n);
  assert.equal(readPrepare(bytes, view, README_PREPARE.length).amount, 108n);
  assert.equal(view.data.byteOffset, bytes.length - 32);
});

for (const size of [0, 1, 93, 94, 95, 96, 127, 128]) {
  test(`a Fulfill with ${size} bytes of data, around where its lengths take more than a byte`, () => {
    const data = new Uint8Array(size).fill(7);
    const fulfill = { fulfillment: new Uint8Array(32).fill(9), data };
    const bytes = write(fulfill);
    const view = readFulfill(bytes);
    assert.deepEqual([view.fulfillment, view.data, view.end], [fulfill.fulfillment, data, bytes.length]);
    throwsWire("TRUNCATED", () => readFulfill(bytes, view, 0, bytes.length - 1));
    assert.deepEqual(view.fulfillment, fulfill.fulfillment, "what it held before");
  });
}

for (const size of [0, 1, 101, 102, 103, 104, 128]) {
  test(`a Reject with a message of ${size} bytes, around where its lengths take more than a byte`, () => {
    const said = { ...reject, message: "m".repeat(size) };
    const bytes = write(said);
    const { code, triggeredBy, message, data, end } = readReject(bytes);
    assert.deepEqual({ code, triggeredBy, message, data }, said);
    assert.equal(end, bytes.length);
    for (let cut = 0; cut < bytes.length; cut++)
      throwsWire("TRUNCATED", () => readReject(bytes, undefined, 0, cut));
  });
}

test("writing starts at an offset and leaves the rest of the buffer alone", () => {
  const into = new Uint8Array(300).fill(0xee);
  assert.equal(writePacket(prepare, into, 100), 100 + README_PREPARE.length);
  assert.equal(hex(into.subarray(100, 100 + README_PREPARE.length)), hex(README_PREPARE));
  assert.ok(into.subarray(0, 100).every((byte) => byte === 0xee));
  assert.ok(into.subarray(100 + README_PREPARE.length).every((byte) => byte === 0xee));
});

test("a buffer one byte too small is told, and nothing of it is written", () => {
  for (const packet of [prepare, readFulfill(FULFILL), reject]) {
    const into = new Uint8Array(sizeOfPacket(packet) - 1);
    throwsWire("NO_ROOM", () => writePacket(packet, into));
    throwsWire("NO_ROOM", () => writePacket(packet, new Uint8Array(500), 499), 499);
    throwsWire("NO_ROOM", () => writePacket(packet, new Uint8Array(500), -1));
    assert.ok(into.every((byte) => byte === 0));
  }
});

test("amounts up to 2^64 - 1, and past 2^53 - 1 a number that no limit lets through", () => {
  const largest = readPrepare(write({ ...prepare, amount: 2n ** 64n - 1n }));
  assert.equal(largest.amount, 2n ** 64n - 1n);
  assert.equal(largest.amountNumber, Number.POSITIVE_INFINITY);
  assert.equal(
    readPrepare(write({ ...prepare, amount: 2n ** 53n - 1n })).amountNumber,
    Number.MAX_SAFE_INTEGER,
  );
  assert.equal(readPrepare(write({ ...prepare, amount: 2n ** 53n })).amountNumber, Number.POSITIVE_INFINITY);
  for (const amount of [-1n, 2n ** 64n, -1, 1.5, 2 ** 53])
    throwsWire("OUT_OF_RANGE", () => write({ ...prepare, amount }));
});

test("data of 32767 bytes and no more, in every packet and both ways", () => {
  const most = new Uint8Array(MAX_DATA).fill(5);
  for (const packet of [prepare, readFulfill(FULFILL), reject]) {
    const plain = { ...fields(packet), data: most } as Packet;
    const bytes = write(plain);
    const read = "condition" in plain ? readPrepare : "fulfillment" in plain ? readFulfill : readReject;
    assert.deepEqual(read(bytes).data, most);
    throwsWire("TOO_LONG", () => write({ ...plain, data: new Uint8Array(MAX_DATA + 1) }));
    // By hand: one byte more, in the envelope's length and in the data's.
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    const dataLength = bytes.length - MAX_DATA - 3;
    assert.equal(hex(longer.subarray(dataLength, dataLength + 3)), "827fff");
    longer.set([0x82, 0x80, 0x00], dataLength);
    const envelope = longer.length - 4;
    longer.set([0x82, envelope >> 8, envelope & 0xff], 1);
    throwsWire("TOO_LONG", () => read(longer), dataLength);
  }
});

/** Own properties of what may be a view. */
function fields(packet: Packet): Packet {
  const { data } = packet;
  if ("condition" in packet) return prepare;
  return "fulfillment" in packet ? { fulfillment: packet.fulfillment, data } : reject;
}

test("a message of 8191 characters and no more, whatever bytes they take", () => {
  for (const character of ["a", "ä", "€", "𝄞"]) {
    const most = character.repeat(MAX_MESSAGE);
    assert.equal(readReject(write({ ...reject, message: most })).message, most);
    const bytes = new Uint8Array(70_000);
    throwsWire("TOO_LONG", () => writePacket({ ...reject, message: `${most}a` }, bytes));
  }
  const size = MAX_MESSAGE + 1;
  const contents = `F02\0\x82${String.fromCharCode(size >> 8, size & 255)}${"m".repeat(size)}\0`;
  const length = String.fromCharCode(contents.length >> 8, contents.length & 255);
  throwsWire("TOO_LONG", () => readReject(ascii(`\x0e\x82${length}${contents}`)));
});

test("a message that is not UTF-8 is read with replacement characters", () => {
  assert.equal(readReject(ascii("\x0e\x09F00\0\x03a\xffb\0")).message, "a\ufffdb");
});

test("hashes of 32 bytes and codes of three characters only", () => {
  for (const size of [0, 31, 33]) {
    throwsWire("OUT_OF_RANGE", () => write({ ...prepare, condition: new Uint8Array(size) }));
    throwsWire("OUT_OF_RANGE", () => write({ fulfillment: new Uint8Array(size), data: prepare.data }));
  }
  for (const code of ["", "F0", "F000"]) throwsWire("OUT_OF_RANGE", () => write({ ...reject, code }));
  throwsWire("BAD_TEXT", () => write({ ...reject, code: "Fä0" }));
  throwsWire("BAD_TEXT", () => readReject(ascii("\x0e\x06F\xe40\0\0\0")), 3);
});

test("addresses: a Prepare needs one, a Reject may have none", () => {
  throwsWire("BAD_ADDRESS", () => write({ ...prepare, destination: "" }));
  throwsWire("BAD_ADDRESS", () => write({ ...prepare, destination: "example" }));
  throwsWire("TOO_LONG", () => write({ ...prepare, destination: `g.${"a".repeat(1022)}` }));
  assert.equal(readReject(write({ ...reject, triggeredBy: "" })).triggeredBy, "");
  throwsWire("BAD_ADDRESS", () => write({ ...reject, triggeredBy: "nobody" }));
  throwsWire("BAD_ADDRESS", () => readReject(ascii("\x0e\x0cF00\x06nobody\0\0")), 6);
});

test("an expiry there cannot be is refused, reading and writing", () => {
  const bytes = README_PREPARE.slice();
  bytes.set(ascii("20170230"), 10);
  throwsWire("BAD_TIMESTAMP", () => readPrepare(bytes), 10);
  throwsWire("BAD_TIMESTAMP", () => write({ ...prepare, expiresAtMs: Number.NaN }));
});

test("another type of packet is refused at its first byte", () => {
  throwsWire("BAD_TYPE", () => readPrepare(FULFILL), 0);
  throwsWire("BAD_TYPE", () => readFulfill(REJECT), 0);
  throwsWire("BAD_TYPE", () => readReject(README_PREPARE), 0);
  throwsWire("BAD_TYPE", () => readPrepare(ascii("\0\0")), 0);
  throwsWire("TRUNCATED", () => readPrepare(new Uint8Array(0)), 0);
});

test("extra bytes behind the last field are ignored, in the envelope and behind it (RFC 0030, Extensibility)", () => {
  const inside = new Uint8Array(README_PREPARE.length + 2);
  inside.set(README_PREPARE);
  inside[1]! += 2;
  const view = readPrepare(inside);
  assert.equal(hex(view.data), hex(prepare.data));
  assert.equal(view.end, inside.length, "they belong to the packet");
  const behind = new Uint8Array(README_PREPARE.length + 2);
  behind.set(README_PREPARE);
  assert.equal(readPrepare(behind).end, README_PREPARE.length, "they do not");
  assert.equal(readFulfill(ascii(`\x0d\x23${"f".repeat(32)}\0ab`), new FulfillView()).data.length, 0);
  assert.equal(readReject(ascii("\x0e\x08F00\0\0\0ab"), new RejectView()).data.length, 0);
});
