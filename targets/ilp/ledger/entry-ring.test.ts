import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EntryKind, EntryOutcome, EntryRing } from "./entry-ring.ts";

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const account = fc.integer({ min: 1, max: 2 ** 16 - 1 });

test("the other side of the shared memory reads the fields that were written, at any position", () => {
  const ring = new EntryRing(8);
  const other = new EntryRing(ring.shared);
  const entry = fc.record({
    position: word,
    id: fc.maxSafeNat(),
    debit: account,
    credit: account,
    low: word,
    high: word,
    expiresAtMs: fc.maxSafeNat(),
  });
  fc.assert(
    fc.property(entry, ({ position, id, debit, credit, low, high, expiresAtMs }) => {
      ring.writeReserve(position, id, debit, credit, low, high, expiresAtMs);
      assert.equal(other.kind(position), EntryKind.reserve);
      assert.equal(other.id(position), id);
      assert.equal(other.debit(position), debit);
      assert.equal(other.credit(position), credit);
      assert.equal(other.amountLow(position), low);
      assert.equal(other.amountHigh(position), high);
      assert.equal(other.expiresAtMs(position), expiresAtMs);
    }),
  );
});

test("an outcome leaves the entry as it was, and a new entry in its place has none", () => {
  const ring = new EntryRing(4);
  ring.writeSettle(1, EntryKind.post, 77);
  ring.setOutcome(1, EntryOutcome.expired);
  assert.deepEqual([ring.kind(1), ring.id(1), ring.outcome(1)], [EntryKind.post, 77, EntryOutcome.expired]);
  ring.writeSettle(5, EntryKind.void, 78);
  assert.equal(ring.slot(5), ring.slot(1));
  assert.deepEqual([ring.kind(5), ring.outcome(5)], [EntryKind.void, EntryOutcome.done]);
});

test("positions go on past 2^32, published and done each", () => {
  const ring = new EntryRing(4);
  ring.publish(2 ** 32 - 1);
  assert.equal(ring.published, 2 ** 32 - 1);
  ring.publish(2 ** 32);
  assert.equal(ring.published, 0);
  ring.finish(2 ** 32 + 3, 9);
  assert.deepEqual([ring.done, ring.holds], [3, 9]);
});

test("a ring is a power of two, at most 2^20", () => {
  for (const capacity of [3, 2 ** 21]) assert.throws(() => new EntryRing(capacity), RangeError);
});
