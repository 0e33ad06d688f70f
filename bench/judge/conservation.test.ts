import assert from "node:assert/strict";
import { test } from "node:test";
import { counter, windowAt } from "../windows/testing/windows.ts";
import { conservation } from "./conservation.ts";
import { Evidence } from "./evidence.ts";
import { planned } from "./testing/evidence.ts";

interface Sent {
  readonly fulfilled: number;
  readonly rejected?: number;
  readonly timedOut?: number;
}

/** 1,000 packets, 300 of them in the warm-up. */
function evidenceOf({ fulfilled, rejected = 0, timedOut = 0 }: Sent): Evidence {
  const evidence = new Evidence(planned("soak"));
  evidence.addWindow(
    windowAt(0, [
      counter("packets", 300, { scenario: "warm-up", phase: "warm-up" }),
      counter("packets", 700, { scenario: "soak", phase: "hold" }),
      counter("packets_fulfilled", fulfilled, { scenario: "soak", phase: "hold" }),
      counter("packets_failed", rejected, { scenario: "soak", phase: "hold", outcome: "rejected" }),
      counter("packets_failed", timedOut, { scenario: "soak", phase: "hold", outcome: "timed-out" }),
    ]),
  );
  return evidence;
}

const A = { received: 1_000, fulfilled: 990, rejected: 10, posted: 990 };

test("all books agree: nothing is unaccounted for", () => {
  const found = conservation(evidenceOf({ fulfilled: 990, rejected: 10 }), { A });
  assert.deepEqual(found, {
    sent: 1_000,
    fulfilled: 990,
    rejected: 10,
    timedOut: 0,
    unexpected: 0,
    connectors: { A },
    differences: [],
    unaccounted: 0,
  });
});

test("connectors further on see only what the first one let through", () => {
  const B = { received: 990, fulfilled: 990, rejected: 0, posted: 990 };
  assert.equal(conservation(evidenceOf({ fulfilled: 990, rejected: 10 }), { A, B })?.unaccounted, 0);
});

for (const [what, sent, books, difference] of [
  ["an answer is missing", { fulfilled: 999 }, {}, "answered, refused or given up: 999, sent: 1,000"],
  [
    "the connector lost one on its way in",
    { fulfilled: 990, rejected: 10 },
    { A: { ...A, received: 999 } },
    "connector A received 999, k6 sent 1,000",
  ],
  [
    "the connector fulfilled what nobody saw",
    { fulfilled: 990, rejected: 10 },
    { A: { ...A, fulfilled: 991 } },
    "connector A fulfilled 991, k6 saw 990",
  ],
  [
    "a ledger paid for less than was fulfilled",
    { fulfilled: 990, rejected: 10 },
    { A: { ...A, posted: 989 } },
    "the ledger of A made final 989, k6 saw fulfilled 990",
  ],
  [
    "a connector further on fulfilled fewer",
    { fulfilled: 990, rejected: 10 },
    { A, B: { received: 990, fulfilled: 989, rejected: 0, posted: 990 } },
    "connector B fulfilled 989, k6 saw 990",
  ],
] as const) {
  test(`${what}: one packet is unaccounted for, and it is said where`, () => {
    const found = conservation(evidenceOf(sent), books);
    assert.deepEqual(found?.differences, [difference]);
    assert.equal(found?.unaccounted, 1);
  });
}

test("packets that were given up are accounted for", () => {
  assert.equal(conservation(evidenceOf({ fulfilled: 900, rejected: 10, timedOut: 90 }), {})?.unaccounted, 0);
});

test("a run without packets has no such books", () => {
  assert.equal(conservation(new Evidence(planned("basic-load")), {}), undefined);
});
