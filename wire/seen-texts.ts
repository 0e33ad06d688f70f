import { EMPTY } from "./oer.ts";

/**
 * Texts that come again and again. Making a string costs as much as the rest of a packet, so each slot of a fixed table
 * keeps the last text that fell into it, and one that is found there costs a comparison. What comes back is then the same
 * object, so a Map need not hash it anew. A stranger who sends ever new texts empties slots, no more.
 */
export class SeenTexts {
  readonly #texts: string[];
  /** What each was read from: bytes are compared faster than characters. */
  readonly #bytes: Uint8Array[];
  readonly #mask: number;
  readonly #decode: (bytes: Uint8Array, start: number, end: number) => string;

  /**
   * @param slots a power of two; with the longest text that is asked for, the bound of its memory
   * @param decode makes a text that is not there
   */
  constructor(slots: number, decode: (bytes: Uint8Array, start: number, end: number) => string) {
    this.#texts = new Array<string>(slots).fill("");
    this.#bytes = new Array<Uint8Array>(slots).fill(EMPTY);
    this.#mask = slots - 1;
    this.#decode = decode;
  }

  /** @param hash of the bytes, or of some of them: texts of one hash take turns in a slot */
  text(bytes: Uint8Array, start: number, end: number, hash: number): string {
    const slot = hash & this.#mask;
    const known = this.#bytes[slot]!;
    if (known.length === end - start) {
      let at = 0;
      while (at < known.length && bytes[start + at] === known[at]) at++;
      if (at === known.length) return this.#texts[slot]!;
    }
    const own = new Uint8Array(end - start);
    for (let i = 0; i < own.length; i++) own[i] = bytes[start + i]!;
    this.#bytes[slot] = own;
    this.#texts[slot] = this.#decode(bytes, start, end);
    return this.#texts[slot]!;
  }
}
