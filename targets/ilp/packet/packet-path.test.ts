import assert from "node:assert/strict";
import { test } from "node:test";
import { ContentType, FrameType, writeFrame, writeFulfillFrame } from "../../../wire/btp.ts";
import { PacketType } from "../../../wire/ilp.ts";
import {
  AMOUNT,
  type Behaviour,
  frame,
  HOPS,
  KEPT,
  NOTHING,
  pathOf,
  prepare,
  secretOf,
} from "./testing/path-between.ts";

test("each packet gets exactly one answer, and the books say the same as the answers, whatever the next hop does", async (t) => {
  const node = await pathOf(t);
  const behaviours = Object.keys(HOPS) as Behaviour[];
  const TIMES = 20;
  for (let n = 0; n < behaviours.length * TIMES; n++) {
    node.receive(n, prepare(n), behaviours[n % behaviours.length]);
  }
  const answers = await node.answers();
  for (let n = 0; n < behaviours.length * TIMES; n++) {
    const behaviour = behaviours[n % behaviours.length]!;
    assert.deepEqual(answers.get(n), [HOPS[behaviour]], `${behaviour}: ${n}`);
  }
  const balances = await node.ledger.balances();
  const posted = (name: string) => balances.get(name)?.posted;
  assert.equal(posted("alice"), BigInt(-AMOUNT * TIMES));
  assert.equal(posted("bob"), BigInt((AMOUNT - KEPT) * TIMES));
  assert.equal(posted("fees"), BigInt(KEPT * TIMES));
  for (const [name, { debitsPending, creditsPending }] of balances) {
    assert.deepEqual([debitsPending, creditsPending], [0n, 0n], `${name} holds nothing`);
  }
  const { checks, outcomes } = node.alice;
  assert.deepEqual(
    [checks.credit.balance, checks.credit.pending, checks.holds.packets],
    [AMOUNT * TIMES, 0, 0],
  );
  assert.equal(node.to.checks.credit.balance, -(AMOUNT - KEPT) * TIMES);
  const rejected = Object.values(outcomes.rejected).reduce((sum, n) => sum + n, 0);
  assert.equal(outcomes.fulfilled + rejected, outcomes.received);
  const latencies = [node.path.latencyMs.fulfilled.read(), node.path.latencyMs.rejected.read()];
  assert.deepEqual(
    latencies.map(({ count }) => count),
    [outcomes.fulfilled, rejected],
  );
});

for (const [what, told, message] of [
  ["no route", "F02 test.a", () => prepare(1, { destination: "test.carol" })],
  ["a route back to the sender", "F02 test.a", () => prepare(1, { destination: "test.alice.x" })],
  ["a greater amount than the peer's packets may have", "F08 test.a", () => prepare(1, { amount: 1e6 + 1 })],
  ["an expiry in the past", "R00 test.a", () => prepare(1, { expiresInMs: -1 })],
  ["too little time for the next hop", "R02 test.a", () => prepare(1, { expiresInMs: 1_400 })],
  ["an amount that the fee eats", "R01 test.a", () => prepare(1, { amount: 1 })],
  [
    "a Fulfill where a Prepare belongs",
    "F01 test.a",
    () => frame((into) => writeFulfillFrame(1, { fulfillment: secretOf(1), data: NOTHING }, into)),
  ],
] as const) {
  test(`${what} is refused with ${told.slice(0, 3)} and holds nothing`, async (t) => {
    const node = await pathOf(t);
    node.receive(1, message());
    assert.deepEqual((await node.answers()).get(1), [told]);
    assert.equal(node.ledger.stats().reserved, 0);
  });
}

test("a ledger that is closed refuses with T00, and what it had taken is answered", async (t) => {
  const node = await pathOf(t);
  node.receive(1, prepare(1));
  const answers = await node.answers();
  assert.deepEqual(answers.get(1), ["paid"]);
  await node.ledger.close();
  node.receive(2, prepare(2));
  assert.deepEqual((await node.answers()).get(2), ["T00 test.a"]);
});

test("telemetry tells when a packet went on, not when it came: what lies between is the connector's own time", async (t) => {
  const node = await pathOf(t);
  const received = t.mock.method(node.telemetry, "received");
  const sent = t.mock.method(node.telemetry, "sent");
  node.receive(1, prepare(1));
  await node.answers();
  const [, , , , receivedAtMs = 0] = received.mock.calls[0]?.arguments ?? [];
  const [, , , , sentAtMs = 0] = sent.mock.calls[0]?.arguments ?? [];
  assert.ok(receivedAtMs > 0 && sentAtMs > receivedAtMs, `${receivedAtMs}, then ${sentAtMs}`);
});

test("a Fulfill goes back as it came, fields of a later RFC included", async (t) => {
  const node = await pathOf(t);
  // The fulfillment, two bytes of data, and four that RFC 0027 has no name for, all inside of the envelope.
  const contents = [...secretOf(1), 2, 0xd1, 0xd2, 0xe1, 0xe2, 0xe3, 0xe4];
  const data = Uint8Array.of(PacketType.fulfill, contents.length, ...contents);
  const entries = [{ name: "ilp", contentType: ContentType.octets, data }];
  node.receive(1, prepare(1), (waiting) =>
    waiting.onAnswer(frame((into) => writeFrame({ type: FrameType.response, requestId: 9, entries }, into))),
  );
  assert.deepEqual((await node.answers()).get(1), ["paid"]);
  const { bytes, ilpStart, ilpEnd } = node.told[0]!;
  assert.deepEqual(bytes.subarray(ilpStart, ilpEnd), data);
});
