import { type Refusal, refusal } from "./reject-code.ts";

export interface FeeRules {
  /** Units a packet, 0 to 2^53 - 1. */
  readonly fixed: number;
  /** Parts per million of the amount, 0 to 1,000,000. */
  readonly ppm: number;
}

export const TOO_LITTLE = refusal("R01", "nothing is left of the amount after the fee");

const MILLION = 1_000_000;

/**
 * What the node keeps of a packet: `fixed + amount * ppm / 1,000,000`, rounded up, so that a payment in small packets never
 * pays less than one in large packets.
 *
 * @param amount a number up to 2^53 - 1, and no bigint is made; a bigint up to 2^64 - 1
 * @returns exact, wherever it is not above the amount
 */
export function feeOf(rules: FeeRules, amount: number): number;
export function feeOf(rules: FeeRules, amount: bigint): bigint;
export function feeOf({ fixed, ppm }: FeeRules, amount: number | bigint): number | bigint {
  if (typeof amount === "bigint")
    return BigInt(fixed) + (amount * BigInt(ppm) + BigInt(MILLION - 1)) / BigInt(MILLION);
  if (ppm === 0) return fixed;
  // amount * ppm may pass 2^53. The millions and the rest of an amount do not: they add up to no more than the amount.
  const millions = Math.floor(amount / MILLION);
  return fixed + millions * ppm + Math.ceil(((amount - millions * MILLION) * ppm) / MILLION);
}

/** Refuses a packet of which the fee leaves nothing. A packet of 0 passes where it costs nothing: it carries data. */
export function checkFee(amount: number | bigint, fee: number | bigint): Refusal | undefined {
  return fee > amount || (fee === amount && fee > 0) ? TOO_LITTLE : undefined;
}
