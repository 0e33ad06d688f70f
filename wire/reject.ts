import { addressText, checkAddress, writeAddress } from "./address.ts";
import { enter, MAX_DATA, needData, open, PacketType, sizeOfEnvelope } from "./envelope.ts";
import { WireError } from "./error.ts";
import { EMPTY, Reader, sizeOfOctets, viewOf, writeLength, writeOctets } from "./oer.ts";
import { SeenTexts } from "./seen-texts.ts";
import {
  asciiText,
  checkAscii,
  countCharacters,
  sizeOfUtf8,
  utf8Text,
  writeAscii,
  writeUtf8,
} from "./text.ts";

/** Most characters of a message. Characters, as ASN.1 counts a UTF8String, so up to four bytes each. */
export const MAX_MESSAGE = 8191;

/** What a Reject says, for writing one. */
export interface Reject {
  /** Three characters; RFC 0027 lists them: F02, R00, T04. */
  readonly code: string;
  /** ILP address of who gave up, or empty. */
  readonly triggeredBy: string;
  /** At most 8191 characters, for people. */
  readonly message: string;
  /** At most 32767 bytes. */
  readonly data: Uint8Array;
}

/** A connector says few different things. Only those of up to so many bytes are kept, so the table stays below 50 kB. */
const SHORT_MESSAGE = 64;
const messages = new SeenTexts(256, utf8Text);
const codes = new SeenTexts(64, asciiText);

/** A Reject, read in place; see PrepareView for what that means. */
export class RejectView implements Reject {
  bytes: Uint8Array = EMPTY;
  /** The packet is `bytes[start, end)`. */
  start = 0;
  end = 0;
  codeStart = 0;
  triggeredByStart = 0;
  triggeredByEnd = 0;
  triggeredByHash = 0;
  messageStart = 0;
  messageEnd = 0;
  dataStart = 0;
  dataEnd = 0;

  /** Three ASCII characters; RFC 0027 lists them, others pass. */
  get code(): string {
    const { bytes, codeStart: at } = this;
    return codes.text(bytes, at, at + 3, bytes[at]! ^ (bytes[at + 1]! << 1) ^ (bytes[at + 2]! << 2));
  }

  get triggeredBy(): string {
    if (this.triggeredByStart === this.triggeredByEnd) return "";
    return addressText(this.bytes, this.triggeredByStart, this.triggeredByEnd, this.triggeredByHash);
  }

  /** U+FFFD where it is not UTF-8. */
  get message(): string {
    const { bytes, messageStart: start, messageEnd: end } = this;
    const size = end - start;
    if (size === 0) return "";
    if (size > SHORT_MESSAGE) return utf8Text(bytes, start, end);
    // Three bytes tell most messages apart, and a pass over all would cost as much as the comparison.
    const hash = size ^ (bytes[start]! << 1) ^ (bytes[start + (size >> 1)]! << 2) ^ (bytes[end - 1]! << 3);
    return messages.text(bytes, start, end, hash);
  }

  get data(): Uint8Array {
    return viewOf(this.bytes, this.dataStart, this.dataEnd);
  }
}

const reader = new Reader();

/**
 * Reads a Reject (RFC 0027); parameters and errors as readPrepare. An empty `triggeredBy` passes: RFC 0030
 * allows addresses of length 0, `ilp-packet` as well.
 */
export function readReject(
  bytes: Uint8Array,
  into: RejectView = new RejectView(),
  start = 0,
  end = bytes.length,
): RejectView {
  if (locateShort(bytes, into, start, end)) {
    checkOrigin(into);
    return into;
  }
  enter(reader, PacketType.reject, bytes, start, end);
  into.bytes = bytes;
  into.start = start;
  into.end = reader.end;
  into.codeStart = reader.skip(3);
  into.triggeredByStart = reader.string();
  into.triggeredByEnd = reader.at;
  checkOrigin(into);
  into.messageStart = reader.string();
  into.messageEnd = reader.at;
  checkMessage(bytes, into.messageStart, into.messageEnd);
  into.dataStart = reader.octets(MAX_DATA, "data");
  into.dataEnd = reader.at;
  return into;
}

/**
 * Nearly every Reject: its length takes one byte, and so then do all within it, of which none is over a limit. Says no to
 * all others, the broken ones too; code and address are still to be checked.
 */
function locateShort(bytes: Uint8Array, into: RejectView, start: number, end: number): boolean {
  if (!(start >= 0 && end <= bytes.length && end - start > 2)) return false;
  if (bytes[start] !== PacketType.reject) return false;
  const size = bytes[start + 1]!;
  const over = start + 2 + size;
  // A code and three lengths at least.
  if (size < 6 || size >= 0x80 || over > end) return false;
  // A byte of 0x80 and more, how many of length follow, leads past the end, and so do all but the lengths there are.
  const by = start + 6;
  const byEnd = by + bytes[by - 1]!;
  if (byEnd >= over) return false;
  const message = byEnd + 1;
  const messageEnd = message + bytes[byEnd]!;
  if (messageEnd >= over) return false;
  const data = messageEnd + 1;
  const dataEnd = data + bytes[messageEnd]!;
  if (dataEnd > over) return false;
  into.bytes = bytes;
  into.start = start;
  into.end = over;
  into.codeStart = start + 2;
  into.triggeredByStart = by;
  into.triggeredByEnd = byEnd;
  into.messageStart = message;
  into.messageEnd = messageEnd;
  into.dataStart = data;
  into.dataEnd = dataEnd;
  return true;
}

/** @throws WireError BAD_TEXT, BAD_ADDRESS, TOO_LONG */
function checkOrigin(view: RejectView): void {
  const { bytes, codeStart, triggeredByStart, triggeredByEnd } = view;
  checkAscii(bytes, codeStart, codeStart + 3, "a code");
  const none = triggeredByStart === triggeredByEnd;
  view.triggeredByHash = none ? 0 : checkAddress(bytes, triggeredByStart, triggeredByEnd);
}

function checkMessage(bytes: Uint8Array, start: number, end: number): void {
  if (end - start <= MAX_MESSAGE) return;
  const characters = end - start > 4 * MAX_MESSAGE ? end - start : countCharacters(bytes, start, end);
  if (characters > MAX_MESSAGE)
    throw new WireError("TOO_LONG", start, `a message of ${characters} characters, limit ${MAX_MESSAGE}`);
}

function sizeOfContents({ triggeredBy, data }: Reject, messageSize: number): number {
  return 3 + sizeOfOctets(triggeredBy.length) + sizeOfOctets(messageSize) + sizeOfOctets(data.length);
}

/** Bytes a Reject takes. */
export function sizeOfReject(reject: Reject): number {
  return sizeOfEnvelope(sizeOfContents(reject, sizeOfUtf8(reject.message)));
}

/** Writes a Reject; as writePrepare. Lone surrogates of the message become U+FFFD. */
export function writeReject(reject: Reject, into: Uint8Array, at = 0): number {
  if (reject.code.length !== 3)
    throw new WireError("OUT_OF_RANGE", at, `code ${JSON.stringify(reject.code)} is not of three characters`);
  needData(reject.data, at);
  const messageSize = sizeOfUtf8(reject.message);
  let to = open(PacketType.reject, sizeOfContents(reject, messageSize), into, at);
  to = writeAscii(reject.code, "a code", into, to);
  to = writeLength(reject.triggeredBy.length, into, to);
  if (reject.triggeredBy !== "") to = writeAddress(reject.triggeredBy, into, to);
  to = writeLength(messageSize, into, to);
  const end = writeUtf8(reject.message, into, to);
  checkMessage(into, to, end);
  return writeOctets(reject.data, into, end);
}
