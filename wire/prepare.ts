import { addressText, checkAddress, writeAddress } from "./address.ts";
import {
  enter,
  HASH_SIZE,
  MAX_DATA,
  needData,
  needHash,
  open,
  PacketType,
  sizeOfEnvelope,
} from "./envelope.ts";
import {
  EMPTY,
  Reader,
  sizeOfOctets,
  uint32At,
  uint64,
  viewOf,
  writeLength,
  writeOctets,
  writeUint64,
} from "./oer.ts";
import { readTimestamp, TIMESTAMP_SIZE, writeTimestamp } from "./timestamp.ts";

/** What a Prepare says, for writing one. */
export interface Prepare {
  /** Units of the peers' asset, 0 to 2^64 - 1; a number up to 2^53 - 1 is cheaper. */
  readonly amount: bigint | number;
  /** Epoch milliseconds, years 0000 to 9999. */
  readonly expiresAtMs: number;
  /** SHA-256 of the fulfillment, 32 bytes. */
  readonly condition: Uint8Array;
  /** ILP address of the receiver. */
  readonly destination: string;
  /** At most 32767 bytes, for the receiver alone. */
  readonly data: Uint8Array;
}

/**
 * A Prepare, read in place: the fields are offsets into `bytes`, and the getters make views of them, nothing is copied.
 * So it is good for as long as the bytes stay as they are. A view is reused by giving it to {@link readPrepare} again;
 * after an error it holds nothing of use.
 */
export class PrepareView implements Prepare {
  bytes: Uint8Array = EMPTY;
  /** The packet is `bytes[start, end)`. */
  start = 0;
  end = 0;
  /** Where the amount is; the expiry is 8 bytes behind it, the condition 25. */
  amountAt = 0;
  expiresAtMs = 0;
  destinationStart = 0;
  destinationEnd = 0;
  /** FNV-1a of the destination, 32 bits. */
  destinationHash = 0;
  dataStart = 0;
  dataEnd = 0;

  get amount(): bigint {
    return uint64(uint32At(this.bytes, this.amountAt), uint32At(this.bytes, this.amountAt + 4));
  }

  /**
   * The amount as a number, exact up to 2^53 - 1, and Infinity above: a comparison with any limit turns it away. For
   * hot paths, where a bigint costs an allocation, and so does all that is computed from it.
   */
  get amountNumber(): number {
    const high = uint32At(this.bytes, this.amountAt);
    if (high > 0x1f_ffff) return Number.POSITIVE_INFINITY;
    return high * 2 ** 32 + uint32At(this.bytes, this.amountAt + 4);
  }

  get condition(): Uint8Array {
    const at = this.amountAt + 8 + TIMESTAMP_SIZE;
    return this.bytes.subarray(at, at + HASH_SIZE);
  }

  /** The same address is mostly the same string, see {@link addressText}. */
  get destination(): string {
    return addressText(this.bytes, this.destinationStart, this.destinationEnd, this.destinationHash);
  }

  get data(): Uint8Array {
    return viewOf(this.bytes, this.dataStart, this.dataEnd);
  }
}

/** One for all packets: reading calls nobody back, so it is never in use twice. */
const reader = new Reader();

/**
 * Reads a Prepare (RFC 0027).
 *
 * @param into where to; a new view unless given
 * @param start offset of the packet's first byte
 * @param end offset behind the last byte that may be read
 * @throws WireError
 */
export function readPrepare(
  bytes: Uint8Array,
  into: PrepareView = new PrepareView(),
  start = 0,
  end = bytes.length,
): PrepareView {
  enter(reader, PacketType.prepare, bytes, start, end);
  into.bytes = bytes;
  into.start = start;
  into.end = reader.end;
  into.amountAt = reader.skip(8 + TIMESTAMP_SIZE + HASH_SIZE);
  into.expiresAtMs = readTimestamp(bytes, into.amountAt + 8);
  const destination = reader.string();
  into.destinationHash = checkAddress(bytes, destination, reader.at);
  into.destinationStart = destination;
  into.destinationEnd = reader.at;
  into.dataStart = reader.octets(MAX_DATA, "data");
  into.dataEnd = reader.at;
  return into;
}

function sizeOfContents({ destination, data }: Prepare): number {
  return 8 + TIMESTAMP_SIZE + HASH_SIZE + sizeOfOctets(destination.length) + sizeOfOctets(data.length);
}

/** Bytes a Prepare takes, to make room for it. Says nothing about whether its fields are in range. */
export function sizeOfPrepare(prepare: Prepare): number {
  return sizeOfEnvelope(sizeOfContents(prepare));
}

/**
 * Writes a Prepare into the caller's buffer and returns the offset behind it. After an error the buffer may hold a part.
 *
 * @throws WireError OUT_OF_RANGE, BAD_TIMESTAMP, BAD_ADDRESS, BAD_TEXT, TOO_LONG, NO_ROOM
 */
export function writePrepare(prepare: Prepare, into: Uint8Array, at = 0): number {
  needHash(prepare.condition, "condition", at);
  needData(prepare.data, at);
  let to = open(PacketType.prepare, sizeOfContents(prepare), into, at);
  to = writeUint64(prepare.amount, into, to);
  to = writeTimestamp(prepare.expiresAtMs, into, to);
  into.set(prepare.condition, to);
  to = writeLength(prepare.destination.length, into, to + HASH_SIZE);
  to = writeAddress(prepare.destination, into, to);
  return writeOctets(prepare.data, into, to);
}
