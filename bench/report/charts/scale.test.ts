import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { latencyScale, linearScale, numberTick } from "./scale.ts";

const labels = (scale: ReturnType<typeof latencyScale>) => scale.ticks.map((tick) => scale.label(tick));

test("latencies far from their limits get a logarithmic scale", () => {
  const scale = latencyScale([1, 2, 5, 150]);
  assert.equal(scale.log, true);
  assert.deepEqual(
    labels(scale),
    ["1 ms", "2 ms", "5 ms", "10 ms", "20 ms", "50 ms", "100 ms", "200 ms"].slice(0, labels(scale).length),
  );
  assert.equal(scale.position(100), 2);
});

test("latencies close together get a linear scale from zero", () => {
  const scale = latencyScale([2, 4, 7.5]);
  assert.equal(scale.log, false);
  assert.equal(scale.min, 0);
  assert.deepEqual(labels(scale), ["0 ms", "2 ms", "4 ms", "6 ms", "8 ms"]);
});

test("a linear scale of nothing but zeros still has height", () => {
  const scale = linearScale([0, 0], numberTick);
  assert.deepEqual([scale.min, scale.max], [0, 1]);
});

test("a signed scale has zero as one of its ticks", () => {
  const scale = linearScale([-15, 88], numberTick, 7, true);
  assert.ok(scale.ticks.includes(0));
  assert.ok(scale.min <= -15 && scale.max >= 88);
});

test("every value lies within its scale, and there are a few ticks", () => {
  const values = fc.array(fc.double({ min: 0.001, max: 1e7, noNaN: true }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(values, (some) => {
      const scale = latencyScale(some);
      for (const value of some) {
        const position = scale.position(value);
        assert.ok(position >= scale.min - 1e-9 && position <= scale.max + 1e-9);
      }
      assert.ok(scale.ticks.length >= 1 && scale.ticks.length <= 12, `${scale.ticks.length} ticks`);
    }),
  );
});
