import { setTimeout as sleep } from "node:timers/promises";
import { type Backoff, jitteredBackoff } from "./backoff.ts";
import type { Deliver } from "./delivery.ts";
import { type Amount, LineQueue } from "./line-queue.ts";
import { WriteLimit } from "./write-limit.ts";

/** Points that wait while the database is away: some forty minutes of most runs, whose lines are some 17 MB. */
const MOST_WAITING: Amount = { lines: 50_000, bytes: 32_000_000 };
/** Points that are kept whatever comes: how a run starts is one and a point for each limit of its plan. */
const MOST_KEPT = 500;
const NOTHING: Amount = { lines: 0, bytes: 0 };
/** A write that takes longer is tried again. */
const WRITE_TIMEOUT_MS = 10_000;

export interface OutboxOptions {
  readonly deliver: Deliver;
  /** Told of each trouble, with the server's words. */
  readonly onTrouble: (why: string) => void;
  readonly mostWaiting?: Amount;
  readonly writeTimeoutMs?: number;
  readonly backoff?: Backoff;
}

/**
 * Points on their way to the database. Adding is immediate and never fails; one write is under way at a time. What cannot
 * be written waits, and past the limit the oldest make room: someone who watches wants to see now, and the rest is on disk.
 * What all else is read by makes no room, and goes first.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #backoff: Backoff;
  readonly #limit = new WriteLimit();
  readonly #kept = new LineQueue();
  readonly #waiting = new LineQueue();
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
    this.#waiting.add(lines);
    this.#makeRoom();
    this.#ship();
  }

  /** Adds what must not be lost in a long outage: it waits apart, and is sent before all else. */
  keep(lines: readonly string[]): void {
    const room = this.#closed.signal.aborted ? 0 : Math.max(0, MOST_KEPT - this.#kept.length);
    this.#kept.add(lines.slice(0, room));
    this.add(lines.slice(room));
  }

  /** Sends what is left; gives up at the first attempt that fails, and after `withinMs`. Nothing is sent afterwards. */
  async close(withinMs: number): Promise<void> {
    const timer = setTimeout(() => this.#closed.abort(), withinMs);
    this.#hurry.abort();
    this.#ship();
    await this.#shipping;
    clearTimeout(timer);
    this.#closed.abort();
    for (const queue of [this.#kept, this.#waiting]) this.#dropped += queue.shrinkTo(NOTHING);
  }

  get #isEmpty(): boolean {
    return this.#kept.length + this.#waiting.length === 0;
  }

  #ship(): void {
    if (this.#shipping || this.#isEmpty || this.#closed.signal.aborted) return;
    this.#shipping = this.#shipAll();
  }

  async #shipAll(): Promise<void> {
    try {
      while (!this.#isEmpty && !this.#closed.signal.aborted) {
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
    const queue = this.#kept.length > 0 ? this.#kept : this.#waiting;
    const batch = queue.take(this.#limit);
    const signal = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(writeTimeoutMs)]);
    const delivery = await deliver(batch, signal);
    if (!delivery.taken) {
      queue.putBack(batch);
      this.#makeRoom();
      if (!delivery.tooLarge) return delivery.why;
      this.#limit.tooLarge(batch);
      return undefined;
    }
    this.#written += delivery.written;
    this.#dropped += delivery.refused;
    if (delivery.refused > 0) onTrouble(delivery.why);
    this.#backoff.reset();
    return undefined;
  }

  #makeRoom(): void {
    const { mostWaiting = MOST_WAITING } = this.#options;
    this.#dropped += this.#waiting.shrinkTo(mostWaiting);
  }
}
