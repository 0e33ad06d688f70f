import WebSocket from "ws";
import { backOffMs } from "../back-off.ts";

/** Bytes that may wait for the hub to read them; beyond it events stay in the ring. */
const MAX_UNSENT_BYTES = 4_000_000;
const STUCK_MS = 10_000;
const HANDSHAKE_MS = 5000;
/** Back-off between connects to the hub, at first and at most. */
const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 5_000;
/** A connection that held this long was a good one: the next wait is a short one. */
const GOOD_MS = 5000;
/** The hub has nothing to say. */
const MAX_PAYLOAD = 1024;

/**
 * A node's connection to the hub, and again when it is lost. Nothing waits in it for the hub to come back: whoever has
 * batches asks {@link ready} first.
 */
export class Publisher {
  readonly #url: string;
  readonly #stuckMs: number;
  #socket: WebSocket | undefined;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #stuckSinceMs: number | undefined;
  #closed = false;
  /** Connections that were made. */
  connections = 0;

  /**
   * @param hub ws://host:port
   * @param stuckMs a hub that reads nothing for this long is gone, whatever TCP says
   */
  constructor(hub: string, node: string, stuckMs = STUCK_MS) {
    this.#stuckMs = stuckMs;
    this.#url = new URL(`/publish?node=${encodeURIComponent(node)}`, hub).href;
    this.#connect();
  }

  get connected(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Whether a batch may be sent now. */
  ready(): boolean {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return false;
    if (socket.bufferedAmount <= MAX_UNSENT_BYTES) {
      this.#stuckSinceMs = undefined;
      return true;
    }
    const nowMs = performance.now();
    this.#stuckSinceMs ??= nowMs;
    if (nowMs - this.#stuckSinceMs > this.#stuckMs) socket.terminate();
    return false;
  }

  /**
   * Sends a batch; only when {@link ready}. The bytes must not change any more.
   *
   * @param ended told once whether the system took the batch, or it was lost with the connection. What the system has taken
   *   may be lost as well, which nobody here can know
   */
  send(batch: Uint8Array, ended: (taken: boolean) => void): void {
    this.#socket?.send(batch, { binary: false }, (error) => ended(!error));
  }

  /** Ends the connection when what was sent has left, or after the time is over. */
  async close(timeoutMs: number): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    const socket = this.#socket;
    if (socket === undefined || socket.readyState === WebSocket.CLOSED) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => socket.terminate(), timeoutMs);
      socket.once("close", () => {
        clearTimeout(late);
        resolve();
      });
      socket.close(1000);
    });
  }

  #connect(): void {
    const socket = new WebSocket(this.#url, {
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_MS,
      maxPayload: MAX_PAYLOAD,
      // A mask keeps scripts in browsers from writing bytes of their choice to proxies (RFC 6455, 10.3). No script
      // chooses ours, and a mask of zeros need not be computed, neither here nor in the hub.
      generateMask: (mask) => mask.fill(0),
    });
    this.#socket = socket;
    let openedMs = Number.POSITIVE_INFINITY;
    socket.on("open", () => {
      openedMs = performance.now();
      this.connections++;
    });
    // The close that follows says all there is to do.
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#stuckSinceMs = undefined;
      if (this.#closed) return;
      this.#failures = performance.now() - openedMs > GOOD_MS ? 0 : this.#failures + 1;
      const delayMs = backOffMs(this.#failures, RETRY_FIRST_MS, RETRY_MAX_MS, Math.random());
      this.#retry = setTimeout(() => this.#connect(), delayMs).unref();
    });
  }
}
