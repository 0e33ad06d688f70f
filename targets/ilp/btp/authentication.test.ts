/** Who gets in: the right token, in time, as the first frame. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import * as btpPacket from "btp-packet";
import { WebSocket } from "ws";
import { until } from "../testing/until.ts";
import { HandClock } from "./testing/hand-clock.ts";
import { authPacket, clientNode, ilpPacket, Keeper, RawPeer, serverNode } from "./testing/nodes.ts";
import { rawTcp } from "./testing/raw-tcp.ts";

/** The one packet that came before the connection was closed, as "code name text". */
async function refusal(peer: RawPeer): Promise<string> {
  await until("the close", () => peer.closed !== undefined);
  assert.equal(peer.packets.length, 1);
  const { type, requestId, data } = peer.packets[0] as btpPacket.BtpErrorPacket;
  assert.equal(type, btpPacket.TYPE_ERROR);
  assert.equal(requestId, 9);
  return `${data.code} ${data.name} ${data.data}`;
}

test("the right token gets an empty Response, and the session is up", async () => {
  await using server = await serverNode(new Keeper());
  using peer = await RawPeer.login(server.url, "cem's");
  assert.deepEqual(peer.packets, [{ type: 1, requestId: 9, data: { protocolData: [] } }]);
  assert.deepEqual(
    [...server.sessions.values()].map(({ peer, up }) => [peer, up]),
    [
      ["ann", false],
      ["bob", false],
      ["cem", true],
    ],
  );
});

test("a wrong token, and an empty one, get an Error and a close", async () => {
  await using server = await serverNode(new Keeper());
  for (const token of ["Ann's", "ann's ", ""]) {
    using peer = await RawPeer.connect(server.url);
    peer.send(authPacket(token));
    assert.equal(await refusal(peer), "F00 NotAcceptedError wrong token or user name");
    assert.equal(peer.closed, 1008);
  }
  assert.equal(server.door!.authFailures, 3);
});

test("a user name has to be the peer's, or empty, or absent", async () => {
  await using server = await serverNode(new Keeper());
  for (const username of ["ann", ""]) {
    using peer = await RawPeer.connect(server.url);
    peer.send(authPacket("ann's", 9, username));
    await until("the answer", () => peer.packets.length === 1);
    assert.equal(peer.packets[0]!.type, btpPacket.TYPE_RESPONSE);
  }
  using peer = await RawPeer.connect(server.url);
  peer.send(authPacket("ann's", 9, "bob"));
  assert.equal(await refusal(peer), "F00 NotAcceptedError wrong token or user name");
});

test("anything readable before the authentication gets an Error and a close", async () => {
  await using server = await serverNode(new Keeper());
  for (const first of [
    ilpPacket(9),
    btpPacket.serializeResponse(9, []),
    btpPacket.serializeTransfer({ amount: "1" }, 9, []),
  ]) {
    using peer = await RawPeer.connect(server.url);
    peer.send(first);
    assert.equal(await refusal(peer), "F00 NotAcceptedError the first frame is not an authentication");
    assert.equal(peer.closed, 1008);
  }
  assert.equal(server.door!.authFailures, 3);
});

test("an unreadable first frame gets a close and no answer", async () => {
  await using server = await serverNode(new Keeper());
  for (const first of [
    Buffer.alloc(0),
    Buffer.from("garbage"),
    authPacket("ann's").toString("latin1"),
    authPacket("ann's").subarray(0, -1),
  ]) {
    using peer = await RawPeer.connect(server.url);
    peer.send(first);
    await until("the close", () => peer.closed !== undefined);
    assert.equal(peer.closed, 1002);
    assert.deepEqual(peer.packets, []);
  }
  assert.equal(server.door!.unreadable, 4);
  assert.equal(server.session("ann").up, false);
});

test("a second authentication gets an Error and a close", async () => {
  const keeper = new Keeper();
  await using server = await serverNode(keeper);
  using peer = await RawPeer.login(server.url, "ann's");
  peer.send(authPacket("ann's", 10));
  await until("the close", () => peer.closed !== undefined);
  const { requestId, data } = peer.packets[1] as btpPacket.BtpErrorPacket;
  assert.equal(`${requestId} ${data.code} ${data.data}`, "10 F00 authenticated already");
  assert.equal(peer.closed, 1008);
  assert.deepEqual(keeper.downs, ["PROTOCOL"]);
});

test("who is not authenticated after five seconds is cut, counted from the TCP connect", async () => {
  const clock = new HandClock();
  await using server = await serverNode(new Keeper(), { clock });
  using silent = await rawTcp(server.port!);
  using slow = await rawTcp(server.port!);
  slow.socket.write("GET / HTTP/1.1\r\n");
  await until("both to be accepted", () => clock.waits.length === 2);
  clock.turn(3000);
  using late = await RawPeer.connect(server.url);
  using done = await RawPeer.login(server.url, "ann's");
  clock.turn(1999);
  assert.deepEqual(
    [silent.closed, slow.closed, late.closed, done.closed],
    [false, false, undefined, undefined],
  );
  clock.turn(1);
  await until("the first two to be cut", () => silent.closed && slow.closed);
  clock.turn(3000);
  await until("the third to be cut", () => late.closed !== undefined);
  assert.equal(server.door!.authTimeouts, 3);
  assert.equal(done.closed, undefined);
});

test("connections beyond the limit are closed at once", async () => {
  await using server = await serverNode(new Keeper(), { limits: { connections: 2 } });
  using first = await rawTcp(server.port!);
  using second = await RawPeer.login(server.url, "ann's");
  using third = await rawTcp(server.port!);
  await until("the third to be cut", () => third.closed);
  assert.equal(server.door!.turnedAway, 1);
  assert.deepEqual([first.closed, second.closed], [false, undefined]);
});

test("compression is not agreed to", async () => {
  await using server = await serverNode(new Keeper());
  const webSocket = new WebSocket(server.url, { perMessageDeflate: true });
  using peer = new RawPeer(webSocket);
  await once(webSocket, "open");
  assert.equal(peer.webSocket.extensions, "");
});

test("a request that is no upgrade gets 426", async () => {
  await using server = await serverNode(new Keeper());
  assert.equal((await fetch(server.url.replace("ws:", "http:"))).status, 426);
});

test("a peer we dial is not let in by its token", async () => {
  await using server = await serverNode(new Keeper());
  await using client = await clientNode(server.url, new Keeper(), { listen: { port: 0 } });
  using peer = await RawPeer.connect(client.url);
  peer.send(authPacket("ann's"));
  assert.equal(await refusal(peer), "F00 NotAcceptedError wrong token or user name");
});

test("a client with a wrong token is refused, counts it, and tries again", async () => {
  await using server = await serverNode(new Keeper(), { peers: [{ name: "ann", token: "another" }] });
  await using client = await clientNode(server.url);
  const { counters } = client.session("hub");
  await until("a second refusal", () => counters.authFailures >= 2);
  assert.equal(client.session("hub").up, false);
});
