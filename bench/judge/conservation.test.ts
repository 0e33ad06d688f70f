import assert from "node:assert/strict";
import { test } from "node:test";
import { counter, windowAt } from "../windows/testing/windows.ts";
import { conservation, NO_BOOKS } from "./conservation.ts";
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

const A = {
  ...{ received: 1_000, fulfilled: 990, rejected: 10 },
  ...{ paidUnits: 99_000, heldUnits: 0, imbalanceUnits: 0 },
};
const B = { ...A, received: 990, rejected: 0 };
const well: Sent = { fulfilled: 990, rejected: 10 };

test("all books agree: nothing is unaccounted for", () => {
  const found = conservation(evidenceOf(well), { connectors: { A }, silent: [] });
  assert.deepEqual(found, {
    sent: 1_000,
    fulfilled: 990,
    rejected: 10,
    timedOut: 0,
    unexpected: 0,
    connectors: { A },
    silent: [],
    differences: [],
    unaccounted: 0,
  });
});

test("connectors further on see only what the first one let through", () => {
  assert.equal(conservation(evidenceOf(well), { connectors: { A, B }, silent: [] })?.unaccounted, 0);
});

for (const [what, sent, connectors, difference] of [
  ["an answer is missing", { fulfilled: 999 }, {}, "answered, refused or given up: 999, sent: 1,000"],
  [
    "the connector lost one on its way in",
    well,
    { A: { ...A, received: 999, rejected: 9 } },
    "connector A received 999, k6 sent 1,000; connector A rejected 9, k6 saw 10",
  ],
  [
    "the connector left one without an answer",
    { ...well, fulfilled: 989, timedOut: 1 },
    { A: { ...A, fulfilled: 989, paidUnits: 98_900 } },
    "connector A answered 999, it received 1,000",
  ],
  [
    "the connector fulfilled what nobody saw",
    well,
    { A: { ...A, received: 1_000, rejected: 10, fulfilled: 991, paidUnits: 99_100 } },
    "connector A fulfilled 991, k6 saw 990; connector A answered 1,001, it received 1,000",
  ],
  [
    "a ledger was paid for less than was fulfilled",
    well,
    { A: { ...A, paidUnits: 98_900 } },
    "the ledger of A paid for 989, connector A fulfilled 990",
  ],
  [
    "a connector further on fulfilled fewer",
    well,
    { A, B: { ...B, received: 989, fulfilled: 989, paidUnits: 98_900 } },
    "connector B fulfilled 989, k6 saw 990",
  ],
  [
    "a ledger still holds value when all is over",
    well,
    { A: { ...A, heldUnits: 100 } },
    "units that the ledger of A still holds when all is over: 100",
  ],
  [
    "a ledger still holds a part of a packet's value",
    well,
    { A, B: { ...B, heldUnits: 1 } },
    "units that the ledger of B still holds when all is over: 1",
  ],
  [
    "a ledger credited what it did not debit",
    well,
    { A: { ...A, imbalanceUnits: 100 } },
    "sum of all balances in the ledger of A: 100, not 0",
  ],
  [
    "a ledger debited what it did not credit",
    well,
    { A: { ...A, imbalanceUnits: -1 } },
    "sum of all balances in the ledger of A: −1, not 0",
  ],
] as const) {
  test(`${what}: one packet is unaccounted for, and it is said where`, () => {
    const found = conservation(evidenceOf(sent), { connectors, silent: [] });
    assert.equal(found?.differences.join("; "), difference);
    assert.equal(found?.unaccounted, 1);
  });
}

test("packets that the sender gave up may have been answered too late, all of them or some", () => {
  const gaveUp = evidenceOf({ fulfilled: 900, rejected: 10, timedOut: 90 });
  for (const late of [0, 40, 90]) {
    const counts = {
      received: 1_000,
      fulfilled: 900 + late,
      rejected: 100 - late,
      paidUnits: 100 * (900 + late),
      heldUnits: 0,
    };
    assert.deepEqual(conservation(gaveUp, { connectors: { A: counts }, silent: [] })?.differences, []);
  }
});

test("a connector that does not tell is named, and the others are not taken for the first", () => {
  const found = conservation(evidenceOf(well), { connectors: { B }, silent: ["A"] });
  assert.deepEqual([found?.silent, found?.differences], [["A"], []]);
});

test("a run from before balances were looked at is judged by the rest", () => {
  const { imbalanceUnits: _, ...before } = A;
  assert.equal(conservation(evidenceOf(well), { connectors: { A: before }, silent: [] })?.unaccounted, 0);
});

test("a run without packets has no such books", () => {
  assert.equal(conservation(new Evidence(planned("basic-load")), NO_BOOKS), undefined);
});
