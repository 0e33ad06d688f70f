/** A hub, its publishers and its subscribers, over real sockets. */
import assert from "node:assert/strict";
import type { EventEmitter } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import WebSocket, { WebSocketServer } from "ws";
import type { Batch } from "../event.ts";
import { type HubOptions, startHub } from "../hub.ts";

const DEADLINE_MS = 10_000;

/** Polls until it is so. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await isSo())) {
    assert.ok(performance.now() < deadline, `waited ${DEADLINE_MS} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** What an emitter emits next under this name, within the deadline; an error before that is no end of the wait. */
export function next(emitter: EventEmitter, name: string): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`waited ${DEADLINE_MS} ms for ${name}`)), DEADLINE_MS);
    emitter.once(name, (...values: unknown[]) => {
      clearTimeout(late);
      resolve(values);
    });
  });
}

/** A hub that ends with the test. */
export async function disposableHub(options: HubOptions = {}) {
  const hub = await startHub({ port: 0, ...options });
  return { ...hub, [Symbol.asyncDispose]: () => hub.close() };
}

/** What takes publishers as a hub does, and reads nothing of what they send. */
export async function deafHub() {
  const server = createServer();
  const webSockets = new WebSocketServer({ server });
  webSockets.on("connection", (socket) => socket.pause());
  server.listen(0, "127.0.0.1");
  await next(server, "listening");
  const { port } = server.address() as AddressInfo;
  const end = () => {
    for (const socket of webSockets.clients) socket.terminate();
    server.close();
  };
  return { port, url: `ws://127.0.0.1:${port}`, end, [Symbol.dispose]: end };
}

/** Any frame a subscriber may get. */
export type Frame = Batch & { readonly missed?: number; readonly pong?: string | number };

/** A subscriber that keeps all it got. */
export async function subscribe(url: string, query = "") {
  const socket = new WebSocket(`${url}/subscribe${query}`);
  const texts: string[] = [];
  socket.on("message", (data) => texts.push(String(data)));
  socket.on("error", () => {});
  await next(socket, "open");
  const frames = () => texts.map((text) => JSON.parse(text) as Frame);
  const batches = () => frames().filter(({ events }) => events !== undefined);
  return {
    socket,
    texts,
    frames,
    batches,
    events: () => batches().flatMap(({ events }) => events),
    [Symbol.dispose]: () => socket.terminate(),
  };
}

/** A bare publisher, to send anything. */
export async function publish(url: string, node: string) {
  const socket = new WebSocket(`${url}/publish?node=${node}`);
  socket.on("error", () => {});
  await next(socket, "open");
  return { socket, [Symbol.dispose]: () => socket.terminate() };
}

/** A text frame from a client, its mask all zeros; under 64 KB. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  const head = length < 126 ? [0x80 | length] : [0xfe, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([0x81, ...head, 0, 0, 0, 0]), payload]);
}

/** A WebSocket opened by hand: it closes when it wants to, and never by itself. */
export async function rawWebSocket(port: number, path: string): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
  );
  await next(socket, "data");
  return socket;
}

/** A batch as text, with so many bytes of padding. */
export function batchText(
  node: string,
  from: number,
  types: readonly string[] = ["LOG"],
  padding = 0,
): string {
  const message = "x".repeat(padding);
  const events = types.map((type) => ({ type, timestamp: 1, level: "info", message }));
  return `{"v":1,"node":"${node}","from":${from},"dropped":0,"events":${JSON.stringify(events)}}`;
}
