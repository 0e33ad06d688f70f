/** A token bucket never lets through more than burst + rate * t, and no less than what is due. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RATE_LIMITED, TokenBucket } from "./token-bucket.ts";

test("the burst at once, then one packet per token", () => {
  const bucket = new TokenBucket({ ratePerSecond: 100, burst: 3 }, 1000);
  for (let i = 0; i < 3; i++) assert.equal(bucket.take(1000), undefined);
  assert.equal(bucket.take(1000), RATE_LIMITED);
  assert.equal(bucket.take(1009), RATE_LIMITED);
  assert.equal(bucket.take(1010), undefined);
  assert.equal(bucket.take(1010), RATE_LIMITED);
  assert.equal(RATE_LIMITED.code, "T05");
});

test("silence fills it up to the burst and no further", () => {
  const bucket = new TokenBucket({ ratePerSecond: 1000, burst: 2 }, 0);
  assert.equal(bucket.take(3_600_000), undefined);
  assert.equal(bucket.take(3_600_000), undefined);
  assert.equal(bucket.take(3_600_000), RATE_LIMITED);
});

test("a clock that is put back gives nothing away and takes nothing", () => {
  const bucket = new TokenBucket({ ratePerSecond: 1000, burst: 1 }, 1000);
  assert.equal(bucket.take(1000), undefined);
  assert.equal(bucket.take(0), RATE_LIMITED);
  assert.equal(bucket.take(1000), RATE_LIMITED);
  assert.equal(bucket.take(1001), undefined);
});

test("any arrivals: never more than burst + rate * t in any time, and a packet that is due passes", () => {
  const rate = fc.double({ min: 0.5, max: 20_000, noNaN: true });
  const gaps = fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(rate, fc.integer({ min: 1, max: 50 }), gaps, (ratePerSecond, burst, gapsMs) => {
      const startMs = 1_790_000_000_000;
      const bucket = new TokenBucket({ ratePerSecond, burst }, startMs);
      const passedMs: number[] = [];
      let nowMs = startMs;
      for (const gapMs of gapsMs) {
        const lastMs = passedMs.at(-1) ?? startMs;
        nowMs += gapMs;
        const passed = bucket.take(nowMs) === undefined;
        if (passed) passedMs.push(nowMs);
        // Floats lose a millionth of a token or so here and there.
        else assert.ok(((nowMs - lastMs) * ratePerSecond) / 1000 < 1 + 1e-6, "a token was due");
      }
      for (let from = 0; from < passedMs.length; from++)
        for (let to = from; to < passedMs.length; to++) {
          const due = burst + ((passedMs[to]! - passedMs[from]!) * ratePerSecond) / 1000;
          assert.ok(to - from + 1 <= due + 1e-6, `${to - from + 1} passed, ${due} were due`);
        }
    }),
  );
});
