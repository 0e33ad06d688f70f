/** The table of requests without an answer: against a plain Map, and its time-outs on a clock turned by hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Pending, TICK_MS, type Waiting } from "./pending.ts";

/** Told apart by identity, never told anything here. */
const somebody = (): Waiting => ({ onAnswer() {}, onFailure() {} });

test("an id counts up, and around at 2^32", () => {
  const pending = new Pending(10, 0xffff_fffe);
  const ids = [0, 1, 2].map(() => {
    const id = pending.peekId();
    pending.add(somebody(), 0, 1000);
    return id;
  });
  assert.deepEqual(ids, [0xffff_fffe, 0xffff_ffff, 0]);
});

test("an answer finds who waits for it, once", () => {
  const pending = new Pending(10);
  const [a, b] = [somebody(), somebody()];
  pending.add(a, 0, 1000);
  pending.add(b, 0, 1000);
  assert.equal(pending.size, 2);
  assert.equal(pending.take(1), b);
  assert.equal(pending.take(1), undefined);
  assert.equal(pending.take(2), undefined);
  assert.equal(pending.take(16), undefined, "the same slot, another id");
  assert.equal(pending.take(0), a);
  assert.equal(pending.size, 0);
});

test("a slot whose request still waits is skipped when ids come around to it", () => {
  const pending = new Pending(4);
  const patient = somebody();
  pending.add(patient, 0, 60_000);
  const slots = 16;
  for (let i = 1; i < 10 * slots; i++) {
    const id = pending.peekId();
    assert.notEqual(id % slots, 0);
    pending.add(somebody(), 0, 1000);
    assert.notEqual(pending.take(id), undefined);
  }
  assert.equal(pending.take(0), patient);
});

test("time-outs come in time: never early, at most two ticks late, also beyond a turn of the wheel", () => {
  for (const timeoutMs of [0, 1, 4.5, 5, 9, 17, 1000, 10_239, 10_240, 10_245, 25_000, 61_003]) {
    const pending = new Pending(10);
    const startMs = 1234.5;
    const waiting = somebody();
    pending.add(waiting, startMs, timeoutMs);
    let nowMs = startMs;
    while (pending.expire(nowMs).length === 0) {
      assert.ok(nowMs <= startMs + timeoutMs + 2 * TICK_MS, `${timeoutMs} ms are over`);
      nowMs += TICK_MS;
    }
    assert.ok(nowMs >= startMs + timeoutMs, `${timeoutMs} ms timed out after ${nowMs - startMs}`);
    assert.equal(pending.size, 0);
  }
});

test("after a long stop everything overdue times out at once", () => {
  const pending = new Pending(5000);
  for (let i = 0; i < 5000; i++) pending.add(somebody(), 0, i * 10);
  assert.equal(pending.expire(45_000).length, 4501);
  assert.equal(pending.size, 499);
});

test("what timed out is known until its slot is taken again", () => {
  const pending = new Pending(10);
  pending.add(somebody(), 0, 5);
  pending.add(somebody(), 0, 1000);
  pending.expire(10);
  assert.equal(pending.hasTimedOut(0), true);
  assert.equal(pending.hasTimedOut(16), false);
  assert.equal(pending.take(0), undefined);
  pending.take(1);
  assert.equal(pending.hasTimedOut(1), false);
  for (let i = 2; i <= 16; i++) {
    pending.add(somebody(), 20, 1000);
    pending.take(i);
  }
  assert.equal(pending.hasTimedOut(0), false);
});

test("full is full, and one answer makes room for one", () => {
  const pending = new Pending(20_000);
  for (let i = 0; i < 20_000; i++) pending.add(somebody(), 0, 1000);
  assert.equal(pending.full, true);
  pending.take(7);
  assert.equal(pending.full, false);
});

test("clear takes out everyone, and they do not time out any more", () => {
  const pending = new Pending(10);
  const everyone = Array.from({ length: 10 }, somebody);
  for (const waiting of everyone) pending.add(waiting, 0, 100);
  assert.deepEqual(new Set(pending.clear()), new Set(everyone));
  assert.equal(pending.size, 0);
  assert.deepEqual(pending.clear(), []);
  assert.deepEqual(pending.expire(1000), []);
});

test("whatever the order of sending, answering and time passing, it is what a Map would say", () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant("add"), ms: fc.integer({ min: 0, max: 30_000 }) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("take"), ms: fc.nat(60) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("wait"), ms: fc.integer({ min: 0, max: 15_000 }) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.nat(0xffff_ffff), (steps, firstId) => {
      const pending = new Pending(20, firstId);
      const model = new Map<number, { waiting: Waiting; dueMs: number }>();
      let nowMs = 0;
      for (const { do: what, ms } of steps) {
        if (what === "add" && !pending.full) {
          const id = pending.peekId();
          assert.equal(model.has(id), false);
          const waiting = somebody();
          model.set(id, { waiting, dueMs: nowMs + ms });
          pending.add(waiting, nowMs, ms);
        } else if (what === "take") {
          const id = [...model.keys()][ms] ?? (firstId + ms) >>> 0;
          assert.equal(pending.take(id), model.get(id)?.waiting);
          model.delete(id);
        } else if (what === "wait") {
          nowMs += ms;
          const expired = new Set(pending.expire(nowMs));
          for (const [id, { waiting, dueMs }] of model) {
            if (expired.has(waiting)) assert.ok(dueMs <= nowMs, "early");
            else assert.ok(dueMs > nowMs - 2 * TICK_MS, "late");
            if (expired.delete(waiting)) model.delete(id);
          }
          assert.equal(expired.size, 0, "someone timed out who was not there");
        }
        assert.equal(pending.size, model.size);
      }
    }),
    { numRuns: 300 },
  );
});
