/** The hub passes batches on as they came, or the part that was asked for, and answers heartbeats meanwhile. */
import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { test } from "node:test";
import WebSocket from "ws";
import { HubError, startHub } from "./hub.ts";
import { batchText, disposableHub, next, publish, subscribe, until } from "./testing/sockets.ts";

test("every subscriber gets every batch, byte for byte", async () => {
  await using hub = await disposableHub();
  using a = await publish(hub.url, "A");
  using b = await publish(hub.url, "B");
  using one = await subscribe(hub.url);
  using two = await subscribe(hub.url, "?nodes=A,B");
  // A space no JSON.stringify would leave there: the bytes, not the meaning.
  const texts = [batchText("A", 0), batchText("A", 1).replace('"level":', '"level" : ')];
  for (const text of texts) a.socket.send(text);
  await until("both batches twice", () => one.texts.length + two.texts.length === 4);
  assert.deepEqual(one.texts, texts);
  assert.deepEqual(two.texts, texts);
  b.socket.send(batchText("B", 0));
  await until("the other node's", () => one.texts.length + two.texts.length === 6);
  assert.equal(hub.counts.batches, 3);
  assert.equal(hub.counts.delivered, 6);
});

test("filters by node and by type", async () => {
  await using hub = await disposableHub();
  using a = await publish(hub.url, "A");
  using b = await publish(hub.url, "B");
  using onlyB = await subscribe(hub.url, "?nodes=B");
  using logs = await subscribe(hub.url, "?types=LOG,NODE_STATUS");
  using logsOfA = await subscribe(hub.url, "?types=LOG&nodes=A");
  a.socket.send(batchText("A", 0, ["PACKET_SENT", "LOG", "ROUTE_LOOKUP", "NODE_STATUS"]));
  a.socket.send(batchText("A", 4, ["PACKET_SENT"]));
  a.socket.send(batchText("A", 5, ["PACKET_SENT"]).replace('"dropped":0', '"dropped":7'));
  await until("three batches of A", () => hub.counts.batches === 3);
  b.socket.send(batchText("B", 0, ["LOG"]));
  const shown = (subscriber: typeof logs) =>
    subscriber
      .batches()
      .map(({ node, from, dropped, events }) => [node, from, dropped, ...events.map(({ type }) => type)]);
  await until("all", () => onlyB.texts.length === 1 && logs.texts.length === 3 && logsOfA.texts.length === 2);
  assert.deepEqual(shown(onlyB), [["B", 0, 0, "LOG"]]);
  assert.deepEqual(shown(logs), [
    ["A", 0, 0, "LOG", "NODE_STATUS"],
    ["A", 5, 7],
    ["B", 0, 0, "LOG"],
  ]);
  assert.deepEqual(shown(logsOfA), [
    ["A", 0, 0, "LOG"],
    ["A", 5, 7],
  ]);
});

test("a ping is answered with its id, while batches flow", async () => {
  await using hub = await disposableHub();
  using a = await publish(hub.url, "A");
  using seen = await subscribe(hub.url);
  for (let i = 0; i < 50; i++) {
    a.socket.send(batchText("A", i, ["LOG"], 50_000));
    if (i % 10 === 0) seen.socket.send(JSON.stringify({ ping: i, sentMs: 5 }));
  }
  seen.socket.send('{"ping":"a string"}');
  const pongs = () => seen.frames().flatMap(({ pong }) => pong ?? []);
  await until("all batches and answers", () => seen.batches().length === 50 && pongs().length === 6);
  assert.deepEqual(pongs(), [0, 10, 20, 30, 40, "a string"]);
});

test("/health and /metrics say who is there and what was done", async () => {
  await using hub = await disposableHub();
  using a = await publish(hub.url, "A");
  using _ = await subscribe(hub.url);
  a.socket.send(batchText("A", 0));
  await until("the batch", () => hub.counts.delivered === 1);
  const http = hub.url.replace("ws:", "http:");
  const health = (await (await fetch(`${http}/health`)).json()) as object;
  assert.deepEqual(health, {
    status: "ok",
    nodes: ["A"],
    subscribers: 1,
    ...{ batches: 1, bytes: batchText("A", 0).length, malformed: 0, delivered: 1 },
    ...{ missed: 0, pings: 0, cut: 0, refused: 0 },
  });
  const metrics = await (await fetch(`${http}/metrics`)).text();
  for (const line of [
    "telemetry_hub_batches_total 1",
    "telemetry_hub_delivered_total 1",
    "telemetry_hub_publishers 1",
    "telemetry_hub_subscribers 1",
  ])
    assert.ok(metrics.split("\n").includes(line), line);
  assert.equal((await fetch(`${http}/nothing`)).status, 404);
});

test("a query that means nothing is refused with a reason", async () => {
  await using hub = await disposableHub();
  for (const [path, status, why] of [
    ["/subscribe?types=NOTHING", 400, /no such type: "NOTHING"; there are PACKET_RECEIVED, /],
    ["/subscribe?nodes=a%20b", 400, /no nodeId: "a b"/],
    ["/subscribe?node=A", 400, /no such parameter: "node"/],
    ["/publish", 400, /say which node/],
    ["/publish?node=%22", 400, /say which node/],
    ["/elsewhere", 404, /there are \/publish and \/subscribe/],
  ] as const) {
    const socket = new WebSocket(hub.url + path);
    const [, response] = (await next(socket, "unexpected-response")) as [unknown, IncomingMessage];
    assert.equal(response.statusCode, status, path);
    let body = "";
    for await (const chunk of response) body += chunk;
    assert.match(body, why);
  }
  assert.equal(hub.counts.refused, 6);
});

test("a port that is taken is told as such", async () => {
  await using hub = await disposableHub();
  await assert.rejects(startHub({ port: hub.port }), (error) => {
    assert.ok(error instanceof HubError);
    assert.deepEqual([error.code, error.port], ["EADDRINUSE", hub.port]);
    return true;
  });
});

test("closing ends every connection and frees the port", async () => {
  const hub = await startHub({ port: 0 });
  using a = await publish(hub.url, "A");
  using seen = await subscribe(hub.url);
  await Promise.all([next(a.socket, "close"), next(seen.socket, "close"), hub.close()]);
  const again = await startHub({ port: hub.port });
  await again.close();
});
