import { type Refusal, refusal } from "./reject-code.ts";

export interface HoldLimit {
  /** Packets without an answer, >= 1. */
  readonly packets: number;
  /** Their sum in units, 0 to 2^53 - 1. */
  readonly amount: number;
}

export const TOO_MANY_HELD = refusal("T04", "too many packets of this peer wait for an answer");
export const TOO_MUCH_HELD = refusal("T04", "too much value of this peer waits for an answer");

/** A packet that held liquidity this long and paid nothing counts in full; one that held it for less, for less. */
export const SLOW_MS = 5000;

/** A Reject within this time is an ordinary answer, and counts for nothing: what such packets hold, the rate bounds. */
export const QUICK_MS = 100;

/**
 * How a held packet ended that paid nothing:
 *
 * - `ran out` nobody answered in time, at this hop or a later one
 * - `rejected` it was answered, or its next hop was lost
 * - `not written` it was fulfilled, and our own ledger failed to book it, which no peer answers for
 */
export type Unpaid = "ran out" | "rejected" | "not written";

/** How many held packets the share of paid ones looks back over: each counts one 200th, and fades. */
const MEMORY = 200;

/** What is left of the limits for a peer whose packets never pay: a hundredth, so that it can earn trust again. */
const LEAST_SHARE = 0.01;

/**
 * Fraud rule: balance griefing. A packet without an answer holds liquidity and costs its sender nothing, so a peer that
 * lets packets expire can hold all there is. So the more of its held packets ended unpaid, the less it may hold:
 * limits are multiplied by the share that was fulfilled, as a moving average over the last 200 or so.
 *
 * Each counts by how long it held: whoever holds as much with shorter packets needs more of them, and loses it as fast.
 * Only Rejects that were quick count neither way; what ran out always counts, however short its time was.
 */
export class Holds {
  readonly #limit: HoldLimit;
  #packets = 0;
  #amount = 0;
  #share = 1;

  constructor(limit: HoldLimit) {
    this.#limit = limit;
  }

  /** Packets that are held. */
  get packets(): number {
    return this.#packets;
  }

  /** Units that are held. */
  get amount(): number {
    return this.#amount;
  }

  /** Share of held packets that were paid, 0.01 to 1. */
  get share(): number {
    return Math.max(LEAST_SHARE, this.#share);
  }

  /** Refuses a packet that would hold too much. Holds nothing yet. */
  check(amount: number): Refusal | undefined {
    const { packets: most, amount: sum } = this.#limit;
    // One packet alone may hold all that any peer may, or no peer could earn its trust back under small limits.
    if (this.#packets === 0) return amount > sum ? TOO_MUCH_HELD : undefined;
    const { share } = this;
    if (this.#packets + 1 > most * share) return TOO_MANY_HELD;
    return this.#amount + amount > sum * share ? TOO_MUCH_HELD : undefined;
  }

  /** A packet that was checked went on its way. */
  hold(amount: number): void {
    this.#packets += 1;
    this.#amount += amount;
  }

  /** A held packet was fulfilled. */
  fulfilled(amount: number): void {
    this.#release(amount);
    this.#share += (1 - this.#share) / MEMORY;
  }

  /**
   * A held packet ended and paid nothing.
   *
   * @param heldMs since it was held
   */
  unpaid(amount: number, heldMs: number, how: Unpaid): void {
    this.#release(amount);
    if (how === "not written" || (how === "rejected" && heldMs < QUICK_MS)) return;
    this.#share -= (this.#share / MEMORY) * Math.min(1, heldMs / SLOW_MS);
  }

  #release(amount: number): void {
    this.#packets -= 1;
    this.#amount -= amount;
  }
}
