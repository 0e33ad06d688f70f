/** Messages, Transfers, Responses and Errors between two sessions, and with a peer made by others. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as btpPacket from "btp-packet";
import { FrameType, sizeOfFrame, writeFrame } from "../../../wire/btp.ts";
import { until } from "../testing/until.ts";
import {
  echo,
  ilpEntries,
  ilpPacket,
  Keeper,
  pair,
  RawPeer,
  request,
  serverNode,
  Waiter,
} from "./testing/nodes.ts";

test("a Message is answered by the other side, in either direction", async () => {
  const [above, below] = [new Keeper(echo), new Keeper(echo)];
  await using nodes = await pair(above, below);
  for (const [session, keeper] of [
    [nodes.hub, above],
    [nodes.ann, below],
  ] as const) {
    const waiter = new Waiter();
    assert.equal(request(session, waiter), undefined);
    assert.equal(session.pending, 1);
    await until("the answer", () => waiter.outcome !== "waiting");
    assert.equal(waiter.outcome, `answer ${FrameType.response}`);
    assert.deepEqual(btpPacket.deserialize(waiter.answers[0]!.bytes).data.protocolData, ilpEntries("packet"));
    assert.equal(keeper.messages.length, 1);
    assert.equal(session.pending, 0);
  }
});

test("many at once come back each to its own, in frames of every header size", async () => {
  const limits = { softBytes: 2 ** 26, hardBytes: 2 ** 27 };
  await using nodes = await pair(new Keeper(echo), undefined, { limits });
  // WebSocket headers change at 126 and 65,536 bytes, which is also the largest: the frame adds 14 to 18.
  const sizes = [0, 1, 100, 110, 111, 112, 113, 127, 128, 1000, 40_000, 65_517, 65_518];
  const waiters = Array.from({ length: 500 }, (_, i) => {
    const waiter = new Waiter();
    const data = Buffer.alloc(sizes[i % sizes.length]!, i);
    assert.equal(request(nodes.hub, waiter, 10_000, data), undefined, `request ${i}`);
    return { waiter, data };
  });
  await until("all answers", () => waiters.every(({ waiter }) => waiter.outcome !== "waiting"));
  for (const { waiter, data } of waiters) {
    const [entry] = btpPacket.deserialize(waiter.answers[0]!.bytes).data.protocolData;
    assert.ok(entry!.data.equals(data));
  }
});

test("a Transfer is acknowledged with an empty Response", async () => {
  const keeper = new Keeper();
  await using nodes = await pair(keeper);
  const waiter = new Waiter();
  const frame = { type: FrameType.transfer, requestId: 0, amount: 77n, entries: [] };
  const refusal = nodes.hub.request(
    sizeOfFrame(frame),
    (requestId, into, at) => writeFrame({ ...frame, requestId }, into, at),
    waiter,
    10_000,
  );
  assert.equal(refusal, undefined);
  await until("the answer", () => waiter.outcome !== "waiting");
  assert.deepEqual(btpPacket.deserialize(waiter.answers[0]!.bytes).data.protocolData, []);
  assert.equal(
    (btpPacket.deserialize(keeper.transfers[0]!.bytes) as btpPacket.BtpTransferPacket).data.amount,
    "77",
  );
});

test("a refused Message is answered with the BTP Error of that code", async () => {
  await using nodes = await pair(
    new Keeper((link, { requestId }) => link.refuse(requestId, "unreachable", "no ledger")),
  );
  const waiter = new Waiter();
  request(nodes.hub, waiter);
  await until("the answer", () => waiter.outcome !== "waiting");
  const { type, data } = btpPacket.deserialize(waiter.answers[0]!.bytes) as btpPacket.BtpErrorPacket;
  assert.equal(type, btpPacket.TYPE_ERROR);
  assert.equal(`${data.code} ${data.name} ${data.data}`, "T00 UnreachableError no ledger");
});

test("a peer made of btp-packet is answered, and answers", async () => {
  await using server = await serverNode(new Keeper(echo));
  using peer = await RawPeer.login(server.url, "bob's");
  assert.deepEqual(peer.packets, [{ type: 1, requestId: 9, data: { protocolData: [] } }]);
  peer.send(ilpPacket(0xffff_ffff, "hello"));
  await until("the answer", () => peer.packets.length === 2);
  assert.deepEqual(peer.packets[1], {
    type: btpPacket.TYPE_RESPONSE,
    requestId: 0xffff_ffff,
    data: { protocolData: ilpEntries("hello") },
  });

  const waiter = new Waiter();
  assert.equal(request(server.session("bob"), waiter), undefined);
  await until("the request", () => peer.packets.length === 3);
  const { type, requestId, data } = peer.packets[2]!;
  assert.equal(type, btpPacket.TYPE_MESSAGE);
  assert.deepEqual(data.protocolData, ilpEntries("packet"));
  peer.send(btpPacket.serializeResponse(requestId, []));
  await until("the answer", () => waiter.outcome !== "waiting");
  assert.equal(waiter.outcome, `answer ${FrameType.response}`);
});

test("a request is answered once", async () => {
  const keeper = new Keeper();
  await using server = await serverNode(keeper);
  using peer = await RawPeer.login(server.url, "bob's");
  peer.send(ilpPacket(5));
  await until("the request", () => keeper.messages.length === 1);
  const { link, requestId } = keeper.messages[0]!;
  assert.equal(link.unanswered, 1);
  assert.equal(link.acknowledge(requestId), true);
  assert.equal(link.acknowledge(requestId), false);
  assert.equal(link.acknowledge(6), false);
  assert.equal(link.unanswered, 0);
  assert.equal(link.session.counters.unsentAnswers, 2);
});

test("a writer that throws or writes another size sends nothing, and nobody waits", async () => {
  const keeper = new Keeper(echo);
  await using nodes = await pair(keeper);
  const waiter = new Waiter();
  const send = (size: number, write: () => number) => nodes.hub.request(size, write, waiter, 10_000);
  assert.throws(
    () =>
      send(10, () => {
        throw new RangeError("mine");
      }),
    { message: "mine" },
  );
  assert.throws(() => send(10, () => 3), { code: "WRONG_SIZE" });
  const another = (id: number, into: Uint8Array, at: number) => {
    into.set(ilpPacket(id + 1), at);
    return at + 20;
  };
  assert.equal(ilpPacket(1).length, 20);
  assert.throws(() => nodes.hub.request(20, another, waiter, 10_000), { code: "WRONG_ID" });
  assert.throws(() => send(65_537, () => 65_537), { code: "TOO_LONG" });
  for (const timeoutMs of [Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => request(nodes.hub, waiter, timeoutMs), { code: "BAD_TIMEOUT" });
  assert.equal(nodes.hub.pending, 0);
  request(nodes.hub, waiter);
  await until("the answer", () => waiter.outcome !== "waiting");
  assert.deepEqual([waiter.answers.length, waiter.failures, keeper.messages.length], [1, [], 1]);
});

test("both sides count the same frames and bytes", async () => {
  const keeper = new Keeper((link, message) => {
    if (keeper.messages.length % 3 === 0) link.refuse(message.requestId, "unreachable", "busy");
    else echo(link, message);
  });
  await using nodes = await pair(keeper);
  const waiters = Array.from({ length: 30 }, () => new Waiter());
  for (const waiter of waiters) request(nodes.hub, waiter, 10_000, Buffer.alloc(64));
  await until("all answers", () => waiters.every(({ outcome }) => outcome !== "waiting"));
  const [asking, answering] = [nodes.hub.counters, nodes.ann.counters];
  assert.deepEqual([asking.messagesOut, asking.responsesIn, asking.errorsIn], [30, 20, 10]);
  assert.deepEqual([answering.messagesIn, answering.responsesOut, answering.errorsOut], [30, 20, 10]);
  assert.equal(asking.bytesOut, 30 * ilpPacket(0, Buffer.alloc(64)).length);
  assert.deepEqual([asking.bytesOut, asking.bytesIn], [answering.bytesIn, answering.bytesOut]);
});
