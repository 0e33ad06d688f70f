import { WireError } from "./error.ts";
import { SeenTexts } from "./seen-texts.ts";
import { asciiText, isText, writeAscii } from "./text.ts";

/** The longest ILP address, in characters (RFC 0015). */
export const MAX_ADDRESS = 1023;

/** RFC 0015, allocation schemes, by their length: every address is asked for its own, so few are compared. */
const SCHEMES: readonly (readonly string[])[] = [
  [],
  ["g"],
  [],
  [],
  ["test", "peer", "self"],
  ["test1", "test2", "test3", "local"],
  [],
  ["private", "example"],
];

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
      if (byte !== PERIOD) throw bad(at, "a character that no ILP address has");
      if (at === segment) throw bad(at, "an ILP address with an empty segment");
      if (segment === start && !isScheme(bytes, start, at))
        throw bad(start, "an ILP address of no known scheme");
      segment = at + 1;
    }
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  if (segment === start) throw bad(start, "an ILP address of fewer than two segments");
  if (segment === end) throw bad(end, "an ILP address with an empty segment");
  return hash >>> 0;
}

function bad(at: number, what: string): WireError {
  return new WireError("BAD_ADDRESS", at, what);
}

function isScheme(bytes: Uint8Array, start: number, end: number): boolean {
  const ofItsLength = SCHEMES[end - start];
  if (ofItsLength === undefined) return false;
  for (let i = 0; i < ofItsLength.length; i++) if (isText(bytes, start, end, ofItsLength[i]!)) return true;
  return false;
}

/** At most one address a slot, as bytes and as text, so never more than 8 MB. */
const seen = new SeenTexts(4096, asciiText);

/**
 * An address as a string; the same address is mostly the same string.
 *
 * @param hash what {@link checkAddress} returned for the range
 */
export function addressText(bytes: Uint8Array, start: number, end: number, hash: number): string {
  return seen.text(bytes, start, end, hash);
}

/** Writes an address and checks what it wrote; returns the offset behind it. Errors as {@link checkAddress}. */
export function writeAddress(address: string, into: Uint8Array, at: number): number {
  const end = writeAscii(address, "an ILP address", into, at);
  checkAddress(into, at, end);
  return end;
}
