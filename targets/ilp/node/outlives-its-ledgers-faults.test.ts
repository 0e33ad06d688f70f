/**
 * A ledger that is down, slow or full, seen from outside: each packet gets one answer, with the code the README names; what
 * was fulfilled is booked, and nothing else; and when the fault is over packets are fulfilled again.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sqliteOptions } from "../ledger/options.ts";
import { openSqliteLedger } from "../ledger/sqlite-ledger.ts";
import { type Faults, faultsIn } from "../ledger/testing/faults.ts";
import { sums } from "../ledger/testing/waiting.ts";
import { Flow, type Part } from "../testing/flow.ts";
import { until } from "../testing/until.ts";
import type { Health } from "./admin.ts";
import { BOB, type NodeBetween, nodeBetween } from "./testing/node-between.ts";
import { startWithholdingReceiver, type WithholdingReceiver } from "./testing/withholding-receiver.ts";

const AMOUNT = 100;

/** Each packet of a part ended once, and in one of these ways. */
function assertEnds({ sent, ends }: Part, ...allowed: string[]): void {
  for (const end of Object.keys(ends)) assert.ok(allowed.includes(end), `${end}: ${JSON.stringify(ends)}`);
  assert.equal(
    Object.values(ends).reduce((sum, n) => sum + n, 0),
    sent,
  );
}

/** Nothing is held any more, and what was fulfilled, no more and no less, is booked: in the node, and in its file. */
async function assertBooked({ node, alice, ledgerFile }: NodeBetween, fulfilled: number): Promise<void> {
  assert.equal(alice.strayAnswers, 0, "no packet was answered twice");
  assert.equal(node.path.held, 0);
  const [from, to] = node.peers.map(({ checks }) => checks);
  assert.deepEqual(
    [from?.credit.balance, from?.credit.pending, from?.holds.packets],
    [fulfilled * AMOUNT, 0, 0],
  );
  assert.equal(to?.credit.balance, -fulfilled * AMOUNT);
  await until("each hold to have ended, once", () => {
    const { reserved, posted, voided, expired } = node.ledger.stats();
    return reserved === posted + voided + expired;
  });
  await node.close();
  // Opening recomputes every account from the journal.
  const ledger = await openSqliteLedger(sqliteOptions.parse({ kind: "sqlite", file: ledgerFile }));
  const balances = await ledger.balances();
  const zero = await sums(ledger);
  await ledger.close();
  assert.equal(balances.get("peer:bob")?.posted, BigInt(fulfilled * AMOUNT));
  assert.equal(balances.get("peer:alice")?.posted, BigInt(-fulfilled * AMOUNT));
  assert.equal(balances.get("peer:bob")?.creditsPending, 0n);
  assert.deepEqual(zero, { posted: 0n, pending: 0n });
}

const ledgerState = async (place: NodeBetween) =>
  ((await (await place.get("/health")).json()) as Health).ledger;

for (const [what, hurt] of [
  ["a full disk", (faults: Faults) => (faults.pages = 1)],
  ["a ledger thread that dies", (faults: Faults) => (faults.crash = true)],
] as const) {
  test(`${what}: packets are refused with T00 until it is over, then fulfilled again`, async () => {
    const faults = faultsIn();
    await using place = await nodeBetween({ ledger: { patienceMs: 200 }, faults });
    const flow = new Flow(place.alice, BOB);
    const during = flow.part();
    await until("packets to be fulfilled", () => flow.fulfilled >= 200);
    hurt(faults);
    await until("the ledger to be down", async () => (await ledgerState(place)) === "down");
    await until("packets to be refused", () => (during.ends["T00 test.a"] ?? 0) >= 200);
    assert.equal((await place.metrics()).get("ilp_ledger_up"), 0);
    Object.assign(faults, { pages: 0, crash: false });
    await until("the ledger to be up", async () => (await ledgerState(place)) === "up");
    const after = flow.part();
    await until("packets to be fulfilled again", () => (after.ends.fulfill ?? 0) >= 200);
    await flow.stop();
    assertEnds(during, "fulfill", "T00 test.a");
    assertEnds(after, "fulfill");
    await assertBooked(place, flow.fulfilled);
  });
}

test("a fault shorter than the ledger's patience: what was under way is fulfilled when it is over", async () => {
  const faults = faultsIn();
  await using place = await nodeBetween({ ledger: { patienceMs: 10_000 }, faults });
  const { alice, bob, node } = place;
  // The first commit takes a while: behind it, all wait for the disk.
  faults.delayMs = 1_000;
  const told = Promise.all(Array.from({ length: 100 }, () => alice.send({ destination: BOB })));
  await until("bob to have fulfilled all", () => bob.fulfilled === 100);
  faults.crash = true;
  await until("the ledger to be down", () => node.ledger.stats().state === "down");
  assert.equal(node.path.held, 100, "nobody was told anything yet");
  Object.assign(faults, { delayMs: 0, crash: false });
  assert.deepEqual(new Set((await told).map(({ kind }) => kind)), new Set(["fulfill"]));
  await assertBooked(place, 100);
});

test("a slow disk: what it has no room for is refused with T04, the rest is fulfilled, late", async () => {
  const faults = faultsIn();
  await using place = await nodeBetween({ ledger: { maxTransfers: 50, maxQueued: 2_000 }, faults });
  const flow = new Flow(place.alice, BOB);
  await until("packets to be fulfilled", () => flow.fulfilled >= 200);
  const during = flow.part();
  // 50 entries each time, which are 25 packets: an eighth of what comes.
  faults.delayMs = 200;
  await until("packets to be refused", () => (during.ends["T04 test.a"] ?? 0) >= 200);
  await until("packets to be fulfilled meanwhile", () => (during.ends.fulfill ?? 0) >= 100);
  assert.equal(await ledgerState(place), "up");
  faults.delayMs = 0;
  await until("the queue to be short", () => place.node.ledger.stats().queued < 100);
  const after = flow.part();
  await until("packets to be fulfilled again", () => (after.ends.fulfill ?? 0) >= 200);
  await flow.stop();
  assertEnds(during, "fulfill", "T04 test.a");
  assertEnds(after, "fulfill");
  await assertBooked(place, flow.fulfilled);
});

test("a disk that hangs: new packets are told T00 at once, what was fulfilled waits and is paid when it is over", async () => {
  const faults = faultsIn();
  await using place = await nodeBetween({ ledger: { timeoutMs: 200 }, faults });
  const { alice, bob, node } = place;
  faults.delayMs = 60_000;
  const told = Promise.all(
    Array.from({ length: 50 }, () => alice.send({ destination: BOB, expiresInMs: 60_000 })),
  );
  await until("bob to have fulfilled all", () => bob.fulfilled === 50);
  await until("the ledger to be down", async () => (await ledgerState(place)) === "down");
  for (let n = 0; n < 20; n++)
    assert.deepEqual(await alice.send({ destination: BOB }), {
      kind: "reject",
      code: "T00",
      triggeredBy: "test.a",
    });
  assert.equal(node.path.held, 50, "nobody else was told anything");
  faults.delayMs = 0;
  assert.deepEqual(new Set((await told).map(({ kind }) => kind)), new Set(["fulfill"]));
  await until("the ledger to be up", async () => (await ledgerState(place)) === "up");
  assert.equal((await alice.send({ destination: BOB })).kind, "fulfill");
  await assertBooked(place, 51);
});

/** Enough for all that is to happen before, on a machine that others have, too. */
const LIVES_MS = 5_000;

test("a disk that stands still for longer than packets live: they are told R00 and given back, not paid late", async () => {
  const faults = faultsIn();
  let bob: WithholdingReceiver | undefined;
  await using place = await nodeBetween({
    faults,
    receive: async (url, token) => (bob = await startWithholdingReceiver(url, token)),
  });
  const { alice, node } = place;
  const told = Promise.all(
    Array.from({ length: 50 }, () => alice.send({ destination: BOB, expiresInMs: LIVES_MS })),
  );
  const goneMs = Date.now() + LIVES_MS;
  await until("their holds to be on disk", () => node.ledger.stats().holds === 50);
  faults.delayMs = 60_000;
  const { begun } = faults;
  const late = alice.send({ destination: BOB, expiresInMs: 60_000 });
  await until("the disk to stand still", () => faults.begun > begun && bob?.withheld === 51);
  bob?.release();
  await until("all to be fulfilled, and their time to be over", () => Date.now() > goneMs);
  faults.delayMs = 0;
  for (const answer of await told)
    assert.deepEqual(answer, { kind: "reject", code: "R00", triggeredBy: "test.a" });
  assert.equal(node.peers[0]?.checks.holds.share, 1, "which is not the sender's fault");
  assert.equal((await late).kind, "fulfill", "who had more time is paid");
  assert.equal(node.ledger.stats().expired, 50);
  await assertBooked(place, 1);
});

test("a ledger full of holds: T04 for the next packet, and room again when holds end", async () => {
  const MOST = 50;
  let bob: WithholdingReceiver | undefined;
  await using place = await nodeBetween({
    ledger: { maxHolds: MOST },
    receive: async (url, token) => (bob = await startWithholdingReceiver(url, token)),
  });
  const { alice, node } = place;
  const held = Promise.all(Array.from({ length: MOST }, () => alice.send({ destination: BOB })));
  await until("bob to have them all", () => bob?.withheld === MOST);
  for (let n = 0; n < 20; n++)
    assert.deepEqual(await alice.send({ destination: BOB }), {
      kind: "reject",
      code: "T04",
      triggeredBy: "test.a",
    });
  assert.equal(node.ledger.stats().refused.full, 20);
  bob?.release();
  assert.deepEqual(new Set((await held).map(({ kind }) => kind)), new Set(["fulfill"]));
  await until("the holds to have ended", () => node.ledger.stats().holds === 0);
  assert.equal((await alice.send({ destination: BOB })).kind, "fulfill");
  await assertBooked(place, MOST + 1);
});
