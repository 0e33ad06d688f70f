/**
 * A sequence of unknown length in a bounded number of bins, in order: when the bins are full, neighbours merge in
 * pairs and every later bin takes twice as many items.
 *
 *     1 1 1 1 1 1 1 1   full
 *     2   2   2   2     merged, each later bin takes two items
 */
export class Bins<T> {
  readonly #limit: number;
  readonly #merge: (first: T, second: T) => T;
  #items: T[] = [];
  #perBin = 1;
  /** Items in the last bin. */
  #filled = 0;

  /** @param limit most bins there may be, an even number */
  constructor(limit: number, merge: (first: T, second: T) => T) {
    this.#limit = limit;
    this.#merge = merge;
  }

  add(item: T): void {
    const last = this.#items.at(-1);
    if (last !== undefined && this.#filled < this.#perBin) {
      this.#items[this.#items.length - 1] = this.#merge(last, item);
      this.#filled++;
      return;
    }
    if (this.#items.length === this.#limit) this.#halve();
    this.#items.push(item);
    this.#filled = 1;
  }

  #halve(): void {
    const halved: T[] = [];
    for (let i = 0; i < this.#items.length; i += 2) {
      const first = this.#items[i] as T;
      const second = this.#items[i + 1];
      halved.push(second === undefined ? first : this.#merge(first, second));
    }
    this.#items = halved;
    this.#perBin *= 2;
  }

  get items(): readonly T[] {
    return this.#items;
  }

  /** Items a full bin holds. */
  get perBin(): number {
    return this.#perBin;
  }
}
