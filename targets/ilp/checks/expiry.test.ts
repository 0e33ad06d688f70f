/** Each hop shortens the expiry, and refuses what leaves the next one too little. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkExpiry, EXPIRED, type ExpiryRules, forwardedExpiry, TOO_LITTLE_TIME } from "./expiry.ts";

const rules: ExpiryRules = { marginMs: 1000, minMs: 500, holdMs: 30_000 };
const nowMs = 1_790_000_000_000.25;

test("expired is R00, too little time is R02, in between nothing", () => {
  for (const [leftMs, refused] of [
    [-60_000, EXPIRED],
    [0, EXPIRED],
    [0.75, TOO_LITTLE_TIME],
    [1499.75, TOO_LITTLE_TIME],
    [1500, undefined],
    [1e9, undefined],
  ] as const)
    assert.equal(checkExpiry(rules, nowMs + leftMs, nowMs), refused, `${leftMs} ms left`);
  assert.deepEqual([EXPIRED.code, TOO_LITTLE_TIME.code], ["R00", "R02"]);
});

test("the margin is taken off, and no packet is held longer than the node holds packets", () => {
  assert.equal(forwardedExpiry(rules, 1_790_000_010_000, nowMs), 1_790_000_009_000);
  assert.equal(forwardedExpiry(rules, 1_800_000_000_000, nowMs), 1_790_000_030_000);
});

test("any packet that passes leaves the next hop its time, and this one its margin", () => {
  const ms = fc.integer({ min: 0, max: 60_000 });
  fc.assert(
    fc.property(
      ms,
      ms,
      fc.integer({ min: 1, max: 60_000 }),
      ms,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (...args) => {
        const [marginMs, minMs, moreMs, leftMs, fraction] = args;
        const rules = { marginMs, minMs, holdMs: minMs + moreMs };
        const now = 1_790_000_000_000 + fraction;
        const expiresAtMs = 1_790_000_000_000 + leftMs;
        if (checkExpiry(rules, expiresAtMs, now) !== undefined) {
          assert.ok(expiresAtMs <= now || expiresAtMs < now + marginMs + minMs);
          return;
        }
        const forwarded = forwardedExpiry(rules, expiresAtMs, now);
        assert.ok(Number.isInteger(forwarded));
        assert.ok(forwarded <= expiresAtMs - marginMs);
        assert.ok(forwarded - now >= minMs);
        assert.ok(forwarded - now <= rules.holdMs);
      },
    ),
    { numRuns: 1000 },
  );
});
