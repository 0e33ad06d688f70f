/** What an answer is to a packet that was given up before, or answered to one sent too long ago to be remembered. */
export const LATE = -1;

/**
 * When each packet without an answer was due, by request id. Memory stays what it is however many are sent: whoever waits
 * too long is given up, and so is one whose place is needed again, after `capacity` others.
 */
export class Outstanding {
  /** Epoch milliseconds by slot; 0 where nothing is outstanding, LATE where it was given up. */
  readonly #due: Float64Array;
  readonly #mask: number;
  #last = 0;
  /** Nothing is outstanding up to this id, or before the ring's reach. */
  #swept = 0;
  /** Packets without an answer, but for those that were given up. */
  open = 0;
  givenUp = 0;

  /** @param atLeast packets that may be outstanding at once; rounded up to a power of two */
  constructor(atLeast: number) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(2, atLeast)));
    this.#due = new Float64Array(capacity);
    this.#mask = capacity - 1;
  }

  /** Packets that may be outstanding at once. */
  get capacity(): number {
    return this.#due.length;
  }

  /** The request id of one more packet, from 1 on. */
  add(dueMs: number): number {
    const id = ++this.#last;
    const slot = id & this.#mask;
    if ((this.#due[slot] as number) > 0) this.givenUp++;
    else this.open++;
    this.#due[slot] = dueMs;
    return id;
  }

  /** When the packet was due that is answered now; LATE once it was given up, 0 for an answer nobody waits for. */
  take(id: number): number {
    if (id > this.#last || id < 1) return 0;
    // The mask, since the length of a typed array is a look-up by name in k6's VM.
    if (id < this.#last - this.#mask) return LATE;
    const slot = id & this.#mask;
    const dueMs = this.#due[slot] as number;
    if (dueMs > 0) this.open--;
    this.#due[slot] = 0;
    return dueMs;
  }

  /**
   * Gives up those that were due before a moment; ids come in the order of their moments.
   *
   * @param most ids looked at in one call, answered ones too: thousands at once are milliseconds in k6's VM, in which it
   *   neither sends nor reads
   */
  giveUp(beforeMs: number, most = Number.POSITIVE_INFINITY): void {
    this.#swept = Math.max(this.#swept, this.#last - this.#due.length);
    const until = Math.min(this.#last, this.#swept + most);
    while (this.#swept < until) {
      const slot = (this.#swept + 1) & this.#mask;
      const dueMs = this.#due[slot] as number;
      if (dueMs >= beforeMs) return;
      this.#swept++;
      if (dueMs <= 0) continue;
      this.#due[slot] = LATE;
      this.open--;
      this.givenUp++;
    }
  }
}
