/** A template's frames are those that are written the long way, whatever was patched before. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PrepareTemplate, sizeOfIlpFrame, writePrepareFrame } from "./btp.ts";
import { type Prepare, sizeOfPrepare } from "./ilp.ts";
import { amount, exactly, hash, hex, prepare, requestId, throwsWire, timeMs } from "./testing/samples.ts";

const long = (id: number, value: Prepare) =>
  hex(exactly(sizeOfIlpFrame(sizeOfPrepare(value)), (into) => writePrepareFrame(id, value, into)));

test("any sequence of patches", () => {
  // Near each other, so that some share a second; as a number and as a bigint, so that some share an amount.
  const near = fc.tuple(fc.integer({ min: -2500, max: 2500 }), fc.constantFrom(0, 0.5));
  const one = fc.record({
    id: requestId,
    amount: fc.oneof(amount, fc.nat(3), fc.nat(3).map(BigInt)),
    expiry: fc.oneof(
      timeMs,
      near.map(([ms, fraction]) => 1_700_000_000_000 + ms + fraction),
    ),
    condition: hash,
    newData: fc.boolean(),
  });
  fc.assert(
    fc.property(prepare, fc.array(one, { minLength: 1, maxLength: 12 }), (first, steps) => {
      const template = new PrepareTemplate(first);
      assert.equal(hex(template.bytes), long(0, first));
      let { data } = first;
      for (const [i, { id, amount, expiry, condition, newData }] of steps.entries()) {
        if (newData) data = data.map((byte) => byte ^ (i + 1));
        const wanted = long(id, { ...first, amount, expiresAtMs: expiry, condition, data });
        const args = [id, amount, expiry, condition, newData ? data : undefined] as const;
        assert.equal(
          hex(i % 2 === 0 ? template.patch(...args) : new Uint8Array(template.frame(...args))),
          wanted,
        );
      }
    }),
  );
});

const value: Prepare = {
  amount: 5,
  expiresAtMs: 1_700_000_000_000,
  condition: new Uint8Array(32),
  destination: "g.bob",
  data: new Uint8Array(8),
};

test("a frame is memory of its own, the patched bytes are not", () => {
  const template = new PrepareTemplate(value);
  const one = template.frame(1, 5, value.expiresAtMs, value.condition);
  const patched = template.patch(2, 5, value.expiresAtMs, value.condition);
  assert.equal(patched, template.bytes);
  assert.equal(new DataView(one).getUint32(1), 1);
  assert.equal(new DataView(patched.buffer).getUint32(1), 2);
});

test("a frame that is only stamped anew is the one that is written the long way, and memory of its own", () => {
  fc.assert(
    fc.property(
      prepare,
      fc.array(fc.tuple(requestId, timeMs), { minLength: 2, maxLength: 8 }),
      (first, stamps) => {
        const template = new PrepareTemplate(first);
        const frames = stamps.map(([id, expiresAtMs]) => template.stamped(id, expiresAtMs));
        assert.deepEqual(
          frames.map((frame) => hex(new Uint8Array(frame))),
          stamps.map(([id, expiresAtMs]) => long(id, { ...first, expiresAtMs })),
        );
      },
    ),
  );
  const template = new PrepareTemplate(value);
  throwsWire("OUT_OF_RANGE", () => template.stamped(2 ** 32, value.expiresAtMs));
  throwsWire("BAD_TIMESTAMP", () => template.stamped(1, Number.NaN));
});

test("what its place cannot hold is refused, and the next patch is right again", () => {
  const template = new PrepareTemplate(value);
  const { condition, expiresAtMs } = value;
  for (const id of [-1, 2 ** 32, 0.5])
    throwsWire("OUT_OF_RANGE", () => template.patch(id, 5, expiresAtMs, condition));
  throwsWire("OUT_OF_RANGE", () => template.patch(1, -1, expiresAtMs, condition));
  throwsWire("OUT_OF_RANGE", () => template.patch(1, Number.NaN, expiresAtMs, condition));
  throwsWire("BAD_TIMESTAMP", () => template.patch(1, 5, Number.NaN, condition));
  throwsWire("BAD_TIMESTAMP", () => template.patch(1, 5, Number.POSITIVE_INFINITY, condition));
  throwsWire("OUT_OF_RANGE", () => template.patch(1, 5, expiresAtMs, new Uint8Array(31)));
  for (const size of [0, 7, 9])
    throwsWire("OUT_OF_RANGE", () => template.patch(1, 5, expiresAtMs, condition, new Uint8Array(size)));
  assert.equal(hex(template.patch(9, 5, expiresAtMs, condition)), long(9, value));
});
