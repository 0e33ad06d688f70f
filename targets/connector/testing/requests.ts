import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

export const SAY_HELLO = "/greeter.v1.GreeterService/SayHello";

/** What a Connect client reads from an answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON of the body; undefined when it is none. */
  readonly body: { message?: string; code?: string; details?: unknown[] } | undefined;
}

/** POSTs a body to SayHello. */
export async function post(
  baseUrl: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const res = await fetch(`${baseUrl}${SAY_HELLO}`, {
    method: "POST",
    headers: { "content-type": "application/json", "connect-protocol-version": "1", ...headers },
    body,
  });
  const text = await res.text();
  return {
    status: res.status,
    headers: res.headers,
    body: text.startsWith("{") ? JSON.parse(text) : undefined,
  };
}

/** The bytes of a SayHello request, to be sent by hand. */
export function helloBytes(body = '{"name":"Ada"}', extraHeaders = ""): string {
  return `POST ${SAY_HELLO} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${extraHeaders}\r\n${body}`;
}

/** A TCP connection that keeps what it received. */
export interface RawClient {
  readonly socket: Socket;
  received(): string;
  /** When the server has ended or reset the connection. */
  readonly closed: Promise<void>;
}

/** @param allowHalfOpen stay open for writing when the server has ended its side */
export async function rawClient(baseUrl: string, allowHalfOpen = false): Promise<RawClient> {
  const { hostname, port } = new URL(baseUrl);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen });
  let received = "";
  socket.setEncoding("latin1").on("data", (text: string) => {
    received += text;
  });
  socket.on("error", () => {}); // a reset is one of the answers under test; `closed` tells
  const closed = new Promise<void>((resolve) => {
    socket.once("close", () => resolve());
    socket.once("end", () => resolve());
  });
  await new Promise<void>((resolve) => socket.once("connect", resolve));
  return { socket, received: () => received, closed };
}

/** Sends bytes and gives everything the server said until it closed the connection. */
export async function exchangeBytes(baseUrl: string, bytes: string | Uint8Array): Promise<string> {
  const client = await rawClient(baseUrl);
  client.socket.write(bytes);
  await client.closed;
  client.socket.destroy();
  return client.received();
}

/** Waits until `condition` holds; fails after `deadlineMs`, which is a safety net and not part of any test. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  deadlineMs = 10_000,
): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited ${deadlineMs} ms for: ${what}`);
    await delay(5);
  }
}

/** The samples of a metrics page: "name{labels}" to value. */
export async function scrape(adminUrl: string): Promise<Map<string, number>> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  return new Map(
    text
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => {
        const space = line.lastIndexOf(" ");
        return [line.slice(0, space), Number(line.slice(space + 1))];
      }),
  );
}
