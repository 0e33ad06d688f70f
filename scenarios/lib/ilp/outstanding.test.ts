import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LATE, Outstanding } from "./outstanding.ts";

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

test("a packet whose place is needed again is given up, and its answer is late, not the new one's", () => {
  const outstanding = new Outstanding(4);
  const first = outstanding.add(1);
  for (let due = 2; due <= 5; due++) outstanding.add(due);
  assert.deepEqual([outstanding.givenUp, outstanding.open], [1, 4]);
  assert.equal(outstanding.take(first), LATE);
  assert.equal(outstanding.take(first + 4), 5);
});

test("who waits too long is given up when the time is over, and no one else; the answer is late once", () => {
  const outstanding = new Outstanding(8);
  const [a, b, c] = [outstanding.add(100), outstanding.add(200), outstanding.add(300)];
  outstanding.take(b as number);
  outstanding.giveUp(300);
  assert.deepEqual([outstanding.givenUp, outstanding.open], [1, 1]);
  assert.equal(outstanding.take(a as number), LATE);
  assert.equal(outstanding.take(a as number), 0);
  assert.equal(outstanding.take(c as number), 300);
});

test("a sweep looks at so many and no more, and the next goes on from there", () => {
  const outstanding = new Outstanding(8);
  const ids = [1, 2, 3, 4, 5].map((dueMs) => outstanding.add(dueMs));
  outstanding.take(ids[0] as number);
  outstanding.giveUp(100, 3);
  assert.deepEqual([outstanding.givenUp, outstanding.open], [2, 2], "an answered one counts as looked at");
  outstanding.giveUp(100, 3);
  assert.deepEqual([outstanding.givenUp, outstanding.open], [4, 0]);
});

test("whatever is sent, answered and given up: sent = answered + open + given up", () => {
  const step = fc.oneof(fc.constant("send"), fc.constant("give up"), fc.nat(40));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const outstanding = new Outstanding(8);
      let [sent, answered] = [0, 0];
      for (const step of steps) {
        if (step === "send") outstanding.add(++sent);
        else if (step === "give up") outstanding.giveUp(sent - 3);
        else if (outstanding.take(step as number) > 0) answered++;
      }
      assert.equal(answered + outstanding.open + outstanding.givenUp, sent);
      outstanding.giveUp(Number.POSITIVE_INFINITY);
      assert.equal(outstanding.open, 0);
    }),
  );
});
