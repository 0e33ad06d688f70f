/** Requests that are HTTP, but no call: each gets the answer the Connect protocol has for it, and is counted. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { exchangeBytes, helloBytes, post, rawClient, SAY_HELLO, until } from "./testing/requests.ts";
import { openRpcPort } from "./testing/rpc-port.ts";

test("malformed JSON is invalid_argument", async () => {
  await using port = await openRpcPort();
  for (const body of ["{", '{"name":}', "name", "", "\0", '{"name":"Ada"} trailing']) {
    const answer = await post(port.url, body);
    assert.equal(answer.status, 400, body);
    assert.equal(answer.body?.code, "invalid_argument");
  }
  assert.deepEqual(port.counted, Array(6).fill("invalid_argument"));
});

test("deeply nested JSON is refused, not a stack overflow", async () => {
  await using port = await openRpcPort();
  const answer = await post(port.url, `{"name":${"[".repeat(400_000)}${"]".repeat(400_000)}}`);
  assert.equal(answer.status, 400);
  assert.equal((await port.hello("Ada")).status, 200);
});

test("a wrong content type is 415", async () => {
  await using port = await openRpcPort();
  for (const type of [
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/connect+json",
    "json",
  ]) {
    assert.equal((await post(port.url, "{}", { "content-type": type })).status, 415, type);
  }
  assert.deepEqual(port.counted, Array(4).fill("http_415"));
});

test("an unknown method is 404, a wrong HTTP method is 405", async () => {
  await using port = await openRpcPort();
  assert.equal((await fetch(`${port.url}/greeter.v1.GreeterService/SayBye`, { method: "POST" })).status, 404);
  assert.equal((await fetch(`${port.url}${SAY_HELLO}`)).status, 405);
  assert.deepEqual(port.counted, ["http_404", "http_405"]);
});

const MIB = 1024 * 1024;

test("a body of 1 MiB passes, one byte more is resource_exhausted", async () => {
  await using port = await openRpcPort();
  const bodyOf = (bytes: number) => `{"name":"${"A".repeat(bytes - 11)}"}`;
  assert.equal((await post(port.url, bodyOf(MIB))).status, 200);
  const answer = await post(port.url, bodyOf(MIB + 1));
  assert.equal(answer.status, 429);
  assert.equal(answer.body?.code, "resource_exhausted");
  assert.deepEqual(port.counted, ["ok", "resource_exhausted"]);
});

test("an oversized body is refused by its announcement, before it is sent", async () => {
  await using port = await openRpcPort();
  const client = await rawClient(port.url);
  client.socket.write(
    `POST ${SAY_HELLO} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n{`,
  );
  await until("the answer", () => client.received().includes("resource_exhausted"));
  assert.match(client.received(), /^HTTP\/1\.1 429 /);
  client.socket.destroy();
});

test("a chunked body that never ends is refused when it passes the limit", async () => {
  await using port = await openRpcPort({ limits: { bodyBytes: 10_000 } });
  const client = await rawClient(port.url);
  client.socket.write(
    `POST ${SAY_HELLO} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  const chunk = `1000\r\n${"A".repeat(0x1000)}\r\n`;
  for (let i = 0; i < 4; i++) client.socket.write(chunk);
  await until("the answer", () => client.received().includes("resource_exhausted"));
  assert.match(client.received(), /^HTTP\/1\.1 429 /);
  client.socket.destroy();
});

test("a small gzip that unpacks to more than the limit is resource_exhausted", async () => {
  const { gzipSync } = await import("node:zlib");
  await using port = await openRpcPort();
  const bomb = gzipSync(Buffer.alloc(64 * MIB, 0x20), { level: 9 });
  assert.ok(bomb.byteLength < MIB / 8);
  const answer = await post(port.url, new Uint8Array(bomb), { "content-encoding": "gzip" });
  assert.equal(answer.status, 429);
  assert.equal(answer.body?.code, "resource_exhausted");
});

test("GET /health is answered on the RPC port, and not counted", async () => {
  await using port = await openRpcPort();
  const res = await fetch(`${port.url}/health`);
  assert.equal(res.status, 200);
  assert.deepEqual(await res.json(), { status: "ok" });
  assert.deepEqual(port.counted, []);
});

test("an Expect header of any kind is no reason to refuse", async () => {
  await using port = await openRpcPort();
  const text = await exchangeBytes(
    port.url,
    helloBytes('{"name":"Ada"}', "Expect: a-miracle\r\nConnection: close\r\n"),
  );
  assert.match(text, /^HTTP\/1\.1 200 /);
  assert.deepEqual(port.counted, ["ok"]);
});

test("HTTP/1.0 without a Host header is served", async () => {
  await using port = await openRpcPort();
  const request = helloBytes().replace("HTTP/1.1", "HTTP/1.0").replace("Host: localhost\r\n", "");
  assert.match(await exchangeBytes(port.url, request), /Hello, Ada!/);
});
