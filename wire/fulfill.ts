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
import { EMPTY, Reader, sizeOfOctets, viewOf, writeOctets } from "./oer.ts";

/** What a Fulfill says, for writing one. */
export interface Fulfill {
  /** Preimage of the condition, 32 bytes. */
  readonly fulfillment: Uint8Array;
  /** At most 32767 bytes. */
  readonly data: Uint8Array;
}

/** A Fulfill, read in place; see PrepareView for what that means. */
export class FulfillView implements Fulfill {
  bytes: Uint8Array = EMPTY;
  /** The packet is `bytes[start, end)`. */
  start = 0;
  end = 0;
  fulfillmentStart = 0;
  dataStart = 0;
  dataEnd = 0;

  get fulfillment(): Uint8Array {
    const { bytes } = this;
    // Of a Buffer `subarray` makes another Buffer, which takes longer.
    return new Uint8Array(bytes.buffer, bytes.byteOffset + this.fulfillmentStart, HASH_SIZE);
  }

  get data(): Uint8Array {
    return viewOf(this.bytes, this.dataStart, this.dataEnd);
  }
}

const reader = new Reader();

/** Where the length of the data is when that of the packet takes one byte: behind type, length and fulfillment. */
const DATA_LENGTH_AT = 2 + HASH_SIZE;

/** Reads a Fulfill (RFC 0027); parameters and errors as readPrepare. After an error `into` holds what it held before. */
export function readFulfill(
  bytes: Uint8Array,
  into: FulfillView = new FulfillView(),
  start = 0,
  end = bytes.length,
): FulfillView {
  if (readShort(bytes, into, start, end)) return into;
  enter(reader, PacketType.fulfill, bytes, start, end);
  const fulfillmentStart = reader.skip(HASH_SIZE);
  into.dataStart = reader.octets(MAX_DATA, "data");
  into.dataEnd = reader.at;
  into.fulfillmentStart = fulfillmentStart;
  into.bytes = bytes;
  into.start = start;
  into.end = reader.end;
  return into;
}

/**
 * Nearly every Fulfill: both lengths take one byte, so each field is where it always is. A fifth less than from field to
 * field. Says no to all others, the broken ones too.
 */
function readShort(bytes: Uint8Array, into: FulfillView, start: number, end: number): boolean {
  if (!(start >= 0 && end <= bytes.length && end - start > DATA_LENGTH_AT)) return false;
  if (bytes[start] !== PacketType.fulfill) return false;
  const size = bytes[start + 1]!;
  const dataSize = bytes[start + DATA_LENGTH_AT]!;
  // With 0x80 and more it would be how many bytes of length follow; the data are shorter than the packet.
  if (size >= 0x80 || 2 + size > end - start || HASH_SIZE + 1 + dataSize > size) return false;
  into.bytes = bytes;
  into.start = start;
  into.end = start + 2 + size;
  into.fulfillmentStart = start + 2;
  into.dataStart = start + DATA_LENGTH_AT + 1;
  into.dataEnd = into.dataStart + dataSize;
  return true;
}

function sizeOfContents({ data }: Fulfill): number {
  return HASH_SIZE + sizeOfOctets(data.length);
}

/** Bytes a Fulfill takes. */
export function sizeOfFulfill(fulfill: Fulfill): number {
  return sizeOfEnvelope(sizeOfContents(fulfill));
}

/** Writes a Fulfill; as writePrepare. */
export function writeFulfill(fulfill: Fulfill, into: Uint8Array, at = 0): number {
  needHash(fulfill.fulfillment, "fulfillment", at);
  needData(fulfill.data, at);
  const to = open(PacketType.fulfill, sizeOfContents(fulfill), into, at);
  into.set(fulfill.fulfillment, to);
  return writeOctets(fulfill.data, into, to + HASH_SIZE);
}
