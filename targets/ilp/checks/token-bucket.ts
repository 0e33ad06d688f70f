import { type Refusal, refusal } from "./reject-code.ts";

export interface RateLimit {
  /** Packets a second in the long run, > 0; may have a fraction. */
  readonly ratePerSecond: number;
  /** Packets at once, >= 1. */
  readonly burst: number;
}

export const RATE_LIMITED = refusal("T05", "more packets than this peer may send");

/**
 * Lets through at most `burst + rate * t` packets in any time t. Tokens are computed from the clock when a packet comes:
 * no timer runs, and a peer that is silent costs nothing.
 */
export class TokenBucket {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #filledMs: number;

  /** @param nowMs any clock, the same one for every call */
  constructor({ ratePerSecond, burst }: RateLimit, nowMs: number) {
    this.#perMs = ratePerSecond / 1000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#filledMs = nowMs;
  }

  /** Takes a token for a packet, or refuses it. A clock that is put back fills nothing. */
  take(nowMs: number): Refusal | undefined {
    if (nowMs > this.#filledMs) {
      this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#filledMs) * this.#perMs);
      this.#filledMs = nowMs;
    }
    if (this.#tokens < 1) return RATE_LIMITED;
    this.#tokens -= 1;
    return undefined;
  }
}
