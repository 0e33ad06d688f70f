/** All checks of a peer together: who speaks first, and that a packet which ended leaves nothing behind. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { OVER_CREDIT } from "./credit-line.ts";
import { TOO_MANY_HELD } from "./holds.ts";
import { PeerChecks, type PeerLimits } from "./peer-checks.ts";
import { RATE_LIMITED } from "./token-bucket.ts";
import { TOO_FAST } from "./velocity.ts";

const limits: PeerLimits = {
  rate: { ratePerSecond: 1000, burst: 1000 },
  maxAmount: 100,
  velocity: { amount: 500, windowMs: 1000 },
  held: { packets: 10, amount: 1000 },
  creditLimit: 1000,
};
const bytes = new Uint8Array(8);
const of = (amountNumber: number) => ({ bytes, amountAt: 0, amountNumber });

/** Sends packets of this amount until one is refused. */
function refusedAfter(checks: PeerChecks, amount: number) {
  for (let count = 0; count < 10_000; count++) {
    const refused = checks.check(of(amount), 0);
    if (refused !== undefined) return { count, refused };
    checks.accept(amount, 0);
  }
  return undefined;
}

test("each limit stops what only it forbids", () => {
  const cases = [
    [{ rate: { ratePerSecond: 1, burst: 4 } }, 1, 4, RATE_LIMITED],
    [{}, 60, 8, TOO_FAST],
    [{}, 1, 10, TOO_MANY_HELD],
    [{ creditLimit: 250 }, 60, 4, OVER_CREDIT],
  ] as const;
  for (const [change, amount, count, refused] of cases)
    assert.deepEqual(refusedAfter(new PeerChecks({ ...limits, ...change }, 0), amount), { count, refused });
  assert.equal(new PeerChecks(limits, 0).check(of(101), 0)?.code, "F08");
  assert.equal(new PeerChecks(limits, 0).check(of(Number.POSITIVE_INFINITY), 0)?.code, "F08");
});

test("a peer without a velocity limit may send any value in any time", () => {
  const checks = new PeerChecks({ ...limits, velocity: undefined }, 0);
  for (let i = 0; i < 10; i++) {
    assert.equal(checks.check(of(100), 0), undefined);
    checks.accept(100, 0);
    checks.unpaid(100, 1, "rejected");
  }
});

test("the balance of the ledger counts from the start", () => {
  assert.equal(new PeerChecks(limits, 0, 950).check(of(51), 0), OVER_CREDIT);
  assert.equal(new PeerChecks(limits, 0, 950).check(of(50), 0), undefined);
});

test("packets that ended hold nothing; only fulfilled ones are owed", () => {
  const checks = new PeerChecks(limits, 0);
  for (const amount of [10, 20, 30]) checks.accept(amount, 0);
  checks.fulfilled(20);
  checks.unpaid(10, 5, "rejected");
  checks.unpaid(30, 60_000, "ran out");
  assert.deepEqual([checks.holds.packets, checks.holds.amount], [0, 0]);
  assert.deepEqual([checks.credit.balance, checks.credit.pending], [20, 0]);
  assert.ok(checks.holds.share < 1, "the expired one is remembered");
});
