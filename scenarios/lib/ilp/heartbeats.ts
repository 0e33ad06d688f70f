import { Trend } from "k6/metrics";
import { readFrame, subscribe } from "./hub-subscriber.ts";
import { Outstanding } from "./outstanding.ts";

/**
 * From when a ping was due until its pong had reached the socket of a subscriber that gets all the hub has to tell as well.
 * One that is not answered counts as long as it may take.
 */
const heartbeat = new Trend("heartbeat", true);

/** No divisor of the time between a node's batches: pings are to fall on any moment between them. */
const BEAT_MS = 97;

/** A subscriber of a hub that asks it again and again whether it is there. Times are epoch milliseconds. */
export class Heartbeats {
  readonly #socket: ReturnType<typeof subscribe>;
  readonly #outstanding: Outstanding;
  readonly #timeoutMs: number;
  #nextMs = Number.POSITIVE_INFINITY;
  /** Of those that were given up, how many have been counted. */
  #counted = 0;

  /** @param timeoutMs a ping may take this long */
  constructor(hub: string, timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.#outstanding = new Outstanding(timeoutMs / BEAT_MS);
    this.#socket = subscribe(hub, "", (text, atMs) => {
      // All the others are batches, which it gets and does not read.
      if (!text.startsWith('{"pong"')) return;
      const dueMs = this.#outstanding.take(readFrame(text).pong ?? 0);
      if (dueMs > 0) heartbeat.add(atMs - dueMs);
    });
  }

  get up(): boolean {
    return this.#socket.up;
  }

  get waiting(): boolean {
    return this.up && this.#outstanding.open > 0;
  }

  /** The first is due then. */
  begin(dueMs: number): void {
    this.#nextMs = dueMs;
  }

  /** Sends what is due; what cannot be sent is not answered. */
  tick(nowMs: number): void {
    for (; this.#nextMs <= nowMs; this.#nextMs += BEAT_MS)
      this.#socket.send(`{"ping":${this.#outstanding.add(this.#nextMs)}}`);
    this.#giveUp(nowMs - this.#timeoutMs);
  }

  close(): void {
    this.#giveUp(Number.POSITIVE_INFINITY);
    this.#socket.close();
  }

  #giveUp(dueBeforeMs: number): void {
    this.#outstanding.giveUp(dueBeforeMs);
    for (; this.#counted < this.#outstanding.givenUp; this.#counted++) heartbeat.add(this.#timeoutMs);
  }
}
