/** ILPv4 packets, read in place and written into a buffer of the caller (RFC 0027). */
import { type Fulfill, sizeOfFulfill, writeFulfill } from "./fulfill.ts";
import { type Prepare, sizeOfPrepare, writePrepare } from "./prepare.ts";
import { type Reject, sizeOfReject, writeReject } from "./reject.ts";

export { MAX_ADDRESS } from "./address.ts";
export { HASH_SIZE, MAX_DATA, PacketType } from "./envelope.ts";
export { type Fulfill, FulfillView, readFulfill, sizeOfFulfill, writeFulfill } from "./fulfill.ts";
export { type Prepare, PrepareView, readPrepare, sizeOfPrepare, writePrepare } from "./prepare.ts";
export { MAX_MESSAGE, type Reject, RejectView, readReject, sizeOfReject, writeReject } from "./reject.ts";

/** Any packet, told apart by its own fields: `condition`, `fulfillment` or `code`. */
export type Packet = Prepare | Fulfill | Reject;

/** Bytes a packet takes, to make room for it. */
export function sizeOfPacket(packet: Packet): number {
  if ("condition" in packet) return sizeOfPrepare(packet);
  return "fulfillment" in packet ? sizeOfFulfill(packet) : sizeOfReject(packet);
}

/** Writes any of the three and returns the offset behind it; see {@link writePrepare}. */
export function writePacket(packet: Packet, into: Uint8Array, at = 0): number {
  if ("condition" in packet) return writePrepare(packet, into, at);
  return "fulfillment" in packet ? writeFulfill(packet, into, at) : writeReject(packet, into, at);
}
