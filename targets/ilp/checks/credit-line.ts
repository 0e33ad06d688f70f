import { type Refusal, refusal } from "./reject-code.ts";

export const OVER_CREDIT = refusal("T04", "this peer's credit does not reach");

/**
 * What a peer owes us, and what it will owe when its packets on their way are fulfilled, kept under a limit (RFC 0027,
 * Packet Lifecycle, step 4). The ledger is the truth, this is the part of it that every packet needs.
 *
 * Numbers are exact: limit, amounts and what is pending are at most 2^53 - 1. What we owe the peer is counted up to that as
 * well, and not beyond: from there the peer gets less credit than it could, never more.
 */
export class CreditLine {
  readonly #limit: number;
  #balance: number;
  #pending = 0;

  /**
   * @param limit units the peer may owe, 0 to 2^53 - 1
   * @param balance units it owes now, negative when we owe it
   */
  constructor(limit: number, balance = 0) {
    this.#limit = limit;
    this.#balance = Math.max(balance, -Number.MAX_SAFE_INTEGER);
  }

  /** Units the peer owes, negative when we owe it. */
  get balance(): number {
    return this.#balance;
  }

  /** Units of its packets without an answer. */
  get pending(): number {
    return this.#pending;
  }

  /** Refuses an amount that would bring the peer above its limit if everything pending were fulfilled. */
  check(amount: number): Refusal | undefined {
    const pending = this.#pending + amount;
    if (pending > Number.MAX_SAFE_INTEGER) return OVER_CREDIT;
    return this.#balance + pending > this.#limit ? OVER_CREDIT : undefined;
  }

  /** A packet from the peer went on its way. */
  hold(amount: number): void {
    this.#pending += amount;
  }

  /** It was fulfilled: the peer owes it. */
  fulfilled(amount: number): void {
    this.#pending -= amount;
    this.#balance += amount;
  }

  /** It was rejected or expired. */
  unpaid(amount: number): void {
    this.#pending -= amount;
  }

  /** We owe the peer this much more: it fulfilled a packet that we sent it, or it settled. */
  owe(amount: number): void {
    this.#balance = Math.max(this.#balance - amount, -Number.MAX_SAFE_INTEGER);
  }
}
