import { MAX_ROUTES, prefixFault, type Route, RouteError } from "./route.ts";

const PERIOD = 0x2e;

/** FNV-1a, 32 bits. */
const HASH_START = 0x811c9dc5 | 0;
const HASH_PRIME = 0x01000193;

/** Addresses the cache remembers, and the longest it takes: 256 KB, of which only slots in use are ever touched. */
const CACHE_SLOTS = 2048;
const CACHE_BYTES = 128;

/**
 * Routes by longest matching prefix of whole segments: `g.a.b` takes g.a.b and g.a.b.c, never g.a.bc.
 *
 * Prefixes are in a hash table. A lookup hashes the address once, from its start, and asks the table wherever a
 * segment ends; the last that is found is the longest. So its cost is that of the address, not of the number of routes,
 * and it ends at the longest prefix there is, however long an address a stranger makes. In front of that, each slot of a
 * fixed cache remembers the last address that fell into it. Nothing is allocated, found or not.
 *
 * A table does not change: see {@link Router} for how routes are replaced.
 */
export class RouteTable<R extends Route = Route> {
  /** How many routes there are, the default one included. */
  readonly size: number;

  /** The routes; the last entry, undefined, is the answer "none", so that every answer is an index. */
  readonly #answers: ReadonlyArray<R | undefined>;
  /** The answer where no prefix matches. */
  readonly #otherwise: number;
  /** Bytes of the longest prefix. */
  readonly #longest: number;

  /** Open addressing: an answer's index + 1, or 0 for a free slot. At most half full. */
  readonly #slots: Int32Array;
  /** Of each answer: the hash of its prefix, where the prefix is in #text, and how long it is. */
  readonly #hashes: Int32Array;
  readonly #starts: Int32Array;
  readonly #lengths: Uint16Array;
  readonly #text: Uint8Array;

  readonly #cached = new Uint8Array(CACHE_SLOTS * CACHE_BYTES);
  readonly #cachedLength = new Uint8Array(CACHE_SLOTS);
  readonly #cachedAnswer = new Int32Array(CACHE_SLOTS);

  /** @throws RouteError for a prefix that is none or there twice */
  constructor(routes: readonly R[]) {
    if (routes.length > MAX_ROUTES)
      throw new RouteError("too-many-routes", `${routes.length} routes, limit ${MAX_ROUTES}`);
    this.size = routes.length;
    this.#answers = [...routes, undefined];
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * (routes.length + 1))));
    this.#hashes = new Int32Array(routes.length);
    this.#starts = new Int32Array(routes.length);
    this.#lengths = new Uint16Array(routes.length);
    this.#text = new Uint8Array(routes.reduce((sum, { prefix }) => sum + prefix.length, 0));

    let otherwise = routes.length;
    let longest = 0;
    let at = 0;
    for (const [index, { prefix }] of routes.entries()) {
      const fault = prefixFault(prefix);
      if (fault !== undefined) throw new RouteError("bad-prefix", fault);
      if (prefix === "") {
        if (otherwise !== routes.length) throw duplicate(prefix);
        otherwise = index;
        continue;
      }
      this.#add(index, prefix, at);
      at += prefix.length;
      longest = Math.max(longest, prefix.length);
    }
    this.#otherwise = otherwise;
    this.#longest = longest;
    // A slot never used has length 0, and no prefix is that of an empty address.
    this.#cachedAnswer.fill(otherwise);
  }

  #add(index: number, prefix: string, start: number): void {
    let hash = HASH_START;
    for (let i = 0; i < prefix.length; i++) {
      const byte = prefix.charCodeAt(i);
      this.#text[start + i] = byte;
      hash = Math.imul(hash ^ byte, HASH_PRIME);
    }
    if (this.#find(hash, this.#text, start, start + prefix.length) >= 0) throw duplicate(prefix);
    this.#hashes[index] = hash;
    this.#starts[index] = start;
    this.#lengths[index] = prefix.length;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = index + 1;
  }

  /**
   * The route of an address, or undefined where there is none.
   *
   * @param bytes an address that was checked is `bytes[start, end)`, as a PrepareView has it
   * @param hash any hash of it, PrepareView's `destinationHash`: it chooses the slot of the cache
   */
  lookup(bytes: Uint8Array, start: number, end: number, hash: number): R | undefined {
    const slot = hash & (CACHE_SLOTS - 1);
    const length = end - start;
    if (this.#cachedLength[slot] === length && same(this.#cached, slot * CACHE_BYTES, bytes, start, length))
      return this.#answers[this.#cachedAnswer[slot]!];
    const answer = this.#walk(bytes, start, end);
    if (length <= CACHE_BYTES) {
      const to = slot * CACHE_BYTES;
      for (let i = 0; i < length; i++) this.#cached[to + i] = bytes[start + i]!;
      this.#cachedLength[slot] = length;
      this.#cachedAnswer[slot] = answer;
    }
    return this.#answers[answer];
  }

  #walk(bytes: Uint8Array, start: number, end: number): number {
    const last = Math.min(end, start + this.#longest);
    let best = this.#otherwise;
    let hash = HASH_START;
    for (let at = start; at < last; at++) {
      const byte = bytes[at]!;
      if (byte === PERIOD) {
        const found = this.#find(hash, bytes, start, at);
        if (found >= 0) best = found;
      }
      hash = Math.imul(hash ^ byte, HASH_PRIME);
    }
    if (last === end || bytes[last] === PERIOD) {
      const found = this.#find(hash, bytes, start, last);
      if (found >= 0) best = found;
    }
    return best;
  }

  /** The answer whose prefix is `bytes[start, end)`, or -1. */
  #find(hash: number, bytes: Uint8Array, start: number, end: number): number {
    const mask = this.#slots.length - 1;
    const length = end - start;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const index = this.#slots[slot]! - 1;
      if (index < 0) return -1;
      if (
        this.#hashes[index] === hash &&
        this.#lengths[index] === length &&
        same(this.#text, this.#starts[index]!, bytes, start, length)
      )
        return index;
    }
  }
}

/** From the end: addresses begin alike. */
function same(a: Uint8Array, aStart: number, b: Uint8Array, bStart: number, length: number): boolean {
  for (let i = length - 1; i >= 0; i--) if (a[aStart + i] !== b[bStart + i]) return false;
  return true;
}

function duplicate(prefix: string): RouteError {
  const name = prefix === "" ? "the default route" : `prefix "${prefix}"`;
  return new RouteError("duplicate-prefix", `${name} is there twice`);
}
