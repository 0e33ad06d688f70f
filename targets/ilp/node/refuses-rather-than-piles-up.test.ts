/**
 * Peers that stop reading or answering, over real sockets: their senders get Rejects T03 and T04 that are counted as any
 * other, what waits in the node stays within its bounds, and packets are fulfilled again when they read on.
 */
import assert from "node:assert/strict";
import { createHash, createHmac, randomBytes } from "node:crypto";
import { test } from "node:test";
import * as btpPacket from "btp-packet";
import { sizeOfIlpFrame, writePrepareFrame } from "../../../wire/btp.ts";
import { sizeOfPrepare } from "../../../wire/ilp.ts";
import { MAX_PAYLOAD } from "../btp/btp.ts";
import { RawPeer } from "../btp/testing/nodes.ts";
import type { Answer } from "../testing/sender.ts";
import { until } from "../testing/until.ts";
import { type BetweenOptions, BOB, type NodeBetween, nodeBetween } from "./testing/node-between.ts";
import { type PausableReceiver, startPausableReceiver } from "./testing/pausable-receiver.ts";

/** Packets that pass on more bytes than a kernel keeps for a connection, each so long. */
const [MANY, LONG] = [2_000, 30_000];
/** What the node lets wait for a peer; nobody is cut for being slow while a test runs. */
const LIMITS = { softBytes: 100_000, stallMs: 60_000 };
/** With what is in hand when the bound is crossed, and what the socket's header takes. */
const MOST_BYTES = LIMITS.softBytes + MAX_PAYLOAD + 100;

const turn = () => new Promise(setImmediate);

/** A node with a receiver that can be paused, whose Fulfills carry so much data. */
async function withPausable(options: BetweenOptions, dataBytes = 0) {
  let bob: PausableReceiver | undefined;
  const receive = async (url: string, token: string) =>
    (bob = await startPausableReceiver(url, token, dataBytes));
  const place = await nodeBetween({ ...options, receive });
  return Object.assign(place, { bob: bob! });
}

/** Sends packets to bob, and counts their ends by kind or code. */
function sending({ alice }: NodeBetween) {
  const ends: Record<string, number> = {};
  const open: Promise<unknown>[] = [];
  const count = ({ kind, code, triggeredBy }: Answer) => {
    const end = kind === "reject" ? `${code} ${triggeredBy}` : kind;
    ends[end] = (ends[end] ?? 0) + 1;
  };
  return {
    ends,
    get sent() {
      return open.length;
    },
    get ended() {
      return Object.values(ends).reduce((sum, n) => sum + n, 0);
    },
    send: (dataBytes?: number) =>
      open.push(alice.send({ destination: BOB, expiresInMs: 25_000, dataBytes }).then(count)),
    all: () => Promise.all(open),
  };
}

/** What the node counted of alice's packets. */
async function countsOf(place: NodeBetween, code: string) {
  const metrics = await place.metrics();
  const of = (labels: string) => metrics.get(`ilp_packets_total{peer="alice",${labels}}`);
  return {
    received: of('outcome="received"'),
    fulfilled: of('outcome="fulfilled"'),
    rejected: of(`outcome="rejected",code="${code}"`),
    unanswered: of('outcome="unanswered"'),
    held: metrics.get('ilp_held_packets{peer="alice"}'),
    event: (peer: string, event: string) => metrics.get(`btp_events_total{peer="${peer}",event="${event}"}`),
  };
}

test("a receiver that does not read: T03 for its senders, and little waits for it", async () => {
  await using place = await withPausable({ limits: LIMITS });
  const { node, bob } = place;
  const toBob = node.btp.sessions.get("bob")!;
  const packets = sending(place);
  bob.pause();
  let most = 0;
  while ((packets.ends["T03 test.a"] ?? 0) < 50 && packets.sent < MANY) {
    packets.send(LONG);
    await turn();
    most = Math.max(most, toBob.waitingBytes);
  }
  await until("each to be refused or held", () => packets.ended + node.path.held === packets.sent);
  const refused = packets.ended;
  assert.deepEqual(packets.ends, { "T03 test.a": refused });
  assert.ok(most > LIMITS.softBytes && most < MOST_BYTES, `${most} bytes waited`);

  bob.resume();
  await packets.all();
  const fulfilled = packets.sent - refused;
  assert.deepEqual(packets.ends, { "T03 test.a": refused, fulfill: fulfilled });
  const { event, ...counts } = await countsOf(place, "T03");
  const expected = { received: packets.sent, fulfilled, rejected: refused, unanswered: 0, held: 0 };
  assert.deepEqual(counts, expected);
  assert.equal(event("bob", "refusedBackpressure"), refused);

  const back = sending(place);
  for (let n = 0; n < 20; n++) back.send();
  await back.all();
  assert.deepEqual(back.ends, { fulfill: 20 });
});

for (const [what, limits, peer, event] of [
  ["a receiver that leaves too many unanswered", { pending: 50 }, "bob", "refusedPendingFull"],
  ["a sender with too many unanswered on one connection", { inbound: 50 }, "alice", "inboundFull"],
] as const) {
  test(`${what}: T04, as a Reject that is counted`, async () => {
    await using place = await withPausable({ limits });
    const { node, bob } = place;
    const packets = sending(place);
    bob.pause();
    for (let n = 0; n < 60; n++) packets.send();
    await until("each to be refused or held", () => packets.ended + node.path.held === packets.sent);
    assert.deepEqual([packets.ends, node.path.held], [{ "T04 test.a": 10 }, 50]);

    bob.resume();
    await packets.all();
    for (let n = 0; n < 20; n++) packets.send();
    await packets.all();
    assert.deepEqual(packets.ends, { "T04 test.a": 10, fulfill: 70 });
    const { event: events, ...counts } = await countsOf(place, "T04");
    assert.deepEqual(counts, { received: 80, fulfilled: 70, rejected: 10, unanswered: 0, held: 0 });
    assert.equal(events(peer, event), 10);
  });
}

test("a sender that does not read its answers: T03 on all its connections, until it reads", async () => {
  const limits = { ...LIMITS, hardBytes: 500_000 };
  const halfway = 300_000;
  await using place = await withPausable({ limits, sockets: 2 }, LONG);
  const { node, alice } = place;
  const ofAlice = node.btp.sessions.get("alice")!;
  const [from, to] = node.peers.map(({ outcomes }) => outcomes);
  using deaf = await RawPeer.login(`ws://127.0.0.1:${node.btp.port}`, "alice-token");
  deaf.webSocket.pause();
  let asked = 0;
  let most = 0;
  while (!ofAlice.unread && asked < MANY) {
    deaf.send(prepareFrame(++asked));
    await until("its answer to be on its way", () => from!.fulfilled === asked);
    most = Math.max(most, ofAlice.waitingBytes);
  }
  assert.ok(most > halfway && most < halfway + MAX_PAYLOAD + 100, `${most} bytes waited`);
  // By the connection that is read, too, and without work for bob.
  const forwarded = to!.forwarded;
  const refusal = { kind: "reject", code: "T03", triggeredBy: "test.a" };
  assert.deepEqual(await alice.send({ destination: BOB }), refusal);
  deaf.send(prepareFrame(++asked));
  await until("it to be refused", () => from!.rejected.T03 === 2);
  assert.deepEqual([to!.forwarded, ofAlice.counters.inboundBackpressure], [forwarded, 2]);

  deaf.webSocket.resume();
  await until("an answer to each", () => deaf.packets.length === 1 + asked);
  const ids = deaf.packets.slice(1).map(({ type, requestId }) => `${type} ${requestId}`);
  const all = Array.from({ length: asked }, (_, n) => `${btpPacket.TYPE_RESPONSE} ${n + 1}`);
  assert.deepEqual(ids.sort(), all.sort());
  await until("room", () => !ofAlice.unread);
  assert.deepEqual(await alice.send({ destination: BOB }), { kind: "fulfill" });
  const { event: _, ...counts } = await countsOf(place, "T03");
  const expected = { received: asked + 2, fulfilled: asked, rejected: 2, unanswered: 0, held: 0 };
  assert.deepEqual(counts, expected);
});

/** A packet to bob that he fulfils. */
function prepareFrame(requestId: number): Buffer {
  const data = randomBytes(64);
  const fulfillment = createHmac("sha256", "plimsoll").update(data).digest();
  const condition = createHash("sha256").update(fulfillment).digest();
  const prepare = { amount: 100, expiresAtMs: Date.now() + 25_000, condition, destination: BOB, data };
  const frame = Buffer.alloc(sizeOfIlpFrame(sizeOfPrepare(prepare)));
  writePrepareFrame(requestId, prepare, frame);
  return frame;
}
