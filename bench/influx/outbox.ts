import { setTimeout as sleep } from "node:timers/promises";
import { type Backoff, jitteredBackoff } from "./backoff.ts";
import type { Deliver } from "./delivery.ts";

/** Points of a write: what InfluxDB's makers recommend. */
export const BATCH = 5_000;
/** Points that wait while the database is away: minutes of the widest run, an hour of most; some 20 MB. */
const MOST_WAITING = 50_000;
/** A write that takes longer is tried again. */
const WRITE_TIMEOUT_MS = 10_000;

export interface OutboxOptions {
  readonly deliver: Deliver;
  /** Told of each trouble, with the server's words. */
  readonly onTrouble: (why: string) => void;
  readonly mostWaiting?: number;
  readonly writeTimeoutMs?: number;
  readonly backoff?: Backoff;
}

/**
 * Points on their way to the database. Adding is immediate and never fails; one write is under way at a time. What cannot
 * be written waits, and past the limit the oldest make room: someone who watches wants to see now, and the rest is on disk.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #backoff: Backoff;
  #waiting: string[] = [];
  #shipping: Promise<void> | undefined;
  /** Aborted when there is no more time for anything but one last attempt. */
  readonly #hurry = new AbortController();
  readonly #closed = new AbortController();
  #written = 0;
  #dropped = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#backoff = options.backoff ?? jitteredBackoff();
  }

  /** Points the database confirmed. */
  get written(): number {
    return this.#written;
  }

  /** Points that found no room, were refused, or were left when the outbox closed. */
  get dropped(): number {
    return this.#dropped;
  }

  add(lines: readonly string[]): void {
    if (this.#closed.signal.aborted) {
      this.#dropped += lines.length;
      return;
    }
    this.#waiting.push(...lines);
    this.#makeRoom();
    this.#ship();
  }

  /** Sends what is left; gives up at the first attempt that fails, and after `withinMs`. Nothing is sent afterwards. */
  async close(withinMs: number): Promise<void> {
    const timer = setTimeout(() => this.#closed.abort(), withinMs);
    this.#hurry.abort();
    this.#ship();
    await this.#shipping;
    clearTimeout(timer);
    this.#closed.abort();
    this.#dropped += this.#waiting.length;
    this.#waiting = [];
  }

  #ship(): void {
    if (this.#shipping || this.#waiting.length === 0 || this.#closed.signal.aborted) return;
    this.#shipping = this.#shipAll();
  }

  async #shipAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0 && !this.#closed.signal.aborted) {
        const last = this.#hurry.signal.aborted;
        const why = await this.#shipBatch();
        if (why === undefined) continue;
        this.#options.onTrouble(why);
        if (last || this.#closed.signal.aborted) return;
        await sleep(this.#backoff.next(), undefined, { signal: this.#hurry.signal }).catch(() => {});
      }
    } finally {
      // Here, not when the promise settles: what is added in between must start anew.
      this.#shipping = undefined;
    }
  }

  /** Why the batch has to be sent again; undefined when it has not. */
  async #shipBatch(): Promise<string | undefined> {
    const { deliver, onTrouble, writeTimeoutMs = WRITE_TIMEOUT_MS } = this.#options;
    const batch = this.#waiting.splice(0, BATCH);
    const signal = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(writeTimeoutMs)]);
    const delivery = await deliver(batch, signal);
    if (!delivery.taken) {
      this.#waiting.unshift(...batch);
      this.#makeRoom();
      return delivery.why;
    }
    this.#written += delivery.written;
    this.#dropped += delivery.refused;
    if (delivery.refused > 0) onTrouble(delivery.why);
    this.#backoff.reset();
    return undefined;
  }

  #makeRoom(): void {
    const { mostWaiting = MOST_WAITING } = this.#options;
    const tooMany = this.#waiting.length - mostWaiting;
    if (tooMany > 0) this.#dropped += this.#waiting.splice(0, tooMany).length;
  }
}
