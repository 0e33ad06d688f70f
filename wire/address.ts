import { WireError } from "./error.ts";
import { asciiText, isText, writeAscii } from "./text.ts";

/** The longest ILP address, in characters (RFC 0015). */
export const MAX_ADDRESS = 1023;

/** RFC 0015, allocation schemes. */
const SCHEMES = [
  "g",
  "private",
  "example",
  "peer",
  "self",
  "test",
  "test1",
  "test2",
  "test3",
  "local",
] as const;

const PERIOD = 0x2e;

/** 1 for the characters a segment is made of: letters, digits, `_`, `~`, `-`. */
const IN_SEGMENT = new Uint8Array(256);
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_~-")
  IN_SEGMENT[character.charCodeAt(0)] = 1;

/**
 * Checks an ILP address: a known scheme and at least one more segment, none of them empty (RFC 0015).
 *
 * @returns its FNV-1a hash (32 bits), taken in the same pass, for {@link addressText}
 * @throws WireError BAD_ADDRESS, or TOO_LONG past 1023 characters
 */
export function checkAddress(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > MAX_ADDRESS)
    throw new WireError("TOO_LONG", start, `an address of ${end - start} characters, limit ${MAX_ADDRESS}`);
  let hash = 0x811c9dc5 | 0;
  let segment = start;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (IN_SEGMENT[byte] === 0) {
      if (byte !== PERIOD) throw new WireError("BAD_ADDRESS", at, "a character that no ILP address has");
      if (at === segment) throw new WireError("BAD_ADDRESS", at, "an ILP address with an empty segment");
      if (segment === start && !isScheme(bytes, start, at))
        throw new WireError("BAD_ADDRESS", start, "an ILP address of no known scheme");
      segment = at + 1;
    }
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  if (segment === start)
    throw new WireError("BAD_ADDRESS", start, "an ILP address of fewer than two segments");
  if (segment === end) throw new WireError("BAD_ADDRESS", end, "an ILP address with an empty segment");
  return hash >>> 0;
}

function isScheme(bytes: Uint8Array, start: number, end: number): boolean {
  for (const scheme of SCHEMES) if (isText(bytes, start, end, scheme)) return true;
  return false;
}

/** Slots of the table below; a slot holds at most one address, so it never holds more than 4 MB. */
const SLOTS = 4096;

const interned = new Map<number, string>();

/**
 * An address as a string. Making one costs as much as the rest of a packet, and a connector sees the
 * same addresses again and again: each slot of a fixed table keeps the last address that fell into it, and an address
 * that is found there costs a comparison. The string that comes back is then the same object, so a Map of routes need
 * not hash it anew. A stranger who sends ever new addresses empties slots, no more.
 *
 * @param hash what {@link checkAddress} returned for the range
 */
export function addressText(bytes: Uint8Array, start: number, end: number, hash: number): string {
  const slot = hash & (SLOTS - 1);
  const known = interned.get(slot);
  if (known !== undefined && isText(bytes, start, end, known)) return known;
  const text = asciiText(bytes, start, end);
  interned.set(slot, text);
  return text;
}

/** Writes an address and checks what it wrote; returns the offset behind it. Errors as {@link checkAddress}. */
export function writeAddress(address: string, into: Uint8Array, at: number): number {
  const end = writeAscii(address, "an ILP address", into, at);
  checkAddress(into, at, end);
  return end;
}
