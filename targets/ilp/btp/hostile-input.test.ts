/** Bytes of strangers and of peers gone mad: counted and dropped, or the connection closed; everyone else served. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { WebSocketServer } from "ws";
import { until } from "../testing/until.ts";
import type { TestNode } from "./testing/nodes.ts";
import {
  authPacket,
  clientNode,
  echo,
  ilpPacket,
  Keeper,
  RawPeer,
  request,
  serverNode,
  Waiter,
} from "./testing/nodes.ts";
import { rawTcp } from "./testing/raw-tcp.ts";
import { sizeOfHeader, wrapPayload } from "./websocket-frame.ts";

/** Asserts that a good peer is still served. */
async function assertServes(server: TestNode): Promise<void> {
  using peer = await RawPeer.login(server.url, "cem's");
  peer.send(ilpPacket(1));
  await until("an answer", () => peer.packets.length === 2);
}

test("unreadable frames of a peer get no answer, and do not end the link until there are too many", async () => {
  const keeper = new Keeper(echo);
  await using server = await serverNode(keeper, { limits: { unreadable: 20 } });
  using peer = await RawPeer.login(server.url, "ann's");
  const { counters } = server.session("ann");
  const good = ilpPacket(1);
  const bad: (Buffer | string)[] = [
    Buffer.alloc(0),
    Buffer.from([6]),
    Buffer.from([6, 0, 0, 0, 1]),
    good.subarray(0, -1),
    Buffer.from([3, ...good.subarray(1)]),
    // A count of 2^63 entries, and a length of 2^56.
    Buffer.from([6, 0, 0, 0, 1, 9, 8, 0x7f, 255, 255, 255, 255, 255, 255, 255]),
    Buffer.from([6, 0, 0, 0, 1, 0x87, 1, 0, 0, 0, 0, 0, 0]),
    randomBytes(65_536).fill(0xff, 0, 1),
    "text",
    good.toString("latin1"),
  ];
  for (const frame of bad) peer.send(frame);
  peer.send(good);
  await until("the good one's answer", () => peer.packets.length === 2);
  assert.equal(counters.unreadable, bad.length);
  assert.equal(keeper.messages.length, 1);
  for (const frame of [...bad, ...bad, good]) peer.send(frame);
  await until("the close", () => peer.closed !== undefined);
  assert.deepEqual([peer.closed, peer.packets.length], [1008, 2]);
  assert.deepEqual([counters.unreadable, keeper.messages.length], [20, 1]);
  await assertServes(server);
});

test("frames bent at random: an answer or none, never a throw", async () => {
  const keeper = new Keeper(echo);
  await using server = await serverNode(keeper, { limits: { unreadable: 1e9 } });
  using peer = await RawPeer.login(server.url, "ann's");
  const seeds = [ilpPacket(1), authPacket("ann's").subarray(0, 8), ilpPacket(2, randomBytes(300))];
  const bent = fc.record({
    seed: fc.constantFrom(...seeds),
    at: fc.nat(400),
    byte: fc.nat(255),
    cut: fc.nat(400),
  });
  for (const { seed, at, byte, cut } of fc.sample(bent, 3000)) {
    const bytes = Buffer.from(seed);
    if (at < bytes.length) bytes[at] = byte;
    peer.send(cut % 3 === 0 ? bytes.subarray(0, cut) : bytes);
  }
  const { counters } = server.session("ann");
  const seen = () =>
    counters.messagesIn +
    counters.transfersIn +
    counters.responsesIn +
    counters.errorsIn +
    counters.unreadable;
  await until("all to be read", () => seen() === 3000);
  assert.ok(counters.unreadable > 100 && counters.messagesIn > 100, JSON.stringify(counters));
  assert.deepEqual(keeper.faults, []);
  await assertServes(server);
});

/** The code with which a peer is closed that writes these bytes where WebSocket frames belong. */
async function closeCodeFor(server: TestNode, write: (socket: Socket) => void): Promise<number | undefined> {
  using peer = await RawPeer.login(server.url, "ann's");
  write(peer.socket!);
  await until("the close", () => peer.closed !== undefined);
  return peer.closed;
}

test("a message beyond 64 KiB is closed with 1009, whole, in fragments, or only announced", async () => {
  await using server = await serverNode(new Keeper(echo));
  const whole = (payload: number) => {
    const header = sizeOfHeader(payload, true);
    const bytes = Buffer.alloc(header + payload);
    wrapPayload(bytes, header, header + payload, true);
    return bytes;
  };
  assert.equal(await closeCodeFor(server, (socket) => socket.write(whole(65_537))), 1009);
  // Binary, masked, a length of 2^62.
  const huge = Buffer.from([0x82, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]);
  assert.equal(await closeCodeFor(server, (socket) => socket.write(huge)), 1009);
  const fragments = (first: number) => {
    const bytes = whole(1000);
    bytes[0] = first;
    return bytes;
  };
  const inParts = (socket: Socket) => {
    socket.write(fragments(0x02));
    for (let i = 0; i < 70; i++) socket.write(fragments(0x00));
  };
  assert.equal(await closeCodeFor(server, inParts), 1009);
  await using strict = await serverNode(new Keeper(echo), { limits: { maxPayload: 50_000 } });
  assert.equal(await closeCodeFor(strict, (socket) => socket.write(whole(50_001))), 1009);
  await assertServes(server);
});

test("endless fragments, empty ones too, are closed with 1008", async () => {
  await using server = await serverNode(new Keeper(echo));
  const empty = (first: number) => Buffer.from([first, 0x80, 0, 0, 0, 0]);
  const code = await closeCodeFor(server, (socket) => {
    socket.write(Buffer.concat([empty(0x02), ...Array.from({ length: 300 }, () => empty(0x00))]));
  });
  assert.equal(code, 1008);
  await assertServes(server);
});

test("nothing follows a close frame, not even an answer", async () => {
  await using server = await serverNode(new Keeper(echo));
  using peer = await RawPeer.login(server.url, "ann's");
  const ann = server.session("ann");
  const received: Buffer[] = [];
  peer.webSocket.pause();
  peer.socket!.on("data", (chunk) => received.push(chunk));
  // The close frame has to wait for its turn as well.
  while (ann.waitingBytes === 0) {
    request(ann, new Waiter(), 60_000, Buffer.alloc(60_000));
    await new Promise(setImmediate);
  }
  const ended = once(peer.socket!, "end");
  const message = ilpPacket(1);
  const bytes = Buffer.alloc(6 + message.length);
  bytes.set(message, 6);
  wrapPayload(bytes, 6, bytes.length, true);
  peer.socket!.write(Buffer.concat([bytes, Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8])]));
  await until("the answer to wait", () => ann.counters.responsesOut === 1);
  peer.webSocket.resume();
  await ended;
  assert.equal(Buffer.concat(received).subarray(-4).toString("hex"), "880203e8");
});

test("frames against RFC 6455 are closed with 1002: unmasked, compressed, of no known kind", async () => {
  await using server = await serverNode(new Keeper(echo));
  for (const bytes of [
    [0x82, 0x01, 6],
    [0xc2, 0x81, 0, 0, 0, 0, 6],
    [0x83, 0x81, 0, 0, 0, 0, 6],
    [0x80, 0x81, 0, 0, 0, 0, 6],
  ])
    assert.equal(await closeCodeFor(server, (socket) => socket.write(Buffer.from(bytes))), 1002);
  assert.equal(server.session("ann").counters.protocolErrors, 4);
  await assertServes(server);
});

test("a flood of pings is answered within bounds, and never with memory", async () => {
  await using server = await serverNode(new Keeper(echo));
  using peer = await RawPeer.login(server.url, "ann's");
  const socket = peer.socket!;
  socket.pause();
  const pings = Buffer.concat(
    Array.from({ length: 1000 }, () =>
      Buffer.concat([Buffer.from([0x89, 0xfd, 0, 0, 0, 0]), Buffer.alloc(125)]),
    ),
  );
  let sent = 0;
  const send = () => {
    if (++sent < 1000 && server.session("ann").up) socket.write(pings, send);
  };
  send();
  await until("the cut", () => !server.session("ann").up || sent >= 1000);
  assert.equal(server.session("ann").up, false);
  await assertServes(server);
});

test("TCP connections that speak something else are closed", async () => {
  await using server = await serverNode(new Keeper(echo));
  for (const bytes of [
    randomBytes(1000),
    Buffer.from("\x16\x03\x01\x02\0"),
    Buffer.from("GET / HTTP/1.1\r\n\r\n"),
  ]) {
    using tcp = await rawTcp(server.port!);
    tcp.socket.write(bytes);
    await until("the close", () => tcp.closed);
  }
  await assertServes(server);
});

test("a server that answers the handshake and then sends rubbish is left and counted, by a client that goes on", async () => {
  const http = createServer();
  const rubbish = new WebSocketServer({ server: http });
  rubbish.on("connection", (webSocket, { socket }) => {
    webSocket.on("error", () => {});
    webSocket.on("message", () => socket.write(randomBytes(100).fill(0xff, 0, 1)));
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  await using client = await clientNode(`ws://127.0.0.1:${port}`);
  const hub = client.session("hub");
  await until("two tries", () => hub.counters.connectFailures >= 2);
  assert.equal(request(hub, new Waiter()), "DOWN");
  rubbish.close();
  for (const webSocket of rubbish.clients) webSocket.terminate();
  http.close();
});
