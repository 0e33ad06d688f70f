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
    return this.bytes.subarray(this.fulfillmentStart, this.fulfillmentStart + HASH_SIZE);
  }

  get data(): Uint8Array {
    return viewOf(this.bytes, this.dataStart, this.dataEnd);
  }
}

const reader = new Reader();

/** Reads a Fulfill (RFC 0027); parameters and errors as readPrepare. */
export function readFulfill(
  bytes: Uint8Array,
  into: FulfillView = new FulfillView(),
  start = 0,
  end = bytes.length,
): FulfillView {
  enter(reader, PacketType.fulfill, bytes, start, end);
  into.bytes = bytes;
  into.start = start;
  into.end = reader.end;
  into.fulfillmentStart = reader.skip(HASH_SIZE);
  into.dataStart = reader.octets(MAX_DATA, "data");
  into.dataEnd = reader.at;
  return into;
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
