import { AmountLimit, type PreparedAmount } from "./amount-limit.ts";
import { CreditLine } from "./credit-line.ts";
import { type HoldLimit, Holds, type Unpaid } from "./holds.ts";
import type { Refusal } from "./reject-code.ts";
import { type RateLimit, TokenBucket } from "./token-bucket.ts";
import { Velocity, type VelocityLimit } from "./velocity.ts";

/** What one peer may do. Amounts are units of the asset shared with it. */
export interface PeerLimits {
  readonly rate: RateLimit;
  /** Of one packet. */
  readonly maxAmount: number;
  /** Any value in any time unless given. */
  readonly velocity?: VelocityLimit | undefined;
  readonly held: HoldLimit;
  /** The most the peer may owe. */
  readonly creditLimit: number;
}

/**
 * All that is checked of a packet because of who sent it. A packet that was refused took its token and counts for nothing
 * else; one that was not is to be accepted, and then to be ended once, as fulfilled or as unpaid.
 */
export class PeerChecks {
  readonly #bucket: TokenBucket;
  readonly #amount: AmountLimit;
  readonly #velocity: Velocity | undefined;
  readonly holds: Holds;
  readonly credit: CreditLine;

  /**
   * @param nowMs the clock of all calls, a monotonic one: `performance.now()`
   * @param balance what the peer owes, from the ledger; negative when we owe it
   */
  constructor(limits: PeerLimits, nowMs: number, balance = 0) {
    this.#bucket = new TokenBucket(limits.rate, nowMs);
    this.#amount = new AmountLimit(limits.maxAmount);
    this.#velocity = limits.velocity && new Velocity(limits.velocity);
    this.holds = new Holds(limits.held);
    this.credit = new CreditLine(limits.creditLimit, balance);
  }

  /** Why a Prepare of this peer goes no further, or undefined. */
  check(prepare: PreparedAmount, nowMs: number): Refusal | undefined {
    const amount = prepare.amountNumber;
    return (
      this.#bucket.take(nowMs) ??
      this.#amount.check(prepare) ??
      this.#velocity?.check(amount, nowMs) ??
      this.holds.check(amount) ??
      this.credit.check(amount)
    );
  }

  /** It goes on its way, all other checks passed too. */
  accept(amount: number, nowMs: number): void {
    this.#velocity?.add(amount, nowMs);
    this.holds.hold(amount);
    this.credit.hold(amount);
  }

  /** It was fulfilled in time. */
  fulfilled(amount: number): void {
    this.holds.fulfilled(amount);
    this.credit.fulfilled(amount);
  }

  /**
   * It was not.
   *
   * @param heldMs since it was accepted
   */
  unpaid(amount: number, heldMs: number, how: Unpaid): void {
    this.holds.unpaid(amount, heldMs, how);
    this.credit.unpaid(amount);
  }
}
