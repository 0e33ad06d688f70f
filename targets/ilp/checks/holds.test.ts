/** A peer whose packets do not pay may hold less and less, and gets it back by paying. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Holds, QUICK_MS, SLOW_MS, TOO_MANY_HELD, TOO_MUCH_HELD, type Unpaid } from "./holds.ts";

test("as many packets and as much value as the limit says", () => {
  const holds = new Holds({ packets: 3, amount: 100 });
  assert.equal(holds.check(101), TOO_MUCH_HELD);
  for (const amount of [10, 20, 30]) {
    assert.equal(holds.check(amount), undefined);
    holds.hold(amount);
  }
  assert.equal(holds.check(1), TOO_MANY_HELD);
  holds.fulfilled(20);
  assert.equal(holds.check(60), undefined);
  assert.equal(holds.check(61), TOO_MUCH_HELD);
  assert.deepEqual([holds.packets, holds.amount], [2, 40]);
  assert.deepEqual([TOO_MANY_HELD.code, TOO_MUCH_HELD.code], ["T04", "T04"]);
});

/** Packets that are held, one after the other, and end so. */
function end(holds: Holds, count: number, how: "fulfilled" | Unpaid, heldMs = SLOW_MS): void {
  for (let i = 0; i < count; i++) {
    holds.hold(1);
    if (how === "fulfilled") holds.fulfilled(1);
    else holds.unpaid(1, heldMs, how);
  }
}

test("a peer that lets packets expire may hold a hundredth at last, and one packet always", () => {
  const holds = new Holds({ packets: 1000, amount: 100_000 });
  end(holds, 200, "ran out", 30_000);
  assert.ok(holds.share > 0.36 && holds.share < 0.37, `${holds.share}, as (1 - 1/200)^200`);
  end(holds, 2000, "ran out", 30_000);
  assert.equal(holds.share, 0.01);
  assert.equal(holds.check(100_000), undefined, "alone");
  holds.hold(1);
  assert.equal(holds.check(999), undefined);
  assert.equal(holds.check(1000), TOO_MUCH_HELD);
  for (let i = 1; i < 10; i++) holds.hold(1);
  assert.equal(holds.check(1), TOO_MANY_HELD);
});

test("however short the time they are given, packets that run out cost what they held: no expiry evades it", () => {
  // Each peer holds one packet all the time, for 1000 s.
  for (const expiresInMs of [50, 500, 1_500, 4_900, SLOW_MS]) {
    const holds = new Holds({ packets: 1000, amount: 100_000 });
    end(holds, 1_000_000 / expiresInMs, "ran out", expiresInMs);
    assert.ok(holds.share > 0.36 && holds.share < 0.37, `${expiresInMs} ms: ${holds.share}`);
  }
});

test("Rejects that took their time count by it too, whoever sends them", () => {
  const holds = new Holds({ packets: 1000, amount: 100_000 });
  end(holds, 2000, "rejected", 4_900);
  assert.equal(holds.share, 0.01);
});

test("packets that pay bring it back", () => {
  const holds = new Holds({ packets: 1000, amount: 100_000 });
  end(holds, 2000, "ran out");
  end(holds, 1000, "fulfilled");
  assert.ok(holds.share > 0.99, `${holds.share}`);
});

test("packets rejected quickly count neither way, nor do those that our own ledger failed to book", () => {
  const holds = new Holds({ packets: 1000, amount: 100_000 });
  end(holds, 5000, "rejected", QUICK_MS - 1);
  end(holds, 5000, "not written", 30_000);
  assert.equal(holds.share, 1);
  assert.deepEqual([holds.packets, holds.amount], [0, 0]);
});

test("one expiry in a hundred costs a peer a hundredth of what it may hold", () => {
  const holds = new Holds({ packets: 1000, amount: 100_000 });
  for (let i = 0; i < 50; i++) {
    end(holds, 99, "fulfilled");
    end(holds, 1, "ran out", 30_000);
  }
  assert.ok(holds.share > 0.985 && holds.share < 0.995, `${holds.share}`);
});
