/** What a peer owes and may come to owe never passes its limit, whatever happens in whatever order. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CreditLine, OVER_CREDIT } from "./credit-line.ts";

test("pending counts as if it were fulfilled", () => {
  const line = new CreditLine(100, 30);
  assert.equal(line.check(70), undefined);
  assert.equal(line.check(71), OVER_CREDIT);
  line.hold(50);
  assert.equal(line.check(21), OVER_CREDIT);
  line.unpaid(50);
  assert.equal(line.check(70), undefined);
  line.hold(70);
  line.fulfilled(70);
  assert.deepEqual([line.balance, line.pending], [100, 0]);
  assert.equal(line.check(1), OVER_CREDIT);
  assert.equal(line.check(0), undefined);
  line.owe(150);
  assert.equal(line.check(150), undefined);
  assert.equal(line.check(151), OVER_CREDIT);
  assert.equal(OVER_CREDIT.code, "T04");
});

test("a peer without credit can send what it was sent", () => {
  const line = new CreditLine(0);
  assert.equal(line.check(1), OVER_CREDIT);
  line.owe(5);
  assert.equal(line.check(5), undefined);
});

test("at the ends of what numbers hold it errs on the node's side", () => {
  const line = new CreditLine(Number.MAX_SAFE_INTEGER);
  assert.equal(line.check(Number.POSITIVE_INFINITY), OVER_CREDIT);
  line.hold(Number.MAX_SAFE_INTEGER - 1);
  assert.equal(line.check(1), undefined);
  assert.equal(line.check(2), OVER_CREDIT);
  line.unpaid(Number.MAX_SAFE_INTEGER - 1);
  for (let i = 0; i < 3; i++) line.owe(Number.MAX_SAFE_INTEGER);
  assert.equal(line.balance, -Number.MAX_SAFE_INTEGER);
});

test("any course of packets: as bigint arithmetic says, and never above the limit", () => {
  const amount = fc.oneof(fc.nat(100), fc.nat(Number.MAX_SAFE_INTEGER));
  const step = fc.record({ amount, what: fc.constantFrom("send", "fulfil", "reject", "owe") });
  fc.assert(
    fc.property(amount, fc.array(step, { maxLength: 60 }), (limit, steps) => {
      const line = new CreditLine(limit);
      const onTheirWay: number[] = [];
      const least = -BigInt(Number.MAX_SAFE_INTEGER);
      let balance = 0n;
      let pending = 0n;
      for (const { amount, what } of steps) {
        if (what === "send") {
          const held = pending + BigInt(amount);
          const fits = held <= -least && balance + held <= BigInt(limit);
          assert.equal(line.check(amount) === undefined, fits);
          if (!fits) continue;
          line.hold(amount);
          onTheirWay.push(amount);
          pending += BigInt(amount);
        } else if (what === "owe") {
          line.owe(amount);
          balance = balance - BigInt(amount) < least ? least : balance - BigInt(amount);
        } else {
          const ended = onTheirWay.shift();
          if (ended === undefined) continue;
          pending -= BigInt(ended);
          if (what === "reject") line.unpaid(ended);
          else {
            line.fulfilled(ended);
            balance += BigInt(ended);
          }
        }
        assert.deepEqual([BigInt(line.balance), BigInt(line.pending)], [balance, pending]);
        assert.ok(balance + pending <= BigInt(limit));
      }
    }),
    { numRuns: 2000 },
  );
});
