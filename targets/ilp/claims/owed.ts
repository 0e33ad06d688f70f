/** The most that a claim can say. */
const MAX_UINT64 = 2n ** 64n - 1n;

/**
 * What a node owes a peer since the books began: exact, and one addition of numbers a packet. It stops at 2^64 - 1, as
 * a claim does.
 */
export class Owed {
  /** What is too much for a number, and what came after it. */
  #carried: bigint;
  #units = 0;

  constructor(before: bigint) {
    this.#carried = before;
  }

  /** @param units 0 to 2^53 - 1 */
  add(units: number): void {
    const sum = this.#units + units;
    if (sum <= Number.MAX_SAFE_INTEGER) {
      this.#units = sum;
      return;
    }
    this.#carried += BigInt(this.#units);
    this.#units = units;
  }

  get total(): bigint {
    const total = this.#carried + BigInt(this.#units);
    return total < MAX_UINT64 ? total : MAX_UINT64;
  }
}
