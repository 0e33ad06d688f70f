import type { WebSocket } from "ws";
import { TokenBucket } from "../checks/token-bucket.ts";
import type { Filter } from "./filter.ts";
import type { HubCounts } from "./hub-counts.ts";
import type { HubLimits } from "./hub-limits.ts";
import type { PublishedBatch } from "./published-batch.ts";

/** Most characters of a ping's id. */
const MAX_ID = 64;

/** RFC 6455, 7.4.1. */
const POLICY_VIOLATION = 1008;

/**
 * One subscriber: what it gets, what it missed, and what it may ask. It has a queue of its own, its socket's, and
 * that has a bound: whoever reads slowly loses batches and holds nobody up.
 */
export class Subscriber {
  readonly #socket: WebSocket;
  readonly #filter: Filter;
  readonly #limits: HubLimits;
  readonly #counts: HubCounts;
  readonly #pings: TokenBucket;
  /** Batches left out since the last one that was sent. */
  #missed = 0;
  #fullSinceMs: number | undefined;

  constructor(socket: WebSocket, filter: Filter, limits: HubLimits, counts: HubCounts) {
    this.#socket = socket;
    this.#filter = filter;
    this.#limits = limits;
    this.#counts = counts;
    const rate = { ratePerSecond: limits.pingsPerSecond, burst: limits.pingBurst };
    this.#pings = new TokenBucket(rate, performance.now());
    socket.on("message", (data, isBinary) => this.#asked(data as Buffer, isBinary));
  }

  /** Passes a batch on, unless it is filtered out or too much waits already. */
  offer(batch: PublishedBatch): void {
    const { nodes, types } = this.#filter;
    if (this.#socket.readyState !== this.#socket.OPEN || nodes?.has(batch.node) === false) return;
    const bytes = types === undefined ? batch.bytes : batch.only(types);
    if (bytes === undefined) return;
    if (this.#full()) {
      this.#missed++;
      this.#counts.missed++;
      return;
    }
    this.#tellMissed();
    this.#socket.send(bytes, { binary: false });
    this.#counts.delivered++;
  }

  /** To be called now and then: tells what was missed when there is room again, cuts who stays stuck. */
  sweep(): void {
    if (!this.#full()) this.#tellMissed();
    else if (performance.now() - this.#fullSinceMs! > this.#limits.stuckMs) {
      this.#counts.cut++;
      this.#socket.terminate();
    }
  }

  #full(): boolean {
    if (this.#socket.bufferedAmount <= this.#limits.waitingBytes) {
      this.#fullSinceMs = undefined;
      return false;
    }
    this.#fullSinceMs ??= performance.now();
    return true;
  }

  #tellMissed(): void {
    if (this.#missed === 0) return;
    this.#socket.send(JSON.stringify({ v: 1, missed: this.#missed }));
    this.#missed = 0;
  }

  #asked(data: Buffer, isBinary: boolean): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const id = isBinary ? undefined : pingOf(data);
    if (this.#pings.take(performance.now()) !== undefined) {
      this.#cut("too many pings");
      return;
    }
    if (id === undefined) {
      this.#cut('send {"ping":id} as text, id a number or a short string');
      return;
    }
    this.#counts.pings++;
    // Who does not read its answers gets none.
    if (!this.#full()) this.#socket.send(JSON.stringify({ pong: id }));
  }

  #cut(reason: string): void {
    this.#counts.cut++;
    this.#socket.close(POLICY_VIOLATION, reason);
    // One that goes on sending instead of closing, too.
    setTimeout(() => this.#socket.terminate(), this.#limits.closeMs).unref();
  }
}

function pingOf(data: Buffer): string | number | undefined {
  try {
    const id: unknown = JSON.parse(data.toString())?.ping;
    if (Number.isFinite(id)) return id as number;
    return typeof id === "string" && id.length <= MAX_ID ? id : undefined;
  } catch {
    return undefined;
  }
}
