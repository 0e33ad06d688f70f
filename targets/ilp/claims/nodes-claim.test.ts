/** Two real nodes that claim what they owe each other, over real sockets. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { forgetLedger } from "../ledger/forget-ledger.ts";
import { startAdmin } from "../node/admin.ts";
import type { Node } from "../node/node.ts";
import type { Sender } from "../testing/sender.ts";
import { until } from "../testing/until.ts";
import { keyFiles, scratch } from "./testing/keys.ts";
import { ends, startTestNode } from "./testing/two-nodes.ts";

const EVERY_MS = 20;

const WRONG_SIGNATURE =
  "the signature is not that of A: check that verifyWith at B is the public half of signWith at A";

/** Keys of both, and the `claims` of each about the other. */
function agreed(t: TestContext) {
  const folder = scratch(t);
  const [a, b] = [keyFiles(folder, "a"), keyFiles(folder, "b")];
  const claims = (ours: typeof a, theirs: typeof a) =>
    `{ ilpAddress: ${theirs === a ? "test.a" : "test.b"}, signWith: ${ours.privateFile}, verifyWith: ${theirs.publicFile}, everyMs: ${EVERY_MS} }`;
  return { folder, a, b, claimsOfA: claims(a, b), claimsOfB: claims(b, a) };
}

async function pay(sender: Sender, destination: string, amounts: readonly number[]): Promise<void> {
  const kinds = await Promise.all(
    amounts.map(async (amount) => (await sender.send({ destination, amount })).kind),
  );
  assert.deepEqual(new Set(kinds), new Set(["fulfill"]));
}

const balanceOf = async (node: Node, peer: string) => (await node.ledger.balances()).get(`peer:${peer}`)!;
const held = (node: Node, peer: string) => node.claims.payees.get(peer)?.claimed;

test("each node has the other's claim for exactly what both ledgers say, and for many packets few claims", async (t) => {
  const { folder, claimsOfA, claimsOfB } = agreed(t);
  const b = await startTestNode(t, { nodeId: "B", folder, claims: claimsOfB });
  const a = await startTestNode(t, { nodeId: "A", folder, claims: claimsOfA, dial: b.url });
  const [atA, atB] = [await ends(t, a), await ends(t, b)];
  await until("the link", () => a.node.btp.sessions.get("B")!.up);
  const startMs = performance.now();
  const amounts = Array.from({ length: 500 }, (_, n) => 100 + n * 7);
  await Promise.all([
    pay(atA, "test.b.receiver.1", amounts),
    pay(atB, "test.a.receiver.1", amounts.slice(0, 200)),
  ]);
  const unpaid = { destination: "test.b.receiver.1", amount: 1_000_000, secret: "another" };
  assert.equal((await atA.send(unpaid)).kind, "reject");
  for (const [from, to, packets] of [
    [a.node, b.node, 500],
    [b.node, a.node, 200],
  ] as const) {
    const [fromId, toId] = [from.config.nodeId, to.config.nodeId];
    const { creditsPosted } = await balanceOf(from, toId);
    assert.ok(creditsPosted > 0n);
    const payer = from.claims.payers.get(toId)!;
    await until("all to be claimed", () => payer.acknowledged === creditsPosted);
    assert.equal(held(to, fromId), creditsPosted);
    assert.equal((await balanceOf(to, fromId)).debitsPosted, creditsPosted);
    assert.equal(to.claims.payees.get(fromId)!.due, creditsPosted);
    const most = 1 + (performance.now() - startMs) / EVERY_MS;
    const { signed, sent, acknowledged } = payer.counters;
    assert.ok(signed <= most && signed < packets, `${signed} claims`);
    assert.deepEqual([sent, acknowledged], [signed, signed]);
    assert.equal(to.claims.payees.get(fromId)!.verified, signed);
  }
});

test("claims show in /metrics", async (t) => {
  const { folder, claimsOfA, claimsOfB } = agreed(t);
  const b = await startTestNode(t, { nodeId: "B", folder, claims: claimsOfB });
  const a = await startTestNode(t, { nodeId: "A", folder, claims: claimsOfA, dial: b.url });
  const sender = await ends(t, a);
  await ends(t, b);
  await pay(sender, "test.b.receiver", [1_000]);
  await until("the claim", () => a.node.claims.payers.get("B")!.acknowledged === 990n);
  const metrics = async (node: Node) => {
    const admin = await startAdmin(node);
    t.after(() => admin.close());
    return (await fetch(`http://127.0.0.1:${admin.port}/metrics`)).text();
  };
  const [ofA, ofB] = [await metrics(a.node), await metrics(b.node)];
  for (const line of [
    'ilp_claims_total{peer="B",event="signed"} 1',
    'ilp_claims_total{peer="B",event="sent"} 1',
    'ilp_claims_total{peer="B",event="acknowledged"} 1',
    'ilp_claimed_units{peer="B",what="owed"} 990',
    'ilp_claimed_units{peer="B",what="acknowledged"} 990',
    "ilp_signatures_waiting 0",
  ])
    assert.ok(ofA.includes(`${line}\n`), line);
  for (const line of [
    'ilp_claims_total{peer="A",event="verified"} 1',
    'ilp_claimed_units{peer="A",what="received"} 990',
    'ilp_claimed_units{peer="A",what="due"} 990',
  ])
    assert.ok(ofB.includes(`${line}\n`), line);
});

test("nodes that were both started again claim the whole debt again, and go on from there", async (t) => {
  const { folder, claimsOfA, claimsOfB } = agreed(t);
  for (const claimed of [990n, 1_980n]) {
    const b = await startTestNode(t, { nodeId: "B", folder, claims: claimsOfB });
    const a = await startTestNode(t, { nodeId: "A", folder, claims: claimsOfA, dial: b.url });
    await until("the claim of before", () => held(b.node, "A") === claimed - 990n);
    const sender = await ends(t, a);
    await ends(t, b);
    await pay(sender, "test.b.receiver", [1_000]);
    await until("the claim", () => held(b.node, "A") === claimed);
    await a.node.close();
    await b.node.close();
  }
});

test("a node whose key is not the one its peer has is refused, once in the log, and its packets go on", async (t) => {
  const { folder, claimsOfB, a: keyOfA } = agreed(t);
  // B takes A's claims with B's copy of a wrong key: that of a stranger.
  const stranger = keyFiles(folder, "stranger");
  const b = await startTestNode(t, {
    nodeId: "B",
    folder,
    claims: claimsOfB.replace(/verifyWith: [^,]+/, `verifyWith: ${stranger.publicFile}`),
  });
  const a = await startTestNode(t, {
    nodeId: "A",
    folder,
    claims: `{ ilpAddress: test.b, signWith: ${keyOfA.privateFile}, everyMs: 5 }`,
    dial: b.url,
  });
  const sender = await ends(t, a);
  await ends(t, b);
  await pay(sender, "test.b.receiver", [100]);
  const { counters } = a.node.claims.payers.get("B")!;
  await until("a second refusal", () => counters.refusedByPeer >= 2);
  await pay(sender, "test.b.receiver", [100, 100]);
  assert.deepEqual([counters.acknowledged, held(b.node, "A")], [0, 0n]);
  assert.deepEqual(
    a.log.filter((line) => line.includes("claim")),
    [`peer B refuses our claim: F00 ${WRONG_SIGNATURE}`],
  );
  assert.deepEqual(
    b.log.filter((line) => line.includes("claim")),
    [`a claim of peer A is refused: ${WRONG_SIGNATURE}`],
  );
  assert.equal(b.node.claims.payees.get("A")!.due, 297n, "what it owes all the same");
  assert.ok(b.node.claims.payees.get("A")!.refused.WRONG_SIGNATURE! >= 2);
});

test("a node that was started again has its peer's claims while the peer is away", async (t) => {
  const { folder, claimsOfA, claimsOfB } = agreed(t);
  const b = await startTestNode(t, { nodeId: "B", folder, claims: claimsOfB });
  const a = await startTestNode(t, { nodeId: "A", folder, claims: claimsOfA, dial: b.url });
  const sender = await ends(t, a);
  await ends(t, b);
  await pay(sender, "test.b.receiver", [1_000]);
  await until("the claim", () => a.node.claims.payers.get("B")!.acknowledged === 990n);
  await a.node.close();
  await b.node.close();
  const again = await startTestNode(t, { nodeId: "B", folder, claims: claimsOfB });
  assert.equal(held(again.node, "A"), 990n);
});

test("a peer that lost its ledger goes on in new books, and what it claimed by the old ones stays", async (t) => {
  const { folder, claimsOfA, claimsOfB } = agreed(t);
  const b = await startTestNode(t, { nodeId: "B", folder, claims: claimsOfB });
  await ends(t, b);
  for (const total of [990n, 1_980n]) {
    const a = await startTestNode(t, { nodeId: "A", folder, claims: claimsOfA, dial: b.url });
    const sender = await ends(t, a);
    await pay(sender, "test.b.receiver", [1_000]);
    await until("the claim", () => held(b.node, "A") === total);
    assert.equal(a.node.claims.payers.get("B")!.owed, 990n);
    await a.node.close();
    forgetLedger(a.node.config.ledger);
  }
});
