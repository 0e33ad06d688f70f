import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sizeOfIlpFrame, writeFulfillFrame, writeRejectFrame } from "../../../wire/btp.ts";
import { sizeOfFulfill, sizeOfReject } from "../../../wire/ilp.ts";
import { isFulfilled, packetAt, reasonAt, WORDS } from "./answer.ts";

const fulfillment = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
const words = Array.from({ length: WORDS }, (_, i) => new DataView(fulfillment.buffer).getUint32(4 * i));

function fulfillFrame(dataBytes: number, of = fulfillment): DataView {
  const fulfill = { fulfillment: of, data: new Uint8Array(dataBytes) };
  const bytes = new Uint8Array(sizeOfIlpFrame(sizeOfFulfill(fulfill)));
  writeFulfillFrame(7, fulfill, bytes);
  return new DataView(bytes.buffer);
}

for (const dataBytes of [0, 1, 94, 95, 96, 200, 300, 32_767]) {
  test(`a Fulfill with ${dataBytes} bytes of data is one, under any request id`, () => {
    const view = fulfillFrame(dataBytes);
    for (let id = 0; id < 8; id++) assert.ok(isFulfilled(view, packetAt(view), words, id), `id ${id}`);
  });
}

test("another fulfillment is told from the right one within eight packets, whichever word differs", () => {
  for (let word = 0; word < WORDS; word++) {
    const wrong = Uint8Array.from(fulfillment, (byte, i) => (i === 4 * word ? byte ^ 1 : byte));
    const view = fulfillFrame(0, wrong);
    const at = packetAt(view);
    const passed = Array.from({ length: 8 }, (_, id) => isFulfilled(view, at, words, id));
    assert.ok(passed.includes(false), `word ${word}`);
  }
});

test("a Reject says its code, its message and who gave up", () => {
  const reject = { code: "T04", triggeredBy: "test.a", message: "no more credit", data: new Uint8Array(0) };
  const bytes = new Uint8Array(sizeOfIlpFrame(sizeOfReject(reject)));
  writeRejectFrame(7, reject, bytes);
  const view = new DataView(bytes.buffer);
  const at = packetAt(view);
  assert.equal(isFulfilled(view, at, words, 1), false);
  assert.equal(reasonAt(view, at), "T04 no more credit (test.a)");
});

test("a Fulfill that is cut anywhere is none, and is read without a fault", () => {
  const whole = new Uint8Array(fulfillFrame(0).buffer);
  for (let size = 0; size < whole.length - 1; size++) {
    const view = new DataView(whole.slice(0, size).buffer);
    const at = packetAt(view);
    assert.equal(isFulfilled(view, at, words, 1), false, `${size} bytes`);
    assert.equal(typeof reasonAt(view, at), "string");
  }
});

test("any bytes are read without a fault", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(100), (bytes, id) => {
      const view = new DataView(new Uint8Array(bytes).buffer);
      const at = packetAt(view);
      isFulfilled(view, at, words, id);
      assert.equal(typeof reasonAt(view, at), "string");
    }),
    { numRuns: 2_000 },
  );
});
