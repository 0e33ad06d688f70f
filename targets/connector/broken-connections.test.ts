/** Bytes that are no request, and clients that stop halfway: a refusal or a closed socket, and the next call works. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { exchangeBytes, helloBytes, rawClient, SAY_HELLO, until } from "./testing/requests.ts";
import { openRpcPort, type RpcPort } from "./testing/rpc-port.ts";

/** Timeouts short enough to wait for. */
const SHORT = { headersTimeoutMs: 100, requestTimeoutMs: 200, checkIntervalMs: 20 } as const;

async function assertAlive(port: RpcPort): Promise<void> {
  assert.equal((await port.hello("Ada")).status, 200);
  assert.equal(port.inFlight(), 0);
}

test("garbage gets 400 and a closed socket", async () => {
  await using port = await openRpcPort();
  for (const bytes of [
    "\x16\x03\x01\x02\0",
    "hello\r\n\r\n",
    "GET\r\n\r\n",
    "\0".repeat(100),
    "POST / HTTP/9.9\r\n\r\n",
  ]) {
    assert.match(
      await exchangeBytes(port.url, bytes),
      /^HTTP\/1\.1 400 Bad Request\r\nConnection: close\r\n/,
    );
  }
  assert.deepEqual(port.refused, Array(5).fill("parse-error"));
  assert.deepEqual(port.counted, []);
  await assertAlive(port);
});

test("an HTTP/2 preface on the HTTP/1.1 port is refused", async () => {
  await using port = await openRpcPort();
  assert.match(await exchangeBytes(port.url, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), /^HTTP\/1\.1 400 /);
  await assertAlive(port);
});

test("a head over 16 KiB gets 431", async () => {
  await using port = await openRpcPort();
  const huge = helloBytes("{}", `X-Huge: ${"a".repeat(20_000)}\r\n`);
  assert.match(await exchangeBytes(port.url, huge), /^HTTP\/1\.1 431 /);
  assert.deepEqual(port.refused, ["head-too-large"]);
  await assertAlive(port);
});

test("thousands of small headers get 431 or are cut, and are not kept", async () => {
  await using port = await openRpcPort();
  const many = helloBytes("{}", Array.from({ length: 5000 }, (_, i) => `X-${i}: 1\r\n`).join(""));
  assert.match(await exchangeBytes(port.url, many), /^HTTP\/1\.1 431 /);
  await assertAlive(port);
});

test("two contradicting lengths (request smuggling) are refused", async () => {
  await using port = await openRpcPort();
  const request = helloBytes("{}", "Transfer-Encoding: chunked\r\nConnection: close\r\n");
  assert.match(await exchangeBytes(port.url, request), /^HTTP\/1\.1 400 /);
  await assertAlive(port);
});

test("slowloris: a head that never ends is cut with 408", async () => {
  await using port = await openRpcPort({ limits: SHORT });
  const client = await rawClient(port.url);
  client.socket.write(`POST ${SAY_HELLO} HTTP/1.1\r\nHost: x\r\n`);
  const drip = setInterval(() => client.socket.write("X-Slow: 1\r\n"), 10);
  await client.closed;
  clearInterval(drip);
  assert.match(client.received(), /^HTTP\/1\.1 408 /);
  assert.deepEqual(port.refused, ["request-timeout"]);
  await assertAlive(port);
});

test("a connection that never says anything is cut", async () => {
  await using port = await openRpcPort({ limits: SHORT });
  const client = await rawClient(port.url);
  await client.closed;
  await until("it is counted", () => port.refused.length === 1);
  assert.deepEqual(port.refused, ["request-timeout"]);
});

test("a body that never ends is cut, and its request counted as canceled", async () => {
  await using port = await openRpcPort({ limits: SHORT });
  const client = await rawClient(port.url);
  client.socket.write(helloBytes("x".repeat(1000)).slice(0, -500));
  await client.closed;
  await until("it is counted", () => port.counted.length === 1);
  assert.deepEqual(port.counted, ["canceled"]);
  await assertAlive(port);
});

test("a body that is aborted halfway leaves nothing behind", async () => {
  await using port = await openRpcPort();
  for (let i = 0; i < 50; i++) {
    const client = await rawClient(port.url);
    client.socket.write(helloBytes("x".repeat(1000)).slice(0, -500));
    await until("the request to arrive", () => port.inFlight() === 1);
    if (i % 2 === 0) client.socket.destroy();
    else client.socket.resetAndDestroy();
    await until("the request to be over", () => port.inFlight() === 0);
  }
  assert.deepEqual(new Set(port.counted), new Set(["canceled"]));
  assert.equal(port.counted.length, 50);
  await assertAlive(port);
});

test("a client that ends its side after the request still gets the answer", async () => {
  await using port = await openRpcPort();
  const client = await rawClient(port.url, true);
  client.socket.end(helloBytes());
  await client.closed;
  assert.match(client.received(), /Hello, Ada!/);
});

test("a client that ends its side in the middle of a request is let go", async () => {
  await using port = await openRpcPort();
  const client = await rawClient(port.url, true);
  client.socket.end(helloBytes().slice(0, 40));
  await client.closed;
  client.socket.destroy();
  await assertAlive(port);
});

test("requests in a pipeline are answered in their order", async () => {
  await using port = await openRpcPort();
  const names = Array.from({ length: 100 }, (_, i) => `n${i}`);
  const requests = names.map((name) => helloBytes(JSON.stringify({ name })));
  requests[99] = helloBytes('{"name":"n99"}', "Connection: close\r\n");
  const text = await exchangeBytes(port.url, requests.join(""));
  assert.deepEqual(
    [...text.matchAll(/Hello, (n\d+)!/g)].map((m) => m[1]),
    names,
  );
  assert.equal(port.counted.length, 100);
});

test("garbage after a good request closes the connection", async () => {
  await using port = await openRpcPort();
  await exchangeBytes(port.url, `${helloBytes()}\x00\x01garbage\r\n\r\n`);
  assert.deepEqual(port.refused, ["parse-error"]);
  await until("the request to be over", () => port.inFlight() === 0);
  await assertAlive(port);
});

test("a client that leaves while its call runs aborts the call's signal", async () => {
  const aborted = Promise.withResolvers<unknown>();
  await using port = await openRpcPort({
    sayHello: (_, { signal }) =>
      new Promise((__, reject) => {
        signal.addEventListener("abort", () => {
          aborted.resolve(signal.reason);
          reject(signal.reason);
        });
      }),
  });
  const client = await rawClient(port.url);
  client.socket.write(helloBytes());
  await until("the call to run", () => port.inFlight() === 1);
  client.socket.destroy();
  assert.equal(String(await aborted.promise), "ConnectError: [canceled] the client closed the connection");
  assert.deepEqual(port.counted, ["canceled"]);
});

test("connections beyond the limit are closed and counted, the others served", async () => {
  await using port = await openRpcPort({ limits: { connections: 3 } });
  const clients = await Promise.all(Array.from({ length: 5 }, () => rawClient(port.url)));
  await until("two refusals", () => port.refused.length === 2);
  assert.deepEqual(port.refused, ["too-many-connections", "too-many-connections"]);
  for (const { socket } of clients) socket.destroy();
});
