/**
 * What an entry says. Zero is no entry, so that a slot that was never written shows. A post that was told an error before
 * its outcome was known becomes a `takeBack`: it gives the hold back, or what was posted unnoticed.
 */
export const EntryKind = { reserve: 1, post: 2, void: 3, takeBack: 4 } as const;
export type EntryKind = (typeof EntryKind)[keyof typeof EntryKind];

/**
 * What became of an entry, written into its slot by whoever writes the ledger. A post of a hold that ran out either finds
 * that it was given back before (`expired`), or gives it back itself (`expires`): each hold is counted once.
 */
export const EntryOutcome = { done: 0, expired: 1, unknown: 2, expires: 3 } as const;
export type EntryOutcome = (typeof EntryOutcome)[keyof typeof EntryOutcome];

/** Entries a ring can hold: more than `ExactSum` is exact for must never be in one batch. */
export const MAX_RING = 2 ** 20;

const SLOT_BYTES = 32;
const HEADER_BYTES = 64;
/** Places in the header, in 32-bit words. */
const PUBLISHED = 0;
const DONE = 1;
const HOLDS = 2;

/**
 * Entries on their way from the packet path to the ledger's thread, in memory that both share: writing one is a few
 * stores, and nothing is copied or allocated. The writer fills slots and publishes them; the thread marks how far it
 * has come, after its commit. So what is not on disk is still here, and outlives a thread that died.
 *
 * A slot, 32 bytes: kind u8 and outcome u8 in word 0; debit u16 and credit u16 in word 1; the amount's low and high
 * half in words 2 and 3; id and expiry (epoch ms) as doubles. Positions count entries, modulo 2^32.
 */
export class EntryRing {
  readonly shared: SharedArrayBuffer;
  readonly capacity: number;
  readonly #mask: number;
  readonly #marks: Int32Array;
  readonly #words: Uint32Array;
  readonly #doubles: Float64Array;

  /** @param of entries (a power of two up to {@link MAX_RING}), or the memory of the ring to share */
  constructor(of: number | SharedArrayBuffer) {
    this.shared = typeof of === "number" ? new SharedArrayBuffer(HEADER_BYTES + of * SLOT_BYTES) : of;
    this.capacity = (this.shared.byteLength - HEADER_BYTES) / SLOT_BYTES;
    if (this.capacity > MAX_RING || !Number.isInteger(Math.log2(this.capacity)))
      throw new RangeError(`a ring of ${this.capacity} entries`);
    this.#mask = this.capacity - 1;
    this.#marks = new Int32Array(this.shared, 0, HEADER_BYTES / 4);
    this.#words = new Uint32Array(this.shared, HEADER_BYTES);
    this.#doubles = new Float64Array(this.shared, HEADER_BYTES);
  }

  /** How far entries may be read, and how far they are on disk. */
  get published(): number {
    return Atomics.load(this.#marks, PUBLISHED) >>> 0;
  }
  get done(): number {
    return Atomics.load(this.#marks, DONE) >>> 0;
  }
  /** Holds open after the last batch. */
  get holds(): number {
    return Atomics.load(this.#marks, HOLDS);
  }

  publish(position: number): void {
    Atomics.store(this.#marks, PUBLISHED, position | 0);
  }

  finish(position: number, holds: number): void {
    Atomics.store(this.#marks, HOLDS, holds);
    Atomics.store(this.#marks, DONE, position | 0);
  }

  writeReserve(
    position: number,
    id: number,
    debit: number,
    credit: number,
    amountLow: number,
    amountHigh: number,
    expiresAtMs: number,
  ): void {
    const slot = position & this.#mask;
    const word = slot << 3;
    this.#words[word] = EntryKind.reserve;
    this.#words[word + 1] = (debit << 16) | credit;
    this.#words[word + 2] = amountLow;
    this.#words[word + 3] = amountHigh;
    this.#doubles[(slot << 2) + 2] = id;
    this.#doubles[(slot << 2) + 3] = expiresAtMs;
  }

  /** Writes what ends a hold. */
  writeSettle(position: number, kind: EntryKind, id: number): void {
    const slot = position & this.#mask;
    this.#words[slot << 3] = kind;
    this.#doubles[(slot << 2) + 2] = id;
  }

  /** Only while no thread can be reading it. */
  turnIntoTakeBack(position: number): void {
    this.#words[(position & this.#mask) << 3] = EntryKind.takeBack;
  }

  setOutcome(position: number, outcome: EntryOutcome): void {
    const word = (position & this.#mask) << 3;
    this.#words[word] = (this.#words[word]! & 0xff) | (outcome << 8);
  }

  slot(position: number): number {
    return position & this.#mask;
  }
  kind(position: number): number {
    return this.#words[(position & this.#mask) << 3]! & 0xff;
  }
  outcome(position: number): number {
    return (this.#words[(position & this.#mask) << 3]! >>> 8) & 0xff;
  }
  debit(position: number): number {
    return this.#words[((position & this.#mask) << 3) + 1]! >>> 16;
  }
  credit(position: number): number {
    return this.#words[((position & this.#mask) << 3) + 1]! & 0xffff;
  }
  amountLow(position: number): number {
    return this.#words[((position & this.#mask) << 3) + 2]!;
  }
  amountHigh(position: number): number {
    return this.#words[((position & this.#mask) << 3) + 3]!;
  }
  id(position: number): number {
    return this.#doubles[((position & this.#mask) << 2) + 2]!;
  }
  expiresAtMs(position: number): number {
    return this.#doubles[((position & this.#mask) << 2) + 3]!;
  }
}
