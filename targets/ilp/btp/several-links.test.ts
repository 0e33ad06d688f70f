import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../testing/until.ts";
import { type Limits, openBtp } from "./btp.ts";
import { echo, ilpPacket, Keeper, RawPeer, request, Waiter } from "./testing/nodes.ts";

/** A server that takes two links of ann's at a time. */
async function serverOfTwo(keeper: Keeper, limits: Partial<Limits> = {}) {
  const btp = await openBtp({
    peers: [{ name: "ann", token: "ann's", sockets: 2 }],
    handler: keeper,
    limits,
    listen: { host: "127.0.0.1", port: 0 },
  });
  return {
    url: `ws://127.0.0.1:${btp.port}`,
    ann: btp.sessions.get("ann")!,
    [Symbol.asyncDispose]: () => btp.close(0),
  };
}

test("a peer that may have two links has two: answers go back by the link of the request, requests take them in turn", async () => {
  const keeper = new Keeper((link, { requestId }) => link.acknowledge(requestId));
  await using server = await serverOfTwo(keeper);
  using first = await RawPeer.login(server.url, "ann's");
  using second = await RawPeer.login(server.url, "ann's");
  first.send(ilpPacket(7));
  second.send(ilpPacket(7));
  await until("both answers", () => first.packets.length === 2 && second.packets.length === 2);
  for (let n = 0; n < 4; n++) request(server.ann, new Waiter());
  await until("two requests each", () => first.packets.length === 4 && second.packets.length === 4);
});

test("of a third link the oldest goes; requests wait on until the last link is gone", async () => {
  const keeper = new Keeper();
  await using server = await serverOfTwo(keeper);
  using first = await RawPeer.login(server.url, "ann's");
  using second = await RawPeer.login(server.url, "ann's");
  const waiter = new Waiter();
  request(server.ann, waiter);
  await until("the request", () => first.packets.length + second.packets.length === 3);
  using third = await RawPeer.login(server.url, "ann's");
  await until("the first to be closed", () => first.closed === 4000);
  assert.equal(waiter.outcome, "waiting");
  assert.equal(server.ann.pending, 1);
  second.webSocket.terminate();
  third.webSocket.terminate();
  await until("the end of waiting", () => waiter.outcome !== "waiting");
  assert.equal(waiter.outcome, "LINK_LOST");
  assert.equal(server.ann.up, false);
});

test("what waits for a peer is bounded over all its links, and the fullest is the one that is cut", async () => {
  const kb60 = Buffer.alloc(60_000);
  let most = 0;
  const overloads: (string | undefined)[] = [];
  const keeper = new Keeper((link, message, overload) => {
    overloads.push(overload);
    echo(link, message);
    most = Math.max(most, server.ann.waitingBytes);
    keeper.messages.length = 0;
  });
  const limits = { softBytes: 500_000, hardBytes: 1_000_000 };
  await using server = await serverOfTwo(keeper, limits);
  using reads = await RawPeer.login(server.url, "ann's");
  using deaf = await RawPeer.login(server.url, "ann's");
  deaf.webSocket.pause();
  const asked = () => server.ann.counters.messagesIn;
  const ask = async () => {
    const next = asked() + 1;
    deaf.send(ilpPacket(next, kb60));
    await until("it to be read", () => asked() === next);
  };
  while (!server.ann.unread) await ask();
  // No request goes by the other one either, and what comes by it is told of what the peer leaves unread.
  for (let n = 0; n < 2; n++) assert.equal(request(server.ann, new Waiter()), "BACKPRESSURE");
  reads.send(ilpPacket(6));
  await until("it to be told", () => overloads.at(-1) === "BACKPRESSURE");
  while (server.ann.counters.overflowed === 0) await ask();
  assert.ok(most < limits.hardBytes + 65_536 + 100, `${most} bytes waited`);
  assert.deepEqual(keeper.downs, ["OVERFLOW"]);
  reads.send(ilpPacket(7));
  await until("the other to be served", () => reads.packets.length === 3);
  assert.equal(overloads.at(-1), undefined);
});
