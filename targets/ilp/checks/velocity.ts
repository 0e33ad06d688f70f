import { type Refusal, refusal } from "./reject-code.ts";

export interface VelocityLimit {
  /** Units, 0 to 2^53 - 1. */
  readonly amount: number;
  readonly windowMs: number;
}

export const TOO_FAST = refusal("T05", "more value than this peer may send in this time");

/** Parts of a window. Memory does not grow with packets, and a window forgets in steps of a 16th. */
const PARTS = 16;

/**
 * Fraud rule: value a peer may send per window of time. No window of that length, wherever it begins, holds more than the
 * limit. Because value is summed up by parts of a window, some of it may count for a 16th of a window longer than it
 * should.
 */
export class Velocity {
  readonly #limit: number;
  readonly #partMs: number;
  /** One more than a window has, because a window that begins inside of a part touches PARTS + 1 of them. */
  readonly #sums = new Float64Array(PARTS + 1);
  #total = 0;
  /** Number of the part that is now, counted from the clock's zero, which is in the past. */
  #part = 0;

  constructor({ amount, windowMs }: VelocityLimit) {
    this.#limit = amount;
    this.#partMs = windowMs / PARTS;
  }

  /** Refuses an amount that would go beyond the limit. Counts nothing: a packet may be refused for other reasons yet. */
  check(amount: number, nowMs: number): Refusal | undefined {
    this.#forget(nowMs);
    return this.#total + amount > this.#limit ? TOO_FAST : undefined;
  }

  /** Counts an amount that was checked and accepted. */
  add(amount: number, nowMs: number): void {
    this.#forget(nowMs);
    this.#total += amount;
    const slot = this.#part % (PARTS + 1);
    this.#sums[slot] = this.#sums[slot]! + amount;
  }

  /** Empties the parts that began since the last call. A clock that is put back empties nothing. */
  #forget(nowMs: number): void {
    const part = Math.floor(nowMs / this.#partMs);
    if (part <= this.#part) return;
    for (let next = Math.max(this.#part + 1, part - PARTS); next <= part; next++) {
      const slot = next % (PARTS + 1);
      this.#total -= this.#sums[slot]!;
      this.#sums[slot] = 0;
    }
    this.#part = part;
  }
}
