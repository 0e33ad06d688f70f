/**
 * Why bytes are no frame or packet, or why a value does not fit into one:
 *
 * - `TRUNCATED` the bytes end before a field does, or a length promises more than there is
 * - `BAD_LENGTH` a length or a count that is not in its one canonical form (RFC 0030)
 * - `BAD_TYPE` no such ILP packet or BTP frame
 * - `TOO_LONG` a field is longer than its RFC allows
 * - `BAD_TIMESTAMP` not a date of RFC 0030
 * - `BAD_ADDRESS` not an ILP address (RFC 0015)
 * - `BAD_TEXT` a character that is not ASCII where only IA5String is allowed
 * - `OUT_OF_RANGE` (writing) a number or a fixed-length field that its place cannot hold
 * - `NO_ROOM` (writing) the caller's buffer ends too soon
 */
export type WireErrorCode =
  | "TRUNCATED"
  | "BAD_LENGTH"
  | "BAD_TYPE"
  | "TOO_LONG"
  | "BAD_TIMESTAMP"
  | "BAD_ADDRESS"
  | "BAD_TEXT"
  | "OUT_OF_RANGE"
  | "NO_ROOM";

/** The one error of this room: nothing else is thrown for bytes of a stranger. */
export class WireError extends Error {
  readonly code: WireErrorCode;
  /** Where it is, in bytes from the start of the array that was given. */
  readonly offset: number;

  constructor(code: WireErrorCode, offset: number, what: string) {
    super(`${what} (byte ${offset})`);
    this.name = "WireError";
    this.code = code;
    this.offset = offset;
  }
}
