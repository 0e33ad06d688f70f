import type { Duplex } from "node:stream";
import { WebSocket } from "ws";
import { FrameType, readFrame, sizeOfAuth, writeAuth } from "../../../wire/btp.ts";
import { backOffMs } from "../back-off.ts";
import { Link } from "./link.ts";
import type { Session } from "./session.ts";
import { webSocketOptions } from "./websocket-options.ts";

/** The id of the frame that authenticates; its answer is read before there is a link, so it stays out of its ids' way. */
const AUTH_ID = 1;
/** A peer that is not up for so long is told of; those that start together are up sooner. */
const UNREACHED_MS = 1_500;

/** Keeps a session's link up: connects, authenticates, and does so again whenever the link is gone, until closed. */
export class Dialer {
  readonly #session: Session;
  readonly #url: string;
  readonly #token: string;
  readonly #random: () => number;
  #webSocket: WebSocket | undefined;
  #attempt = 0;
  #timer: unknown;
  #closed = false;
  #linked = false;
  #upAtMs: number | undefined;
  /** Since when there is no link; undefined while there is one, and once it was told. */
  #downSinceMs: number | undefined;

  /**
   * @param url ws: or wss:
   * @param random for the back-off, 0 to below 1
   */
  constructor(session: Session, url: string, token: string, random: () => number = Math.random) {
    this.#session = session;
    this.#url = url;
    this.#token = token;
    this.#random = random;
  }

  /** Connects at once. */
  start(): void {
    this.#downSinceMs = this.#session.clock.now();
    this.#connect();
  }

  /** Connects no more, and resolves when the connection is gone; to end a link that is up is the session's part. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#session.clock.cancel(this.#timer);
    const webSocket = this.#webSocket;
    if (webSocket === undefined) return;
    const gone = new Promise<void>((resolve) => webSocket.once("close", () => resolve()));
    if (!this.#linked) webSocket.terminate();
    await gone;
  }

  #connect(): void {
    const session = this.#session;
    const { clock, limits, counters } = session;
    const webSocket = new WebSocket(this.#url, webSocketOptions(limits));
    this.#webSocket = webSocket;
    let socket: Duplex | undefined;
    // The first reason is the cause of the others.
    let why: string | undefined;
    this.#timer = clock.after(limits.authMs, () => {
      why ??= `no answer within ${limits.authMs / 1_000} s`;
      webSocket.terminate();
    });
    // What is wrong with a connection ends it, and the end is what we act on.
    webSocket.on("error", (error: NodeJS.ErrnoException) => {
      // Where a name has several addresses Node tells the code alone.
      why ??= error.message || String(error.code);
    });
    webSocket.once("upgrade", (response) => {
      socket = response.socket;
    });
    webSocket.once("open", () => {
      const auth = Buffer.alloc(sizeOfAuth(this.#token));
      writeAuth(AUTH_ID, this.#token, auth);
      webSocket.send(auth);
    });
    webSocket.once("message", (data, isBinary) => {
      if (socket === undefined || webSocket.readyState !== WebSocket.OPEN) return;
      if (!isYes(data as Buffer, isBinary)) {
        counters.authFailures++;
        why ??= "it refuses our token";
        webSocket.close(1008);
        return;
      }
      clock.cancel(this.#timer);
      this.#linked = true;
      this.#upAtMs = clock.now();
      this.#downSinceMs = undefined;
      session.attach(new Link(session, webSocket, socket, true));
    });
    webSocket.once("close", () => this.#onClose(why ?? "it closed the connection"));
  }

  #onClose(why: string): void {
    const { clock, limits, counters } = this.#session;
    clock.cancel(this.#timer);
    this.#webSocket = undefined;
    this.#linked = false;
    if (this.#upAtMs === undefined) {
      counters.connectFailures++;
      if (!this.#closed) this.#tellUnreached(why);
    } else {
      // Not for any link: two processes with one token, each replacing the other, are to slow down as well.
      if (clock.now() - this.#upAtMs >= limits.retryMaxMs) this.#attempt = 0;
      this.#downSinceMs = clock.now();
    }
    this.#upAtMs = undefined;
    if (this.#closed) return;
    const delayMs = backOffMs(this.#attempt++, limits.retryFirstMs, limits.retryMaxMs, this.#random());
    this.#timer = clock.after(delayMs, () => this.#connect());
  }

  #tellUnreached(why: string): void {
    const { clock } = this.#session;
    if (this.#downSinceMs === undefined || clock.now() - this.#downSinceMs < UNREACHED_MS) return;
    this.#downSinceMs = undefined;
    this.#session.unreached(why);
  }
}

/** Whether a frame is the Response to our authentication. */
function isYes(bytes: Buffer, isBinary: boolean): boolean {
  try {
    if (!isBinary) return false;
    const { type, requestId } = readFrame(bytes);
    return type === FrameType.response && requestId === AUTH_ID;
  } catch {
    return false;
  }
}
