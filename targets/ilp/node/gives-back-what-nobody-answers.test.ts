/** A peer that takes packets and never answers: what the sender is told, and what the ledger makes of the holds. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../testing/until.ts";
import { BOB, nodeBetween } from "./testing/node-between.ts";
import { startWithholdingReceiver, type WithholdingReceiver } from "./testing/withholding-receiver.ts";

const PACKETS = 20;

test("a peer that never answers: R00 in time, and holds that are voided before they expire", async () => {
  let bob: WithholdingReceiver | undefined;
  await using place = await nodeBetween({
    holdMs: 300,
    receive: async (url, token) => (bob = await startWithholdingReceiver(url, token)),
  });
  const { alice, node } = place;
  const told = await Promise.all(
    Array.from({ length: PACKETS }, () => alice.send({ destination: BOB, expiresInMs: 30_000 })),
  );
  assert.equal(bob?.withheld, PACKETS);
  for (const answer of told) assert.deepEqual(answer, { kind: "reject", code: "R00", triggeredBy: "test.a" });
  await until("the holds to be given back", () => node.ledger.stats().voided === PACKETS);
  const metrics = await place.metrics();
  assert.deepEqual(
    ["posted", "voided", "expired"].map((state) =>
      metrics.get(`ilp_ledger_transfers_total{state="${state}"}`),
    ),
    [0, PACKETS, 0],
  );
});

test("packets that expire in a moment at a peer that never answers: the sender may hold less for it", async () => {
  await using place = await nodeBetween({ receive: startWithholdingReceiver });
  const { alice, node } = place;
  const holds = node.peers[0]!.checks.holds;
  for (let round = 1, before = 1; round <= 3; round++, before = holds.share) {
    const told = Array.from({ length: PACKETS }, () => alice.send({ destination: BOB, expiresInMs: 500 }));
    for (const { code } of await Promise.all(told)) assert.equal(code, "R00");
    assert.ok(holds.share < before, `${holds.share} after round ${round}, ${before} before`);
  }
  assert.equal(holds.packets, 0);
});

test("a peer whose link is lost: T01, and holds that are voided", async () => {
  let bob: WithholdingReceiver | undefined;
  await using place = await nodeBetween({
    receive: async (url, token) => (bob = await startWithholdingReceiver(url, token)),
  });
  const { alice, node } = place;
  const told = Promise.all(Array.from({ length: PACKETS }, () => alice.send({ destination: BOB })));
  await until("bob to have them all", () => bob?.withheld === PACKETS);
  await bob?.close();
  for (const answer of await told)
    assert.deepEqual(answer, { kind: "reject", code: "T01", triggeredBy: "test.a" });
  await until("the holds to be given back", () => node.ledger.stats().voided === PACKETS);
  const { posted, voided, expired } = node.ledger.stats();
  assert.deepEqual([posted, voided, expired], [0, PACKETS, 0]);
});
