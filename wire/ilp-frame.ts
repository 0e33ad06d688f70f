/**
 * ILP packets in BTP frames, in one pass: the packet is written where it ends up, and a packet that only passes through
 * is copied once and patched. RFC 0027 made amount and expiry fixed-length fields for just that.
 */
import { WireError } from "./error.ts";
import { FrameType, type FrameView, LONE_ILP } from "./frame.ts";
import { type Fulfill, sizeOfFulfill, writeFulfill } from "./fulfill.ts";
import { needRoom, needUint32, sizeOfOctets, writeLength, writeUint32, writeUint64 } from "./oer.ts";
import { type Prepare, type PrepareView, sizeOfPrepare, writePrepare } from "./prepare.ts";
import { type Reject, sizeOfReject, writeReject } from "./reject.ts";
import { writeTimestamp } from "./timestamp.ts";
import { openFrame } from "./write-frame.ts";

/** Bytes a frame with one `ilp` entry takes. */
export function sizeOfIlpFrame(packetSize: number): number {
  return 5 + sizeOfOctets(LONE_ILP.length + sizeOfOctets(packetSize));
}

/**
 * Makes sure of room for the whole frame, writes all of it but the packet, and returns the packet's offset.
 *
 * @throws WireError OUT_OF_RANGE, NO_ROOM
 */
function openIlpFrame(
  type: number,
  requestId: number,
  packetSize: number,
  into: Uint8Array,
  at: number,
): number {
  const body = LONE_ILP.length + sizeOfOctets(packetSize);
  const to = openFrame(type, requestId, body, into, at);
  for (let i = 0; i < LONE_ILP.length; i++) into[to + i] = LONE_ILP[i]!;
  return writeLength(packetSize, into, to + LONE_ILP.length);
}

/**
 * Writes a Message that carries a Prepare and returns the offset behind it. For many alike use a PrepareTemplate
 * (template.ts).
 *
 * @throws WireError as `writeFrame` and `writePrepare`
 */
export function writePrepareFrame(requestId: number, prepare: Prepare, into: Uint8Array, at = 0): number {
  return writePrepare(
    prepare,
    into,
    openIlpFrame(FrameType.message, requestId, sizeOfPrepare(prepare), into, at),
  );
}

/** Writes a Response that carries a Fulfill, otherwise as {@link writePrepareFrame}. */
export function writeFulfillFrame(requestId: number, fulfill: Fulfill, into: Uint8Array, at = 0): number {
  return writeFulfill(
    fulfill,
    into,
    openIlpFrame(FrameType.response, requestId, sizeOfFulfill(fulfill), into, at),
  );
}

/** Writes a Response that carries a Reject, otherwise as {@link writePrepareFrame}. */
export function writeRejectFrame(requestId: number, reject: Reject, into: Uint8Array, at = 0): number {
  return writeReject(
    reject,
    into,
    openIlpFrame(FrameType.response, requestId, sizeOfReject(reject), into, at),
  );
}

/**
 * Copies the ILP packet of a frame into a new frame of the same type under another request id: how a Fulfill or a
 * Reject goes back a hop. Other sub-protocols are between two peers and stay behind.
 *
 * @returns the offset behind it
 * @throws WireError BAD_TYPE for a frame without a packet, OUT_OF_RANGE, NO_ROOM
 */
export function relayFrame(frame: FrameView, requestId: number, into: Uint8Array, at = 0): number {
  return copyFrame(frame, frame.ilpEnd, requestId, into, at) + frame.ilpEnd - frame.ilpStart;
}

/**
 * Forwards a Prepare to the next hop: a new Message with its own request id, amount and expiry, and every other byte of
 * the packet as it came.
 *
 * @param frame what the packet came in, a Message
 * @param prepare the packet, read from that frame
 * @param amount as in {@link Prepare}
 * @param expiresAtMs earlier than the one that came (RFC 0027), which is the caller's to see to
 * @returns the offset behind the new frame
 * @throws WireError BAD_TYPE for a frame without a packet, OUT_OF_RANGE, BAD_TIMESTAMP, NO_ROOM
 */
export function forwardPrepare(
  frame: FrameView,
  prepare: PrepareView,
  requestId: number,
  amount: bigint | number,
  expiresAtMs: number,
  into: Uint8Array,
  at = 0,
): number {
  const to = copyFrame(frame, prepare.end, requestId, into, at);
  patchPrepare(amount, expiresAtMs, into, to + prepare.amountAt - prepare.start);
  return to + prepare.end - prepare.start;
}

/** Copies the packet, up to `packetEnd`, under a new request id; returns the offset of the packet in the new frame. */
function copyFrame(
  frame: FrameView,
  packetEnd: number,
  requestId: number,
  into: Uint8Array,
  at: number,
): number {
  const { bytes, start, ilpStart } = frame;
  if (ilpStart < 0) throw new WireError("BAD_TYPE", start, "a frame without an ILP packet");
  if (frame.isPlainIlp && packetEnd === frame.end && start === 0 && packetEnd === bytes.length) {
    // The frame is all there is in its array, so it needs no view: 20 ns, where a view and its copy are 110.
    needUint32(requestId, "request id", at);
    needRoom(packetEnd, into, at);
    into.set(bytes, at);
    writeUint32(requestId, into, at + 1);
    return at + ilpStart;
  }
  const to = openIlpFrame(frame.type, requestId, packetEnd - ilpStart, into, at);
  into.set(bytes.subarray(ilpStart, packetEnd), to);
  return to;
}

/** Writes another request id into a frame in place, at `start`. */
export function patchRequestId(requestId: number, bytes: Uint8Array, start = 0): void {
  needUint32(requestId, "request id", start);
  needRoom(5, bytes, start);
  writeUint32(requestId, bytes, start + 1);
}

/**
 * Writes another amount and expiry into a Prepare in place.
 *
 * @param amountAt where its amount is, {@link PrepareView.amountAt}
 * @throws WireError OUT_OF_RANGE, BAD_TIMESTAMP, NO_ROOM
 */
export function patchPrepare(
  amount: bigint | number,
  expiresAtMs: number,
  bytes: Uint8Array,
  amountAt: number,
): void {
  needRoom(25, bytes, amountAt);
  writeTimestamp(expiresAtMs, bytes, writeUint64(amount, bytes, amountAt));
}
