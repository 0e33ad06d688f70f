import { WireError } from "./error.ts";
import { type Entry, FrameType, MAX_ERROR_DATA } from "./frame.ts";
import {
  needRoom,
  needUint32,
  sizeOfOctets,
  writeLength,
  writeOctets,
  writeUint32,
  writeUint64,
} from "./oer.ts";
import { writeAscii } from "./text.ts";
import { sizeOfGeneralizedTime, writeGeneralizedTime } from "./timestamp.ts";

interface FrameHead {
  /** 0 to 2^32 - 1; an answer carries the one of its request. */
  readonly requestId: number;
  /** Sub-protocols, primary first. */
  readonly entries: readonly Entry[];
}

/** A request, or an answer to one. */
export interface MessageFrame extends FrameHead {
  readonly type: typeof FrameType.message | typeof FrameType.response;
}

/** News of a settlement. */
export interface TransferFrame extends FrameHead {
  readonly type: typeof FrameType.transfer;
  /** 0 to 2^64 - 1. */
  readonly amount: bigint | number;
}

/** The answer to a request that BTP itself cannot serve; an ILP Reject travels in a Response. */
export interface ErrorFrame extends FrameHead {
  readonly type: typeof FrameType.error;
  /** Three ASCII characters; RFC 0023 lists them: F00, T00. */
  readonly code: string;
  /** The code's name, ASCII: NotAcceptedError, UnreachableError. */
  readonly name: string;
  /** Epoch milliseconds, years 0000 to 9999. */
  readonly triggeredAtMs: number;
  /** At most 8192 bytes. */
  readonly data: Uint8Array;
}

/** What a frame says, for writing one. */
export type Frame = MessageFrame | TransferFrame | ErrorFrame;

/** Bytes of the number of entries, without the byte that says so. */
function sizeOfCount(count: number): number {
  return count < 0x100 ? 1 : count < 0x1_0000 ? 2 : count < 0x100_0000 ? 3 : 4;
}

function sizeOfBody(frame: Frame): number {
  let size = 1 + sizeOfCount(frame.entries.length);
  for (const { name, data } of frame.entries)
    size += sizeOfOctets(name.length) + 1 + sizeOfOctets(data.length);
  if (frame.type === FrameType.transfer) size += 8;
  if (frame.type === FrameType.error)
    size +=
      3 +
      sizeOfOctets(frame.name.length) +
      sizeOfOctets(sizeOfGeneralizedTime(frame.triggeredAtMs)) +
      sizeOfOctets(frame.data.length);
  return size;
}

/** Bytes a frame takes, to make room for it. Says nothing about whether its fields are in range. */
export function sizeOfFrame(frame: Frame): number {
  return 5 + sizeOfOctets(sizeOfBody(frame));
}

/**
 * Makes sure of room for a frame with a body of this size, writes its type, request id and length, and returns the offset
 * of the body.
 *
 * @throws WireError OUT_OF_RANGE, NO_ROOM
 */
export function openFrame(
  type: number,
  requestId: number,
  body: number,
  into: Uint8Array,
  at: number,
): number {
  needUint32(requestId, "request id", at);
  needRoom(5 + sizeOfOctets(body), into, at);
  into[at] = type;
  return writeLength(body, into, writeUint32(requestId, into, at + 1));
}

/**
 * Writes a frame into the caller's buffer and returns the offset behind it. After an error the buffer may hold a part.
 *
 * @throws WireError OUT_OF_RANGE, BAD_TEXT, BAD_TIMESTAMP, BAD_TYPE, TOO_LONG, NO_ROOM
 */
export function writeFrame(frame: Frame, into: Uint8Array, at = 0): number {
  const { type, requestId, entries } = frame;
  let to = openFrame(type, requestId, sizeOfBody(frame), into, at);
  switch (type) {
    case FrameType.message:
    case FrameType.response:
      break;
    case FrameType.transfer:
      to = writeUint64(frame.amount, into, to);
      break;
    case FrameType.error:
      to = writeErrorFields(frame, into, to);
      break;
    default:
      throw new WireError("BAD_TYPE", at, `frame type ${type}, which BTP/2.0 does not have`);
  }
  to = writeCount(entries.length, into, to);
  for (const { name, contentType, data } of entries) {
    to = writeAscii(name, "a sub-protocol's name", into, writeLength(name.length, into, to));
    if ((contentType & 0xff) !== contentType)
      throw new WireError("OUT_OF_RANGE", to, `content type ${contentType} is not in one byte`);
    into[to] = contentType;
    to = writeOctets(data, into, to + 1);
  }
  return to;
}

function writeCount(count: number, into: Uint8Array, at: number): number {
  const size = sizeOfCount(count);
  into[at] = size;
  for (let i = at + size, rest = count; i > at; i--, rest >>>= 8) into[i] = rest;
  return at + 1 + size;
}

function writeErrorFields(
  { code, name, triggeredAtMs, data }: ErrorFrame,
  into: Uint8Array,
  at: number,
): number {
  if (code.length !== 3)
    throw new WireError("OUT_OF_RANGE", at, `code ${JSON.stringify(code)} is not of three characters`);
  if (data.length > MAX_ERROR_DATA)
    throw new WireError("TOO_LONG", at, `data of ${data.length} bytes, limit ${MAX_ERROR_DATA}`);
  let to = writeAscii(code, "a code", into, at);
  to = writeAscii(name, "an error's name", into, writeLength(name.length, into, to));
  to = writeLength(sizeOfGeneralizedTime(triggeredAtMs), into, to);
  to = writeGeneralizedTime(triggeredAtMs, into, to);
  return writeOctets(data, into, to);
}
