import { WireError } from "./error.ts";

/** Stands for "no bytes" wherever an array is needed. */
export const EMPTY = new Uint8Array(0);

const TWO_32 = 2 ** 32;

/**
 * A cursor over `bytes[at, end)`, for canonical OER as Interledger uses it (RFC 0030). It never reads at or past `end`
 * and allocates nothing but the views it is asked for.
 *
 * Fields are named by offsets, not by views: a view costs 40 ns in V8 and 1.4 us in k6, and most fields of a packet are
 * passed on without a look.
 */
export class Reader {
  bytes: Uint8Array = EMPTY;
  at = 0;
  end = 0;

  /**
   * Starts again on other bytes, so that one reader serves any number of packets.
   *
   * @throws WireError OUT_OF_RANGE when `[at, end)` is not inside `bytes`
   */
  over(bytes: Uint8Array, at: number, end: number): this {
    // Written so that undefined and NaN, from callers without types, are refused as well.
    if (!(at >= 0 && at <= end && end <= bytes.length)) throw noRange(bytes, at, end);
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    return this;
  }

  /** Passes over `length` bytes and returns the offset of the first. */
  skip(length: number): number {
    const start = this.at;
    if (length > this.end - start) throw truncated(start, length, this.end);
    this.at = start + length;
    return start;
  }

  uint8(): number {
    const at = this.at;
    if (at >= this.end) throw truncated(at, 1, this.end);
    this.at = at + 1;
    return this.bytes[at]!;
  }

  /** Big-endian, 0 to 2^32 - 1. */
  uint32(): number {
    return uint32At(this.bytes, this.skip(4));
  }

  /** A length determinant, checked against what is left: at most `end - at` afterwards. */
  length(): number {
    const at = this.at;
    if (at >= this.end) throw truncated(at, 1, this.end);
    let length = this.bytes[at]!;
    let contents = at + 1;
    if (length >= 0x80) {
      const size = length & 0x7f;
      length = longLength(this.bytes, at, size, this.end);
      contents += size;
    }
    if (length > this.end - contents) throw truncated(contents, length, this.end);
    this.at = contents;
    return length;
  }

  /** Passes over a variable-length string of any length and returns the offset of its first byte; it ends at `at`. */
  string(): number {
    const length = this.length();
    const start = this.at;
    this.at = start + length;
    return start;
  }

  /**
   * Passes over a variable-length octet string and returns the offset of its first byte; it ends at `at`.
   *
   * @param limit the longest its RFC allows, in bytes
   * @param what the field's name, for the error
   */
  octets(limit: number, what: string): number {
    const before = this.at;
    const length = this.length();
    if (length > limit) throw tooLong(before, what, length, limit);
    const start = this.at;
    this.at = start + length;
    return start;
  }

  /**
   * The number of elements of a SEQUENCE OF: a length in one byte, then that many bytes of number. It bounds nothing
   * by itself: read element by element.
   */
  quantity(): number {
    const at = this.at;
    const size = this.uint8();
    if (size === 0 || size > 8) throw new WireError("BAD_LENGTH", at, `a count in ${size} bytes`);
    const first = this.skip(size);
    if (size > 1 && this.bytes[first] === 0)
      throw new WireError("BAD_LENGTH", first, "a count with leading zeros");
    let count = 0;
    for (let i = first; i < first + size; i++) count = count * 256 + this.bytes[i]!;
    return count;
  }
}

function longLength(bytes: Uint8Array, at: number, size: number, end: number): number {
  // RFC 0030 lets an implementation stop at eight bytes, and no Interledger length may need more.
  if (size === 0 || size > 8) throw new WireError("BAD_LENGTH", at, `a length in ${size} bytes`);
  if (size > end - at - 1) throw truncated(at + 1, size, end);
  if (bytes[at + 1] === 0) throw new WireError("BAD_LENGTH", at + 1, "a length with leading zeros");
  let length = 0;
  for (let i = at + 1; i <= at + size; i++) length = length * 256 + bytes[i]!;
  if (length < 0x80) throw new WireError("BAD_LENGTH", at, `length ${length} in the long form`);
  return length;
}

// Made out of line: V8 inlines a reader into its callers only while it is small.

function noRange(bytes: Uint8Array, at: number, end: number): WireError {
  return new WireError("OUT_OF_RANGE", at, `no range of ${bytes.length} bytes: ${at} to ${end}`);
}

function tooLong(at: number, what: string, length: number, limit: number): WireError {
  return new WireError("TOO_LONG", at, `${what} of ${length} bytes, limit ${limit}`);
}

function truncated(at: number, length: number, end: number): WireError {
  return new WireError("TRUNCATED", at, `${length} bytes wanted, ${end - at} left`);
}

/** The bytes of a range, as a view; no new one for none, as most data of answers are. */
export function viewOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return start === end ? EMPTY : bytes.subarray(start, end);
}

/** Big-endian u32 at an offset the caller has checked. */
export function uint32At(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** Turns halves into a bigint and back: V8 makes of it what shifts of bigints cost six times over. */
const scratch = new DataView(new ArrayBuffer(8));

/** The u64 whose halves these are. */
export function uint64(high: number, low: number): bigint {
  scratch.setUint32(0, high);
  scratch.setUint32(4, low);
  return scratch.getBigUint64(0);
}

/** Bytes a length determinant takes. */
export function sizeOfLength(length: number): number {
  if (length < 0x80) return 1;
  if (length < 0x100) return 2;
  if (length < 0x1_0000) return 3;
  return length < 0x100_0000 ? 4 : 5;
}

/** Bytes a variable-length octet string takes with its length. */
export function sizeOfOctets(length: number): number {
  return sizeOfLength(length) + length;
}

/** Writes a length determinant and returns the offset behind it. Room is the caller's to check. */
export function writeLength(length: number, into: Uint8Array, at: number): number {
  if (length < 0x80) {
    into[at] = length;
    return at + 1;
  }
  const size = sizeOfLength(length) - 1;
  into[at] = 0x80 | size;
  for (let i = at + size, rest = length; i > at; i--, rest >>>= 8) into[i] = rest;
  return at + 1 + size;
}

/** Writes a variable-length octet string and returns the offset behind it. Room is the caller's to check. */
export function writeOctets(octets: Uint8Array, into: Uint8Array, at: number): number {
  const start = writeLength(octets.length, into, at);
  into.set(octets, start);
  return start + octets.length;
}

/** Writes a u32, big-endian. Range and room are the caller's to check. */
export function writeUint32(value: number, into: Uint8Array, at: number): number {
  into[at] = value >>> 24;
  into[at + 1] = value >>> 16;
  into[at + 2] = value >>> 8;
  into[at + 3] = value;
  return at + 4;
}

/**
 * Writes a u64, big-endian, and returns the offset behind it.
 *
 * @param value 0 to 2^64 - 1; a number only up to 2^53 - 1, and then without the cost of a bigint
 * @throws WireError OUT_OF_RANGE
 */
export function writeUint64(value: bigint | number, into: Uint8Array, at: number): number {
  if (typeof value === "number") {
    if (!(Number.isSafeInteger(value) && value >= 0))
      throw new WireError("OUT_OF_RANGE", at, `${value} is no whole number from 0 to 2^53 - 1`);
    // Most amounts fit into 32 bits, and k6's VM is slow at arithmetic.
    writeUint32(value < TWO_32 ? 0 : Math.floor(value / TWO_32), into, at);
    return writeUint32(value, into, at + 4);
  }
  if (value < 0n || value > 0xffff_ffff_ffff_ffffn)
    throw new WireError("OUT_OF_RANGE", at, `${value} is no unsigned 64-bit number`);
  scratch.setBigUint64(0, value);
  writeUint32(scratch.getUint32(0), into, at);
  return writeUint32(scratch.getUint32(4), into, at + 4);
}

/** @throws WireError NO_ROOM unless `size` bytes fit into the buffer from `at` on */
export function needRoom(size: number, into: Uint8Array, at: number): void {
  if (!(at >= 0 && at + size <= into.length))
    throw new WireError("NO_ROOM", at, `${size} bytes to write, room for ${Math.max(0, into.length - at)}`);
}

/** @throws WireError OUT_OF_RANGE unless the number is a whole one from 0 to 2^32 - 1 */
export function needUint32(value: number, what: string, at: number): void {
  if (value >>> 0 !== value)
    throw new WireError("OUT_OF_RANGE", at, `${what} ${value} is no unsigned 32-bit number`);
}
