import { type Refusal, refusal } from "./reject-code.ts";

export interface ExpiryRules {
  /** Taken off at each hop: the time this node has to pass a Fulfill back (RFC 0027, Packet Lifecycle, step 6). */
  readonly marginMs: number;
  /** The least the next hop must get. */
  readonly minMs: number;
  /** The longest this node waits for an answer, whatever the sender allows; > minMs. */
  readonly holdMs: number;
}

export const EXPIRED = refusal("R00", "the packet had expired when it came");
export const TOO_LITTLE_TIME = refusal("R02", "too little time is left to forward the packet");

/** Refuses a packet that has expired, or would leave the next hop too little time. */
export function checkExpiry(rules: ExpiryRules, expiresAtMs: number, nowMs: number): Refusal | undefined {
  if (expiresAtMs <= nowMs) return EXPIRED;
  return expiresAtMs - rules.marginMs - nowMs < rules.minMs ? TOO_LITTLE_TIME : undefined;
}

/** The expiry a packet that was checked goes on with, in whole milliseconds. */
export function forwardedExpiry(rules: ExpiryRules, expiresAtMs: number, nowMs: number): number {
  return Math.floor(Math.min(expiresAtMs - rules.marginMs, nowMs + rules.holdMs));
}
