/** The end of a node: what is under way is answered, then nothing is left. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { until } from "../testing/until.ts";
import { openBtp } from "./btp.ts";
import { HandClock } from "./testing/hand-clock.ts";
import {
  clientNode,
  echo,
  ilpPacket,
  Keeper,
  pair,
  RawPeer,
  request,
  serverNode,
  Waiter,
} from "./testing/nodes.ts";
import { muteServer, rawTcp } from "./testing/raw-tcp.ts";

test("what is under way either way is answered before the links end", async () => {
  const keeper = new Keeper();
  await using nodes = await pair(keeper);
  const [ours, refused] = [new Waiter(), new Waiter()];
  request(nodes.hub, ours);
  await until("the request", () => keeper.messages.length === 1);
  const closing = nodes.server.close(10_000);
  // The server takes no more, and still answers what it has.
  request(nodes.hub, refused);
  await until("the refusal", () => refused.outcome !== "waiting");
  assert.equal(refused.outcome, "answer 2");
  assert.equal(request(nodes.ann, new Waiter()), "DOWN");
  keeper.messages[0]!.link.acknowledge(keeper.messages[0]!.requestId);
  await closing;
  await until("the answer", () => ours.outcome !== "waiting");
  assert.equal(ours.outcome, "answer 1");
});

test("a peer that never answers holds the end up for the time to drain, no longer", async () => {
  const server = await serverNode(new Keeper());
  using peer = await RawPeer.login(server.url, "ann's");
  const waiter = new Waiter();
  request(server.session("ann"), waiter, 60_000);
  await server.close(20);
  assert.equal(waiter.outcome, "LINK_LOST");
  await until("its end", () => peer.closed !== undefined);
  assert.equal(peer.closed, 1001);
});

test("peers that do not read, and strangers, do not hold the end up", async () => {
  const server = await serverNode(new Keeper(), { limits: { closeMs: 20 } });
  using deaf = await RawPeer.login(server.url, "ann's");
  deaf.webSocket.pause();
  while (request(server.session("ann"), new Waiter(), 60_000, Buffer.alloc(60_000)) === undefined);
  using stranger = await RawPeer.connect(server.url);
  using tcp = await rawTcp(server.port!);
  await server.close(0);
  await until("the strangers' end", () => stranger.closed !== undefined && tcp.closed);
});

test("after the end nobody gets in", async () => {
  const server = await serverNode(new Keeper());
  const port = server.port!;
  await server.close();
  await assert.rejects(rawTcp(port), { code: "ECONNREFUSED" });
});

test("closing while connecting, and while waiting to connect, ends both", async () => {
  await using mute = await muteServer();
  // On a clock that stands still no deadline comes to help.
  const connecting = await clientNode(mute.url, new Keeper(), { clock: new HandClock() });
  await until("the connect", () => mute.connections > 0);
  await connecting.close();
  const waiting = await clientNode("ws://127.0.0.1:1", new Keeper(), {
    limits: { retryFirstMs: 1e9, retryMaxMs: 1e9 },
  });
  await until("the failure", () => waiting.session("hub").counters.connectFailures === 1);
  await waiting.close();
});

test("while a node drains, a link that is lost is not made again", async () => {
  await using near = await serverNode(new Keeper());
  await using far = await serverNode(new Keeper());
  const peers = [
    { name: "near", token: "ann's", url: near.url },
    { name: "far", token: "ann's", url: far.url },
  ];
  const client = await openBtp({ peers, handler: new Keeper(), random: () => 0 });
  const sessions = [...client.sessions.values()];
  await until("both links", () => sessions.every(({ up }) => up));
  request(client.sessions.get("far")!, new Waiter());
  const closing = client.close(100);
  using _ = await RawPeer.login(near.url, "ann's");
  await closing;
  assert.deepEqual(
    sessions.map(({ up, counters }) => [up, counters.ups]),
    [
      [false, 1],
      [false, 1],
    ],
  );
});

test("on someone else's server BTP comes and goes, the server stays", async () => {
  const http = createServer((_, response) => response.end("mine"));
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  const listeners = () => http.eventNames().map((name) => [name, http.listenerCount(name)]);
  const before = listeners();
  const node = await serverNode(new Keeper(echo), { listen: { server: http } });
  using peer = await RawPeer.login(`ws://127.0.0.1:${port}`, "ann's");
  peer.send(ilpPacket(1));
  await until("an answer", () => peer.packets.length === 2);
  await node.close();
  assert.equal(peer.closed ?? 1001, 1001);
  assert.equal(await (await fetch(`http://127.0.0.1:${port}`)).text(), "mine");
  assert.deepEqual(listeners(), before);
  http.closeAllConnections();
  http.close();
});

test("a port that is taken is told in one line", async () => {
  await using server = await serverNode(new Keeper());
  await assert.rejects(serverNode(new Keeper(), { listen: { port: server.port! } }), {
    name: "BtpError",
    code: "NO_SUCH_PORT",
    message: new RegExp(`^cannot listen on 127.0.0.1:${server.port}: listen EADDRINUSE`),
  });
});

test("a process whose nodes are closed ends by itself", async () => {
  const script = new URL("./testing/open-use-close.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  const [code] = await once(child, "exit", { signal: AbortSignal.timeout(20_000) });
  child.kill("SIGKILL");
  assert.equal(code, 0);
});
