import { WireError } from "./error.ts";
import { EMPTY, Reader, uint32At, uint64 } from "./oer.ts";
import { asciiText, checkAscii, isText, utf8Text } from "./text.ts";
import { readGeneralizedTime } from "./timestamp.ts";

/** The first byte of a BTP/2.0 frame (RFC 0023). */
export const FrameType = { response: 1, error: 2, message: 6, transfer: 7 } as const;

/** How a sub-protocol's data are meant to be shown; other values up to 255 pass (RFC 0023). */
export const ContentType = { octets: 0, text: 1, json: 2 } as const;

/** How the entries of a frame begin that has one alone, named `ilp`, in octets: all up to the length of its data. */
export const LONE_ILP = new Uint8Array([1, 1, 3, 0x69, 0x6c, 0x70, ContentType.octets]);

/** The name of an `ilp` entry, with its length. */
const ILP_NAME_SIZE = 4;

/** Most bytes of `data` in a BTP Error. */
export const MAX_ERROR_DATA = 8192;

/** One sub-protocol of a frame. The first is the primary: it alone says what is asked for. */
export interface Entry {
  /** ASCII. */
  readonly name: string;
  /** 0 to 255, see {@link ContentType}. */
  readonly contentType: number;
  readonly data: Uint8Array;
}

/** Names that need not be made anew. */
function nameText(bytes: Uint8Array, start: number, end: number): string {
  return isText(bytes, start, end, "ilp") ? "ilp" : asciiText(bytes, start, end);
}

/** Never in use twice, as reading calls nobody back. */
const reader = new Reader();

/**
 * A BTP frame, read in place: fields are offsets into `bytes`, getters make views of them, nothing is copied. So it is
 * good for as long as the bytes stay as they are. It is reused by giving it to {@link readFrame} again; after an error it
 * holds nothing of use.
 */
export class FrameView {
  bytes: Uint8Array = EMPTY;
  /** The frame is `bytes[start, end)`. */
  start = 0;
  end = 0;
  /** 1, 2, 6 or 7, see {@link FrameType}. */
  type = 0;
  /** 0 to 2^32 - 1. */
  requestId = 0;
  /** Where the ILP packet is: the data of the primary entry if its name is `ilp`, else -1. */
  ilpStart = -1;
  ilpEnd = -1;
  entryCount = 0;
  /** True for a Message or Response of nothing but one `ilp` entry, so that copying it whole forwards it. */
  isPlainIlp = false;
  /** Only of an Error: when it was emitted, epoch milliseconds. */
  triggeredAtMs = 0;

  // Behind the request id; where a Transfer has its amount and an Error its code.
  bodyStart = 0;
  entriesStart = 0;
  bodyEnd = 0;
  nameEnd = 0;
  errorDataStart = 0;
  errorDataEnd = 0;

  /** Of a Transfer: 0 to 2^64 - 1. */
  get amount(): bigint {
    this.#only(FrameType.transfer, "amount");
    return uint64(uint32At(this.bytes, this.bodyStart), uint32At(this.bytes, this.bodyStart + 4));
  }

  /** Of an Error: three ASCII characters, RFC 0023 lists them. */
  get code(): string {
    this.#only(FrameType.error, "code");
    return asciiText(this.bytes, this.bodyStart, this.bodyStart + 3);
  }

  /** Of an Error: the code's name. */
  get name(): string {
    this.#only(FrameType.error, "name");
    // Three bytes of code lie before it, and its length.
    reader.over(this.bytes, this.bodyStart + 3, this.nameEnd);
    const start = reader.string();
    return asciiText(this.bytes, start, this.nameEnd);
  }

  /** Of an Error: its data, at most 8192 bytes. */
  get errorData(): Uint8Array {
    this.#only(FrameType.error, "data");
    return this.bytes.subarray(this.errorDataStart, this.errorDataEnd);
  }

  /** Of an Error: its data as text, which they mostly are; U+FFFD where they are not UTF-8. */
  get errorText(): string {
    this.#only(FrameType.error, "data");
    return utf8Text(this.bytes, this.errorDataStart, this.errorDataEnd);
  }

  /** The sub-protocols, primary first. As many objects as the frame holds entries, of three bytes at least. */
  get entries(): Entry[] {
    const { bytes } = this;
    if (this.ilpStart >= 0 && this.entryCount === 1) {
      // Nearly every frame: what readFrame has found need not be read again. The content type is behind the name.
      const contentType = bytes[this.entriesStart + ILP_NAME_SIZE]!;
      return [{ name: "ilp", contentType, data: bytes.subarray(this.ilpStart, this.ilpEnd) }];
    }
    reader.over(bytes, this.entriesStart, this.bodyEnd);
    // As long as it will be: pushing would make room for 17. Bounded by the bytes, as readFrame has seen every entry.
    const entries = new Array<Entry>(this.entryCount);
    for (let i = 0; i < this.entryCount; i++) {
      const nameStart = reader.string();
      const name = nameText(bytes, nameStart, reader.at);
      const contentType = reader.uint8();
      const dataStart = reader.string();
      entries[i] = { name, contentType, data: bytes.subarray(dataStart, reader.at) };
    }
    return entries;
  }

  #only(type: number, what: string): void {
    if (this.type !== type)
      throw new WireError("BAD_TYPE", this.start, `a frame of type ${this.type} has no ${what}`);
  }
}

/**
 * Reads a BTP frame: one binary WebSocket message (RFC 0023). Every entry is checked, also those nobody will look at.
 *
 * A frame that cannot be read gets no answer (RFC 0023, Flow): drop it. Extra bytes behind the last field are ignored,
 * see `enter` in envelope.ts.
 *
 * @param into where to; a new view unless given
 * @param start offset of the frame's first byte
 * @param end offset behind the last byte that may be read
 * @throws WireError
 */
export function readFrame(
  bytes: Uint8Array,
  into: FrameView = new FrameView(),
  start = 0,
  end = bytes.length,
): FrameView {
  reader.over(bytes, start, end);
  into.bytes = bytes;
  into.start = start;
  into.ilpStart = -1;
  into.ilpEnd = -1;
  into.entryCount = 0;
  into.isPlainIlp = false;
  const type = reader.uint8();
  into.type = type;
  into.requestId = reader.uint32();
  const length = reader.length();
  reader.end = reader.at + length;
  into.end = reader.end;
  into.bodyStart = reader.at;
  into.bodyEnd = reader.end;
  if (type === FrameType.transfer) reader.skip(8);
  else if (type === FrameType.error) readError(into);
  else if (type !== FrameType.message && type !== FrameType.response)
    throw new WireError("BAD_TYPE", start, `frame type ${type}, which BTP/2.0 does not have`);

  if (startsWithLoneIlp(bytes, reader.at, reader.end)) {
    into.entriesStart = reader.at + 2;
    reader.skip(LONE_ILP.length);
    into.ilpStart = reader.string();
    into.ilpEnd = reader.at;
    into.entryCount = 1;
    into.isPlainIlp = into.ilpEnd === into.end && type !== FrameType.transfer && type !== FrameType.error;
    return into;
  }
  readEntries(into);
  return into;
}

/** Nearly every frame does, and one comparison is cheaper than five fields. */
function startsWithLoneIlp(bytes: Uint8Array, at: number, end: number): boolean {
  return (
    end - at >= LONE_ILP.length &&
    bytes[at] === 1 &&
    bytes[at + 1] === 1 &&
    bytes[at + 2] === 3 &&
    bytes[at + 3] === 0x69 &&
    bytes[at + 4] === 0x6c &&
    bytes[at + 5] === 0x70 &&
    bytes[at + 6] === ContentType.octets
  );
}

function readEntries(into: FrameView): void {
  const { bytes } = into;
  const count = reader.quantity();
  into.entriesStart = reader.at;
  // An entry takes three bytes at least, so the loop ends with the bytes, however large the count.
  for (let i = 0; i < count; i++) {
    const nameStart = reader.string();
    const nameEnd = reader.at;
    checkAscii(bytes, nameStart, nameEnd, "a sub-protocol's name");
    reader.skip(1);
    const dataStart = reader.string();
    if (i === 0 && isText(bytes, nameStart, nameEnd, "ilp")) {
      into.ilpStart = dataStart;
      into.ilpEnd = reader.at;
    }
  }
  into.entryCount = count;
}

function readError(into: FrameView): void {
  const code = reader.skip(3);
  checkAscii(into.bytes, code, code + 3, "a code");
  const name = reader.string();
  into.nameEnd = reader.at;
  checkAscii(into.bytes, name, into.nameEnd, "an error's name");
  const time = reader.string();
  into.triggeredAtMs = readGeneralizedTime(into.bytes, time, reader.at);
  into.errorDataStart = reader.octets(MAX_ERROR_DATA, "data of an Error");
  into.errorDataEnd = reader.at;
}
