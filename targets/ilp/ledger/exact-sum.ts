/**
 * A sum of 64-bit amounts, exact at any size, that costs two additions of numbers a term: terms come as halves of 32
 * bits, are gathered as numbers, and become a bigint once a batch.
 *
 * Exact for up to 2^20 terms between two calls of {@link settle}: 2^20 x (2^32 - 1) < 2^53.
 */
export class ExactSum {
  #value: bigint;
  #low = 0;
  #high = 0;

  constructor(value: bigint) {
    this.#value = value;
  }

  /** What was added since the last {@link settle}, low and high half; for the check that a batch balances. */
  get lowDelta(): number {
    return this.#low;
  }
  get highDelta(): number {
    return this.#high;
  }

  add(low: number, high: number): void {
    this.#low += low;
    this.#high += high;
  }

  subtract(low: number, high: number): void {
    this.#low -= low;
    this.#high -= high;
  }

  /** The sum of everything so far. */
  settle(): bigint {
    if (this.#low !== 0 || this.#high !== 0) {
      this.#value += (BigInt(this.#high) << 32n) + BigInt(this.#low);
      this.#low = 0;
      this.#high = 0;
    }
    return this.#value;
  }
}
