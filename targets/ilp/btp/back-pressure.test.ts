/** Peers that do not read: refusals rather than memory, and an end to it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../testing/until.ts";
import { HandClock } from "./testing/hand-clock.ts";
import { echo, ilpPacket, Keeper, pair, RawPeer, request, serverNode, Waiter } from "./testing/nodes.ts";

const KB_60 = Buffer.alloc(60_000);
/** Far more than what a kernel keeps for a connection. */
const MANY = 1000;

test("a peer that does not read is given no more requests, and none is kept", async () => {
  const limits = { softBytes: 200_000 };
  await using server = await serverNode(new Keeper(), { limits });
  using peer = await RawPeer.login(server.url, "ann's");
  const ann = server.session("ann");
  peer.webSocket.pause();
  let most = 0;
  let sent = 0;
  let refusal: string | undefined;
  while (refusal === undefined && sent < MANY) {
    refusal = request(ann, new Waiter(), 10_000, KB_60);
    if (refusal === undefined) sent++;
    most = Math.max(most, ann.waitingBytes);
  }
  assert.equal(refusal, "BACKPRESSURE");
  assert.ok(most > limits.softBytes && most < limits.softBytes + 65_536 + 100, `${most} bytes waited`);
  assert.deepEqual([ann.pending, ann.counters.refusedBackpressure], [sent, 1]);

  // It reads on: what was sent arrives, and there is room again.
  peer.webSocket.resume();
  await until("all of it", () => peer.packets.length === 1 + sent);
  await until("room", () => ann.waitingBytes === 0);
  assert.equal(request(ann, new Waiter(), 10_000, KB_60), undefined);
});

test("a peer that goes on not reading is cut, and what was under way fails", async () => {
  const clock = new HandClock();
  const keeper = new Keeper();
  await using server = await serverNode(keeper, { clock, limits: { softBytes: 100_000, stallMs: 4000 } });
  using peer = await RawPeer.login(server.url, "ann's");
  const ann = server.session("ann");
  peer.webSocket.pause();
  const waiters: Waiter[] = [];
  for (let refused = false; !refused; ) {
    const waiter = new Waiter();
    refused = request(ann, waiter, 60_000, KB_60) !== undefined;
    if (!refused) waiters.push(waiter);
  }
  clock.turn(4000);
  assert.equal(ann.up, true);
  clock.turn(2000);
  assert.deepEqual([ann.up, keeper.downs, ann.counters.stalled, ann.pending], [false, ["STALLED"], 1, 0]);
  assert.ok(waiters.every(({ outcome }) => outcome === "LINK_LOST"));
  assert.deepEqual(clock.waits, [], "no timer is left of it");
  peer.webSocket.resume();
  await until("its end", () => peer.closed !== undefined);
});

test("a peer that asks and does not read the answers is cut before they fill the memory", async () => {
  const limits = { softBytes: 500_000, hardBytes: 1_000_000, inbound: 1_000_000 };
  let most = 0;
  const keeper = new Keeper((link, message) => {
    echo(link, message);
    most = Math.max(most, link.waitingBytes);
    keeper.messages.length = 0;
  });
  await using server = await serverNode(keeper, { limits });
  using peer = await RawPeer.login(server.url, "ann's");
  peer.webSocket.pause();
  // Each callback means that the system has taken the bytes: as fast as they are read, no faster.
  const send = (id: number) =>
    peer.webSocket.send(ilpPacket(id, KB_60), () => server.session("ann").up && send(id + 1));
  send(1);
  await until("the cut", () => !server.session("ann").up);
  assert.deepEqual([keeper.downs, server.session("ann").counters.overflowed], [["OVERFLOW"], 1]);
  assert.ok(most < limits.hardBytes + 65_536 + 100, `${most} bytes waited`);
});

test("a slow peer's small frames share batches: memory is what the counters say", async () => {
  await using server = await serverNode(new Keeper(), { limits: { softBytes: 4_000_000 } });
  using peer = await RawPeer.login(server.url, "ann's");
  const ann = server.session("ann");
  peer.webSocket.pause();
  while (ann.waitingBytes === 0) {
    request(ann, new Waiter(), 60_000, KB_60);
    await new Promise(setImmediate);
  }
  // A frame a turn: were each turn a batch of its own, of 64 KiB, this would be 65 MB.
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 1000; i++) {
    assert.equal(request(ann, new Waiter(), 60_000), undefined);
    await new Promise(setImmediate);
  }
  const grown = process.memoryUsage().arrayBuffers - before;
  assert.ok(grown < 2_000_000, `${grown} bytes for ${ann.waitingBytes} that wait`);
});

test("both sides send as fast as they can: everything is answered or refused, nothing lost", async () => {
  const limits = { softBytes: 100_000 };
  const careful = () =>
    new Keeper((link, message, overload) => {
      if (overload !== undefined) link.refuse(message.requestId, "unreachable", "busy");
      else echo(link, message);
    });
  await using nodes = await pair(careful(), careful(), { limits });
  const accepted: Waiter[] = [];
  let refused = 0;
  for (let round = 0; round < 50; round++) {
    for (const session of [nodes.hub, nodes.ann]) {
      for (let i = 0; i < 100; i++) {
        const waiter = new Waiter();
        if (request(session, waiter, 30_000, Buffer.alloc(3000)) === undefined) accepted.push(waiter);
        else refused++;
      }
    }
    await new Promise(setImmediate);
  }
  await until("every answer", () => accepted.every(({ outcome }) => outcome !== "waiting"));
  assert.ok(accepted.every(({ outcome }) => outcome === "answer 1" || outcome === "answer 2"));
  assert.equal(accepted.length + refused, 10_000);
  assert.equal(nodes.hub.counters.refusedBackpressure + nodes.ann.counters.refusedBackpressure, refused);
});

test("a peer that does not read its answers is told so with each request, until it reads", async () => {
  const limits = { softBytes: 200_000, hardBytes: 600_000 };
  const halfway = 400_000;
  const told: (string | undefined)[] = [];
  const keeper = new Keeper((link, message, overload) => {
    told.push(overload);
    if (overload === undefined) echo(link, message);
    else link.refuse(message.requestId, "unreachable", "busy");
  });
  await using server = await serverNode(keeper, { limits });
  using peer = await RawPeer.login(server.url, "ann's");
  const ann = server.session("ann");
  peer.webSocket.pause();
  let asked = 0;
  let most = 0;
  while (told.at(-1) !== "BACKPRESSURE" && asked < MANY) {
    peer.send(ilpPacket(++asked, KB_60));
    await until("it to be served", () => told.length === asked);
    most = Math.max(most, ann.waitingBytes);
  }
  assert.equal(told.at(-1), "BACKPRESSURE");
  assert.ok(most > halfway && most < halfway + 65_536 + 100, `${most} bytes waited`);
  assert.deepEqual([ann.unanswered, ann.counters.inboundBackpressure], [0, 1]);

  peer.webSocket.resume();
  await until("an answer to each", () => peer.packets.length === 1 + asked);
  await until("room", () => ann.waitingBytes === 0);
  peer.send(ilpPacket(++asked));
  await until("the next", () => told.length === asked);
  assert.equal(told.at(-1), undefined);
});

test("a peer that others send more than it reads goes on sending its own", async () => {
  const told: (string | undefined)[] = [];
  const keeper = new Keeper((link, message, overload) => {
    told.push(overload);
    echo(link, message);
  });
  await using server = await serverNode(keeper, { limits: { softBytes: 200_000 } });
  using peer = await RawPeer.login(server.url, "ann's");
  const ann = server.session("ann");
  peer.webSocket.pause();
  for (let refused = false; !refused; ) refused = request(ann, new Waiter(), 60_000, KB_60) !== undefined;
  assert.equal(ann.congested, true);
  for (let id = 1; id <= 10; id++) peer.send(ilpPacket(id));
  await until("its own to be served", () => told.length === 10);
  assert.deepEqual(new Set(told), new Set([undefined]));
  assert.deepEqual([ann.congested, ann.counters.inboundBackpressure], [true, 0]);
});
