/** Whatever comes over the sockets, the hub goes on, and who sent it is shown out. */
import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import WebSocket from "ws";
import {
  batchText,
  disposableHub,
  next,
  publish,
  rawWebSocket,
  subscribe,
  textFrame,
  until,
} from "./testing/sockets.ts";

/** That the hub still does its work, for those who were there before and for those who come. */
async function works(hub: { url: string }): Promise<void> {
  using publisher = await publish(hub.url, "Z");
  using subscriber = await subscribe(hub.url, "?nodes=Z");
  publisher.socket.send(batchText("Z", 0));
  subscriber.socket.send('{"ping":1}');
  await until("a batch and an answer", () => subscriber.texts.length === 2);
}

test("frames of a publisher that are no batch of its node end its connection and reach nobody", async () => {
  await using hub = await disposableHub();
  using seen = await subscribe(hub.url);
  const hostile = [
    "",
    "{}",
    "null",
    batchText("B", 0),
    batchText("A", 0).slice(0, -1),
    batchText("A", 0).replace('"v":1', '"v":2'),
    batchText("A", 0).replace('"from":0', '"from":-1'),
    ` ${batchText("A", 0)}`,
    "x".repeat(500_000),
    Buffer.from(batchText("A", 0)),
    Buffer.alloc(2_000_000),
    "x".repeat(1_000_001),
  ];
  for (const [i, frame] of hostile.entries()) {
    using a = await publish(hub.url, "A");
    a.socket.send(frame);
    const [code] = await next(a.socket, "close");
    assert.equal(code, frame.length > 1_000_000 ? 1009 : 1008, `frame ${i}`);
  }
  assert.equal(hub.counts.malformed, hostile.length);
  assert.equal(hub.counts.batches, 0);
  assert.deepEqual(seen.texts, []);
  await works(hub);
});

test("a batch that only looks like one from outside does not hurt those who filter it", async () => {
  await using hub = await disposableHub();
  using a = await publish(hub.url, "A");
  using logs = await subscribe(hub.url, "?types=LOG");
  const head = '{"v":1,"node":"A","from":0,"dropped":1,"events":[';
  for (const inside of [
    "garbage]}",
    '],"events":null,"more":[]}',
    '],"events":{"filter":1},"more":[]}',
    "null,5,[]]}",
    `{"type":"LOG","deep":${"[".repeat(400_000)}${"]".repeat(400_000)}}]}`,
  ])
    a.socket.send(head + inside);
  a.socket.send(batchText("A", 6));
  await until("the one that can be read", () => logs.texts.length > 0);
  assert.deepEqual(logs.texts, [batchText("A", 6)]);
  assert.equal(hub.counts.batches, 6);
});

test("a subscriber that says anything but a ping is cut", async () => {
  await using hub = await disposableHub();
  const hostile = [
    "",
    "hello",
    "null",
    "[]",
    "{}",
    '{"ping":{}}',
    '{"ping":null}',
    '{"ping":1e999}',
    `{"ping":"${"x".repeat(65)}"}`,
    Buffer.from('{"ping":1}'),
    "x".repeat(1025),
  ];
  for (const [i, frame] of hostile.entries()) {
    using subscriber = await subscribe(hub.url);
    subscriber.socket.send(frame);
    const [code] = await next(subscriber.socket, "close");
    assert.equal(code, frame.length > 1024 ? 1009 : 1008, `frame ${i}`);
  }
  assert.equal(hub.counts.cut, hostile.length);
  await works(hub);
});

test("a flood of pings is answered up to its bound, then cut", async () => {
  await using hub = await disposableHub({ limits: { pingsPerSecond: 1, pingBurst: 20 } });
  using subscriber = await subscribe(hub.url);
  for (let i = 0; i < 50_000; i++) subscriber.socket.send(`{"ping":${i}}`);
  const [code] = await next(subscriber.socket, "close");
  assert.equal(code, 1008);
  assert.ok(subscriber.texts.length >= 20 && subscriber.texts.length <= 22, `${subscriber.texts.length}`);
  assert.equal(hub.counts.cut, 1);
  await works(hub);
});

test("those who were cut and do not hear it are ended, and what they still send goes nowhere", async () => {
  await using hub = await disposableHub({ limits: { pingBurst: 1, closeMs: 50 } });
  using seen = await subscribe(hub.url, "?nodes=A");
  const floods = [
    { path: "/subscribe", frames: ['{"ping":1}', '{"ping":2}'] },
    { path: "/publish?node=A", frames: ["garbage", batchText("A", 0)] },
  ];
  for (const { path, frames } of floods) {
    const socket = await rawWebSocket(hub.port, path);
    const flood = setInterval(() => socket.write(Buffer.concat(frames.map(textFrame))), 1);
    try {
      await next(socket, "close");
    } finally {
      clearInterval(flood);
      socket.destroy();
    }
  }
  assert.deepEqual([hub.counts.pings, hub.counts.cut], [1, 1]);
  assert.deepEqual([hub.counts.malformed, hub.counts.batches], [1, 0]);
  await works(hub);
  assert.deepEqual(seen.texts, []);
});

test("more publishers and subscribers than the hub has places for are refused", async () => {
  await using hub = await disposableHub({ limits: { publishers: 1, subscribers: 1 } });
  using _publisher = await publish(hub.url, "A");
  using _subscriber = await subscribe(hub.url);
  for (const path of ["/publish?node=B", "/subscribe"]) {
    const socket = new WebSocket(hub.url + path);
    const [, response] = (await next(socket, "unexpected-response")) as [unknown, IncomingMessage];
    assert.equal(response.statusCode, 503);
    response.destroy();
  }
});

test("a page in a browser may read but not publish", async () => {
  await using hub = await disposableHub();
  const headers = { origin: "https://example.com" };
  const publisher = new WebSocket(`${hub.url}/publish?node=A`, { headers });
  const [, response] = (await next(publisher, "unexpected-response")) as [unknown, IncomingMessage];
  assert.equal(response.statusCode, 403);
  response.destroy();
  const subscriber = new WebSocket(`${hub.url}/subscribe`, { headers });
  await next(subscriber, "open");
  subscriber.terminate();
});

test("bytes that are no HTTP, no WebSocket, or break off", async () => {
  await using hub = await disposableHub();
  const upgrade =
    "GET /publish?node=A HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
  for (const bytes of [
    "\0".repeat(1000),
    "GET / HTTP/1.1\r\n\r\n",
    upgrade.replace("Version: 13", "Version: 99"),
    upgrade.replace("/publish", "//[/"),
    upgrade.replace("Key: AAA", "Key: "),
    `${upgrade}\xff\xff\xff\xff`,
    `${upgrade}\x81\xfe`,
    upgrade.slice(0, -2),
    `GET /health HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(20_000)}\r\n\r\n`,
  ]) {
    const socket = connect(hub.port, "127.0.0.1");
    socket.on("error", () => {});
    await new Promise((resolve) => socket.write(bytes, "latin1", resolve));
    socket.resetAndDestroy();
  }
  await works(hub);
});
