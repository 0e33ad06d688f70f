/** Value per window of time: never more than the limit in any window, and forgotten a 16th later at most. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TOO_FAST, Velocity } from "./velocity.ts";

test("value is refused above the limit and welcome again a window later", () => {
  const velocity = new Velocity({ amount: 100, windowMs: 1600 });
  const send = (amount: number, nowMs: number) => {
    const refused = velocity.check(amount, nowMs);
    if (refused === undefined) velocity.add(amount, nowMs);
    return refused;
  };
  assert.equal(send(60, 10), undefined);
  assert.equal(send(40, 800), undefined);
  assert.equal(send(1, 801), TOO_FAST);
  assert.equal(send(60, 1610), TOO_FAST);
  assert.equal(send(60, 1700), undefined);
  assert.equal(send(1, 1700), TOO_FAST);
  assert.equal(send(40, 9e9), undefined, "long silence");
  assert.equal(send(61, 9e9), TOO_FAST);
  assert.equal(TOO_FAST.code, "T05");
});

test("what was only checked does not count", () => {
  const velocity = new Velocity({ amount: 100, windowMs: 1000 });
  for (let i = 0; i < 5; i++) assert.equal(velocity.check(100, i), undefined);
});

test("an amount that no number holds is refused", () => {
  const velocity = new Velocity({ amount: Number.MAX_SAFE_INTEGER, windowMs: 1000 });
  assert.equal(velocity.check(Number.POSITIVE_INFINITY, 0), TOO_FAST);
  assert.equal(velocity.check(Number.MAX_SAFE_INTEGER, 0), undefined);
});

test("a clock that is put back forgets nothing", () => {
  const velocity = new Velocity({ amount: 10, windowMs: 1000 });
  velocity.add(10, 5000);
  assert.equal(velocity.check(1, 100), TOO_FAST);
  assert.equal(velocity.check(1, 5000), TOO_FAST);
});

test("any traffic: no window holds more than the limit, and no packet is refused without a reason", () => {
  const packet = fc.record({
    gapMs: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 3000 })),
    amount: fc.integer({ min: 0, max: 60 }),
  });
  fc.assert(
    fc.property(
      fc.array(packet, { maxLength: 100 }),
      fc.integer({ min: 16, max: 2000 }),
      (packets, windowMs) => {
        const limit = 100;
        const velocity = new Velocity({ amount: limit, windowMs });
        const sent: { atMs: number; amount: number }[] = [];
        const sumSince = (fromMs: number) =>
          sent.filter(({ atMs }) => atMs > fromMs).reduce((sum, { amount }) => sum + amount, 0);
        let nowMs = 1_790_000_000_000;
        for (const { gapMs, amount } of packets) {
          nowMs += gapMs;
          if (velocity.check(amount, nowMs) === undefined) {
            velocity.add(amount, nowMs);
            sent.push({ atMs: nowMs, amount });
            assert.ok(sumSince(nowMs - windowMs) <= limit);
          } else {
            assert.ok(sumSince(nowMs - windowMs * (1 + 1 / 16) - 1) + amount > limit);
          }
        }
      },
    ),
    { numRuns: 500 },
  );
});
