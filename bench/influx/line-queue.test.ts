import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Amount, bytesOf, LineQueue } from "./line-queue.ts";

const all: Amount = { lines: Number.MAX_SAFE_INTEGER, bytes: Number.MAX_SAFE_INTEGER };

function queueOf(...lines: string[]): LineQueue {
  const queue = new LineQueue();
  queue.add(lines);
  return queue;
}

test("what is taken is bounded in lines and in bytes of UTF-8, and is never nothing", () => {
  const queue = queueOf("a", "bc", "üü", "d".repeat(100), "e");
  assert.deepEqual(queue.take({ lines: 2, bytes: 100 }), ["a", "bc"]);
  assert.deepEqual(queue.take({ lines: 9, bytes: 4 }), ["üü"]);
  assert.deepEqual(queue.take({ lines: 9, bytes: 4 }), ["d".repeat(100)]);
  assert.deepEqual(queue.take({ lines: 9, bytes: 0 }), ["e"]);
  assert.deepEqual(queue.take({ lines: 9, bytes: 4 }), []);
});

test("what does not fit goes from the front", () => {
  const queue = queueOf("a", "bb", "ccc", "dddd");
  assert.equal(queue.shrinkTo({ lines: 3, bytes: 100 }), 1);
  assert.equal(queue.shrinkTo({ lines: 3, bytes: 8 }), 1);
  assert.equal(queue.shrinkTo({ lines: 3, bytes: 7 }), 0);
  assert.deepEqual(queue.take(all), ["ccc", "dddd"]);
});

test("it knows how many lines and bytes it has, whatever was done to it", () => {
  const amount = fc.record({ lines: fc.nat(20), bytes: fc.nat(50) });
  const step = fc.oneof(
    fc.record({ add: fc.array(fc.string({ unit: "grapheme" }), { maxLength: 10 }) }),
    fc.record({ take: amount, back: fc.boolean() }),
    fc.record({ shrink: amount }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const queue = new LineQueue();
      let lines: string[] = [];
      for (const one of steps) {
        if ("add" in one) {
          queue.add(one.add);
          lines.push(...one.add);
        } else if ("take" in one) {
          const taken = queue.take(one.take);
          assert.deepEqual(taken, lines.slice(0, taken.length));
          if (one.back) queue.putBack(taken);
          else lines = lines.slice(taken.length);
        } else {
          lines = lines.slice(queue.shrinkTo(one.shrink));
          assert.ok(queue.length <= one.shrink.lines && queue.bytes <= one.shrink.bytes);
        }
        assert.deepEqual([queue.length, queue.bytes], [lines.length, bytesOf(lines)]);
      }
      assert.deepEqual(queue.take(all), lines);
    }),
  );
});
