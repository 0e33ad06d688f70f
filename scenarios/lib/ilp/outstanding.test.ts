import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Outstanding } from "./outstanding.ts";

test("a packet is answered once: the second answer finds nothing", () => {
  const outstanding = new Outstanding(8);
  const id = outstanding.add(1_000);
  assert.equal(outstanding.take(id), 1_000);
  assert.equal(outstanding.take(id), 0);
  assert.equal(outstanding.open, 0);
});

test("an answer to what was never sent finds nothing", () => {
  const outstanding = new Outstanding(8);
  outstanding.add(1_000);
  for (const id of [0, 2, 9, 4_294_967_295]) assert.equal(outstanding.take(id), 0, `id ${id}`);
  assert.equal(outstanding.open, 1);
});

test("a packet whose place is needed again is given up, and its answer is not taken for the new one's", () => {
  const outstanding = new Outstanding(4);
  const first = outstanding.add(1);
  for (let due = 2; due <= 5; due++) outstanding.add(due);
  assert.equal(outstanding.givenUp, 1);
  assert.equal(outstanding.open, 4);
  assert.equal(outstanding.take(first), 0);
  assert.equal(outstanding.take(first + 4), 5);
});

test("whatever is sent and answered: sent = answered + open + given up", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constant("send"), fc.nat(40)), { maxLength: 200 }), (steps) => {
      const outstanding = new Outstanding(8);
      let [sent, answered] = [0, 0];
      for (const step of steps) {
        if (step === "send") outstanding.add(++sent);
        else if (outstanding.take(step as number) !== 0) answered++;
      }
      assert.equal(answered + outstanding.open + outstanding.givenUp, sent);
    }),
  );
});
