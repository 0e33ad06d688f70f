/** A full ring drops the newest events and counts them; what is in it stays whole. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EventRing } from "./event-ring.ts";

test("any course of recording and taking out: first in, first out, newest dropped", () => {
  const step = fc.oneof(fc.constant("packet"), fc.constant("text"), fc.constant("take"));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.array(step, { maxLength: 100 }), (atLeast, steps) => {
      const ring = new EventRing(atLeast);
      assert.ok(ring.capacity >= atLeast);
      const model: number[] = [];
      let dropped = 0;
      for (const [n, step] of steps.entries()) {
        if (step === "take") {
          if (model.length === 0) continue;
          const slot = ring.head++ & ring.mask;
          const isText = ring.types[slot] === 5;
          assert.equal(isText ? ring.takeText(slot)[0] : ring.amountsLow[slot], model.shift());
        } else {
          if (model.length === ring.capacity) dropped++;
          else model.push(n);
          if (step === "text") ring.text(Uint8Array.of(n));
          else ring.packet(0, new Uint8Array(12), 0, 0, n, 0, 0);
        }
        assert.deepEqual([ring.waiting, ring.dropped], [model.length, dropped]);
      }
    }),
  );
});
