import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../testing/until.ts";
import { openBtp } from "./btp.ts";
import { ilpPacket, Keeper, RawPeer, request, Waiter } from "./testing/nodes.ts";

/** A server that takes two links of ann's at a time. */
async function serverOfTwo(keeper: Keeper) {
  const btp = await openBtp({
    peers: [{ name: "ann", token: "ann's", sockets: 2 }],
    handler: keeper,
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
