import type { FrameView } from "../../../wire/btp.ts";

/** Why a request that was sent has no answer. */
export type Failure = "TIMED_OUT" | "LINK_LOST";

/** Who waits for the answer to a request. Exactly one of the two is called, once. */
export interface Waiting {
  /** @param answer a Response or an Error; the view is used again for the next frame, so keep nothing of it */
  onAnswer(answer: FrameView): void;
  onFailure(failure: Failure): void;
}

/** Resolution of time-outs: they come 0 to 2 ticks late, never early. */
export const TICK_MS = 5;

/** Ticks in one turn of the wheel, 10 s; a request that waits longer stays in its bucket for more turns. */
const BUCKETS = 2048;

const NONE = -1;
const NOBODY: readonly Waiting[] = [];

/**
 * Requests without an answer yet, in a table of fixed size: sending, answering and timing out cost the same, however many
 * wait. Ids count up, so one is used again only after 2^32 others, and its slot is its low bits; a slot still in use is
 * skipped. Time-outs are a hashed wheel (Varghese and Lauck, 1987): buckets of slots that are due in the same tick.
 */
export class Pending {
  readonly limit: number;
  #size = 0;
  #nextId: number;
  readonly #mask: number;
  readonly #waiting: (Waiting | undefined)[];
  readonly #ids: Uint32Array;
  /** The tick at which a slot times out. */
  readonly #dueTicks: Float64Array;
  readonly #timedOut: Uint8Array;
  // Doubly linked lists of slots, one a bucket: the heads are behind the slots.
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  #sweptTick = 0;

  /**
   * @param limit requests at a time, at most 2^20
   * @param firstId where ids begin
   */
  constructor(limit: number, firstId = 0) {
    this.limit = limit;
    // Room enough that a free slot is near, also when the table is full.
    let slots = 16;
    while (slots < limit * 1.5) slots *= 2;
    this.#mask = slots - 1;
    this.#nextId = firstId >>> 0;
    this.#waiting = new Array<Waiting | undefined>(slots).fill(undefined);
    this.#ids = new Uint32Array(slots);
    this.#dueTicks = new Float64Array(slots);
    this.#timedOut = new Uint8Array(slots);
    this.#next = new Int32Array(slots + BUCKETS).fill(NONE);
    this.#previous = new Int32Array(slots + BUCKETS).fill(NONE);
  }

  get size(): number {
    return this.#size;
  }

  get full(): boolean {
    return this.#size >= this.limit;
  }

  /** The id the next request will have. */
  peekId(): number {
    while (this.#waiting[this.#nextId & this.#mask] !== undefined) this.#nextId = (this.#nextId + 1) >>> 0;
    return this.#nextId;
  }

  /** Takes in a request under {@link peekId}; the caller has seen that the table is not full. */
  add(waiting: Waiting, nowMs: number, timeoutMs: number): void {
    const id = this.peekId();
    this.#nextId = (id + 1) >>> 0;
    const slot = id & this.#mask;
    // Nothing was due while nothing waited.
    if (this.#size === 0) this.#sweptTick = Math.floor(nowMs / TICK_MS);
    this.#size++;
    this.#waiting[slot] = waiting;
    this.#ids[slot] = id;
    this.#timedOut[slot] = 0;
    // Never into a tick that was swept: it would wait for a whole turn.
    const tick = Math.max(Math.ceil((nowMs + timeoutMs) / TICK_MS), this.#sweptTick + 1);
    this.#dueTicks[slot] = tick;
    const head = this.#mask + 1 + (tick % BUCKETS);
    const next = this.#next[head]!;
    this.#next[slot] = next;
    this.#previous[slot] = head;
    if (next !== NONE) this.#previous[next] = slot;
    this.#next[head] = slot;
  }

  /** Who waits for an answer with this id, and waits no more; undefined for an answer nobody waits for. */
  take(id: number): Waiting | undefined {
    const slot = id & this.#mask;
    const waiting = this.#waiting[slot];
    if (waiting === undefined || this.#ids[slot] !== id) return undefined;
    this.#release(slot);
    return waiting;
  }

  /** Whether the request of this id has timed out, as far as that is still known. */
  hasTimedOut(id: number): boolean {
    const slot = id & this.#mask;
    return this.#timedOut[slot] === 1 && this.#ids[slot] === id;
  }

  /** Takes out everyone whose time is over; telling them is the caller's part, as they may send anew at once. */
  expire(nowMs: number): readonly Waiting[] {
    const tick = Math.floor(nowMs / TICK_MS);
    if (this.#size === 0 || tick <= this.#sweptTick) return NOBODY;
    const expired: Waiting[] = [];
    const buckets = Math.min(tick - this.#sweptTick, BUCKETS);
    for (let i = 1; i <= buckets; i++) {
      const bucket = (this.#sweptTick + i) % BUCKETS;
      for (let slot = this.#next[this.#mask + 1 + bucket]!; slot !== NONE; ) {
        const next = this.#next[slot]!;
        if (this.#dueTicks[slot]! <= tick) {
          expired.push(this.#waiting[slot]!);
          this.#release(slot);
          this.#timedOut[slot] = 1;
        }
        slot = next;
      }
    }
    this.#sweptTick = tick;
    return expired;
  }

  /** Takes out everyone. */
  clear(): readonly Waiting[] {
    if (this.#size === 0) return NOBODY;
    const all: Waiting[] = [];
    for (let slot = 0; slot <= this.#mask; slot++) {
      const waiting = this.#waiting[slot];
      if (waiting === undefined) continue;
      this.#release(slot);
      all.push(waiting);
    }
    return all;
  }

  #release(slot: number): void {
    const next = this.#next[slot]!;
    const previous = this.#previous[slot]!;
    this.#next[previous] = next;
    if (next !== NONE) this.#previous[next] = previous;
    this.#waiting[slot] = undefined;
    this.#size--;
  }
}
