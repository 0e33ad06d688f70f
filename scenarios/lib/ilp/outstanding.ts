/**
 * When each packet without an answer was due, by request id. Memory stays what it is however many are sent: a packet whose
 * place is needed again, after `capacity` others, has waited too long and is given up.
 */
export class Outstanding {
  /** Epoch milliseconds by slot; 0 where nothing is outstanding. */
  readonly #due: Float64Array;
  readonly #mask: number;
  #last = 0;
  /** Packets without an answer, but for those that were given up. */
  open = 0;
  givenUp = 0;

  /** Packets that may be outstanding at once. */
  get capacity(): number {
    return this.#due.length;
  }

  /** @param atLeast packets that may be outstanding at once; rounded up to a power of two */
  constructor(atLeast: number) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(2, atLeast)));
    this.#due = new Float64Array(capacity);
    this.#mask = capacity - 1;
  }

  /** The request id of one more packet, from 1 on. */
  add(dueMs: number): number {
    const id = ++this.#last;
    const slot = id & this.#mask;
    if (this.#due[slot] === 0) this.open++;
    else this.givenUp++;
    this.#due[slot] = dueMs;
    return id;
  }

  /** When the packet was due that is answered now; 0 for an answer to none that is outstanding. */
  take(id: number): number {
    if (id > this.#last || id <= this.#last - this.#due.length) return 0;
    const slot = id & this.#mask;
    const dueMs = this.#due[slot] as number;
    if (dueMs !== 0) {
      this.#due[slot] = 0;
      this.open--;
    }
    return dueMs;
  }
}
