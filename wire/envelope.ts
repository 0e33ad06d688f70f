import { WireError } from "./error.ts";
import { needRoom, type Reader, sizeOfOctets, writeLength } from "./oer.ts";

/** The first byte of an ILP packet (RFC 0027). */
export const PacketType = { prepare: 12, fulfill: 13, reject: 14 } as const;

/** Most bytes of `data` in any packet. */
export const MAX_DATA = 32_767;
/** Bytes of a condition and of a fulfillment. */
export const HASH_SIZE = 32;

/**
 * Enters the envelope of a packet (RFC 0027, type-length wrapper): the reader is left on the contents and ends with them.
 *
 * Extra bytes behind the last field are ignored, inside of the envelope and behind it: RFC 0030 (Extensibility) keeps
 * them for fields to come, and `ilp-packet` ignores both. Whoever forwards a packet copies the envelope whole, so those
 * inside travel on.
 *
 * @throws WireError
 */
export function enter(reader: Reader, type: number, bytes: Uint8Array, start: number, end: number): void {
  reader.over(bytes, start, end);
  const actual = reader.uint8();
  if (actual !== type) throw wrongType(start, actual, type);
  const length = reader.length();
  reader.end = reader.at + length;
}

function wrongType(at: number, actual: number, wanted: number): WireError {
  return new WireError("BAD_TYPE", at, `packet type ${actual}, wanted ${wanted}`);
}

/** Bytes of an envelope around contents of this size. */
export function sizeOfEnvelope(contents: number): number {
  return 1 + sizeOfOctets(contents);
}

/** Makes sure of room for the whole packet, writes type and length, and returns the offset of the contents. */
export function open(type: number, contents: number, into: Uint8Array, at: number): number {
  needRoom(sizeOfEnvelope(contents), into, at);
  into[at] = type;
  return writeLength(contents, into, at + 1);
}

/** @throws WireError OUT_OF_RANGE unless it has 32 bytes */
export function needHash(hash: Uint8Array, what: string, at: number): void {
  if (hash.length !== HASH_SIZE)
    throw new WireError("OUT_OF_RANGE", at, `a ${what} of ${hash.length} bytes, not ${HASH_SIZE}`);
}

/** @throws WireError TOO_LONG past 32767 bytes */
export function needData(data: Uint8Array, at: number): void {
  if (data.length > MAX_DATA)
    throw new WireError("TOO_LONG", at, `data of ${data.length} bytes, limit ${MAX_DATA}`);
}
