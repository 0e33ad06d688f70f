/** Requests without an answer in time, and answers that nobody waits for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as btpPacket from "btp-packet";
import { until } from "../testing/until.ts";
import { HandClock } from "./testing/hand-clock.ts";
import { echo, ilpPacket, Keeper, pair, RawPeer, request, serverNode, Waiter } from "./testing/nodes.ts";

test("a request times out on its own time, and a late answer is counted and dropped", async () => {
  const clock = new HandClock();
  await using server = await serverNode(new Keeper(), { clock });
  using peer = await RawPeer.login(server.url, "ann's");
  const ann = server.session("ann");
  const [hasty, patient] = [new Waiter(), new Waiter()];
  request(ann, hasty, 100);
  request(ann, patient, 10_000);
  await until("both requests", () => peer.packets.length === 3);
  clock.turn(99);
  assert.equal(hasty.outcome, "waiting");
  clock.turn(11);
  assert.deepEqual([hasty.outcome, patient.outcome], ["TIMED_OUT", "waiting"]);
  assert.deepEqual([ann.pending, ann.counters.timedOut], [1, 1]);

  for (const { requestId } of peer.packets.slice(1)) peer.send(btpPacket.serializeResponse(requestId, []));
  await until("the patient one's answer", () => patient.outcome !== "waiting");
  assert.deepEqual([hasty.outcome, patient.outcome], ["TIMED_OUT", "answer 1"]);
  assert.deepEqual([ann.counters.lateAnswers, ann.counters.unexpectedAnswers], [1, 0]);
});

test("with nothing pending no timer ticks", async () => {
  const clock = new HandClock();
  await using server = await serverNode(new Keeper(), { clock });
  using peer = await RawPeer.login(server.url, "ann's");
  const idle = clock.waits;
  const waiter = new Waiter();
  request(server.session("ann"), waiter);
  assert.equal(clock.waits.length, idle.length + 1);
  await until("the request", () => peer.packets.length === 2);
  peer.send(btpPacket.serializeResponse(peer.packets[1]!.requestId, []));
  await until("the answer", () => waiter.outcome !== "waiting");
  clock.turn(10);
  assert.equal(clock.waits.length, idle.length);

  request(server.session("ann"), waiter);
  peer.webSocket.terminate();
  await until("the loss", () => !server.session("ann").up);
  assert.deepEqual(clock.waits, []);
});

test("an answer nobody asked for, and a second one, are counted and dropped", async () => {
  await using server = await serverNode(new Keeper());
  using peer = await RawPeer.login(server.url, "ann's");
  const ann = server.session("ann");
  peer.send(btpPacket.serializeResponse(12345, []));
  const waiter = new Waiter();
  request(ann, waiter);
  await until("the request", () => peer.packets.length === 2);
  const answer = btpPacket.serializeResponse(peer.packets[1]!.requestId, []);
  peer.send(answer);
  peer.send(answer);
  await until("three answers", () => ann.counters.responsesIn === 3);
  assert.equal(waiter.outcome, "answer 1");
  assert.deepEqual([ann.counters.unexpectedAnswers, ann.counters.lateAnswers], [2, 0]);
});

test("a full table refuses, and takes again when an answer came", async () => {
  const keeper = new Keeper();
  await using nodes = await pair(keeper, undefined, { limits: { pending: 3 } });
  const waiters = Array.from({ length: 4 }, () => new Waiter());
  assert.deepEqual(
    waiters.map((waiter) => request(nodes.hub, waiter)),
    [undefined, undefined, undefined, "PENDING_FULL"],
  );
  assert.equal(nodes.hub.counters.refusedPendingFull, 1);
  await until("the three", () => keeper.messages.length === 3);
  keeper.messages[1]!.link.acknowledge(keeper.messages[1]!.requestId);
  await until("an answer", () => nodes.hub.pending === 2);
  assert.equal(request(nodes.hub, waiters[3]!), undefined);
});

test("a request under an id that still waits for its answer gets F05", async () => {
  const keeper = new Keeper();
  await using server = await serverNode(keeper);
  using peer = await RawPeer.login(server.url, "ann's");
  peer.send(ilpPacket(5, "first"));
  peer.send(ilpPacket(5, "second"));
  peer.send(btpPacket.serializeTransfer({ amount: "1" }, 5, []));
  await until("the refusals", () => peer.packets.length === 3);
  for (const packet of peer.packets.slice(1)) {
    const { requestId, data } = packet as btpPacket.BtpErrorPacket;
    assert.equal(`${requestId} ${data.code} ${data.name}`, "5 F05 DuplicateIdError");
  }
  assert.equal(keeper.messages.length, 1);
  assert.equal(server.session("ann").counters.duplicateIds, 2);
  // The first is still to be answered, and afterwards the id is free.
  keeper.messages[0]!.link.acknowledge(5);
  await until("its answer", () => peer.packets.length === 4);
  assert.equal(peer.packets[3]!.type, btpPacket.TYPE_RESPONSE);
  peer.send(ilpPacket(5, "third"));
  await until("the third", () => keeper.messages.length === 2);
});

test("a request beyond the bound of unanswered ones is the handler's to refuse, at once, and else gets T00", async () => {
  const told: (string | undefined)[] = [];
  const keeper = new Keeper((link, message, overload) => {
    told.push(overload);
    if (message.requestId === 4) echo(link, message);
  });
  await using server = await serverNode(keeper, { limits: { inbound: 2 } });
  using peer = await RawPeer.login(server.url, "ann's");
  const ann = server.session("ann");
  for (let id = 1; id <= 4; id++) peer.send(ilpPacket(id));
  await until("both refusals", () => peer.packets.length === 3);
  const { requestId, data } = peer.packets[1] as btpPacket.BtpErrorPacket;
  assert.equal(`${requestId} ${data.code} ${data.data}`, "3 T00 too many requests at a time");
  const { type, requestId: fourth } = peer.packets[2]!;
  assert.deepEqual([type, fourth], [btpPacket.TYPE_RESPONSE, 4]);
  assert.deepEqual(told, [undefined, undefined, "INBOUND_FULL", "INBOUND_FULL"]);
  assert.deepEqual([ann.unanswered, ann.counters.inboundFull], [2, 2]);

  // A Transfer is no packet, so there is nothing else to refuse it with.
  peer.send(btpPacket.serializeTransfer({ amount: "1" }, 5, []));
  await until("the third refusal", () => peer.packets.length === 4);
  assert.equal(peer.packets[3]!.type, btpPacket.TYPE_ERROR);
  assert.deepEqual([keeper.transfers.length, ann.unanswered], [0, 2]);

  // A Message of another sub-protocol needs no room: it is not accepted, full or not.
  peer.send(btpPacket.serializeMessage(6, []));
  await until("its refusal", () => peer.packets.length === 5);
  const { inboundFull, notAccepted } = ann.counters;
  assert.deepEqual({ inboundFull, notAccepted }, { inboundFull: 3, notAccepted: 1 });
});

test("a Message of another sub-protocol gets F00", async () => {
  await using server = await serverNode(new Keeper(echo));
  using peer = await RawPeer.login(server.url, "ann's");
  const info = { protocolName: "info", contentType: 0, data: Buffer.from([0]) };
  peer.send(btpPacket.serializeMessage(8, [info]));
  peer.send(btpPacket.serializeMessage(9, []));
  await until("the refusals", () => peer.packets.length === 3);
  assert.deepEqual(
    peer.packets
      .slice(1)
      .map((packet) => `${packet.requestId} ${(packet as btpPacket.BtpErrorPacket).data.data}`),
    ["8 no ILP packet", "9 no ILP packet"],
  );
  assert.equal(server.session("ann").counters.notAccepted, 2);
});
