import { ID_BYTES, writePacketId } from "../../../wire/packet-id.ts";
import { MAX_BATCH_BYTES, NODE_ID, PACKET_EVENTS } from "./event.ts";
import { type EventRing, TEXT_EVENT } from "./event-ring.ts";

/** Most bytes of one event, with room: a text, or a packet's fields around a peer's name. */
const MAX_EVENT_BYTES = 4096;
/** Most bytes of a peer's name as JSON, and of an event that is text. */
export const MAX_PEER_BYTES = 1024;
export const MAX_TEXT_BYTES = 2048;

const utf8 = (text: string) => new Uint8Array(Buffer.from(text));

const TYPES = PACKET_EVENTS.map((type) => utf8(`{"type":"${type}","packetId":"`));
const TIMESTAMP = utf8(`","timestamp":`);
const CODE = utf8(`,"code":"`);
const COMMA = 0x2c;
const QUOTE = 0x22;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;
const ZERO = 0x30;
const QUESTION_MARK = 0x3f;

/**
 * Writes batches as JSON, byte by byte into one buffer: the columns of the ring become digits and characters without
 * a string or an object between. See event.ts for what comes out.
 */
export class BatchEncoder {
  readonly #node: string;
  /** `","peer":"<name>","amount":"` of each peer. */
  readonly #peers: Uint8Array[] = [];
  readonly #into = new Uint8Array(MAX_BATCH_BYTES);

  constructor(node: string) {
    if (!NODE_ID.test(node)) throw new RangeError(`"${node}" is no nodeId: ${NODE_ID.source}`);
    this.#node = node;
  }

  /** The number under which a peer's events are recorded. */
  peer(name: string): number {
    const json = utf8(`","peer":${JSON.stringify(name)},"amount":"`);
    if (json.length > MAX_PEER_BYTES) throw new RangeError(`a peer's name of ${name.length} characters`);
    if (this.#peers.length > 0xffff) throw new RangeError("more peers than the ring can tell apart");
    return this.#peers.push(json) - 1;
  }

  /**
   * Takes events out of the ring and writes them as a batch.
   *
   * @param maxEvents and no more than fit into a batch's bytes
   * @param from events published before
   * @param dropped events dropped since the batch before
   * @returns the bytes, not used again
   */
  encode(ring: EventRing, maxEvents: number, from: number, dropped: number): Uint8Array {
    const into = this.#into;
    const head = `{"v":1,"node":"${this.#node}","from":${from},"dropped":${dropped},"events":[`;
    let at = 0;
    for (; at < head.length; at++) into[at] = head.charCodeAt(at);
    const last = into.length - MAX_EVENT_BYTES;
    const end = Math.min(ring.tail, ring.head + maxEvents);
    let next = ring.head;
    for (; next < end && at < last; next++) {
      if (next !== ring.head) into[at++] = COMMA;
      at = this.#event(ring, next & ring.mask, at);
    }
    ring.head = next;
    into[at] = CLOSE_BRACKET;
    into[at + 1] = CLOSE_BRACE;
    return into.slice(0, at + 2);
  }

  #event(ring: EventRing, slot: number, start: number): number {
    const into = this.#into;
    const type = ring.types[slot]!;
    if (type === TEXT_EVENT) return write(ring.takeText(slot), into, start);
    let at = write(TYPES[type]!, into, start);
    at = writePacketId(ring.ids, slot * ID_BYTES, into, at);
    at = write(this.#peers[ring.peers[slot]!]!, into, at);
    at = writeAmount(ring.amountsHigh[slot]!, ring.amountsLow[slot]!, into, at);
    at = write(TIMESTAMP, into, at);
    at = writeTime(ring.timesMs[slot]!, into, at);
    const code = ring.codes[slot]!;
    if (code !== 0) at = writeCode(code, into, at);
    into[at] = CLOSE_BRACE;
    return at + 1;
  }
}

function write(bytes: Uint8Array, into: Uint8Array, at: number): number {
  into.set(bytes, at);
  return at + bytes.length;
}

/** The digits of a u64 in halves. */
function writeAmount(high: number, low: number, into: Uint8Array, at: number): number {
  if (high === 0) return writeWhole(low, into, at);
  if (high < 2 ** 21) return writeWhole(high * 2 ** 32 + low, into, at);
  const digits = String((BigInt(high) << 32n) | BigInt(low));
  for (let i = 0; i < digits.length; i++) into[at + i] = digits.charCodeAt(i);
  return at + digits.length;
}

/** The digits of a whole number up to 2^53 - 1. */
function writeWhole(value: number, into: Uint8Array, at: number): number {
  if (value >= 1e9) {
    const billions = Math.floor(value / 1e9);
    return writePadded(value - billions * 1e9, 9, into, writeWhole(billions, into, at));
  }
  let digits = 1;
  for (let power = 10; power <= value; power *= 10) digits++;
  return writePadded(value, digits, into, at);
}

/** As many digits of a number below 10^9. */
function writePadded(value: number, digits: number, into: Uint8Array, at: number): number {
  let rest = value | 0;
  for (let to = at + digits - 1; to >= at; to--) {
    const tens = (rest / 10) | 0;
    into[to] = ZERO + rest - tens * 10;
    rest = tens;
  }
  return at + digits;
}

/** Milliseconds with three digits of fraction, cut off rather than rounded, so that order stays order. */
function writeTime(timeMs: number, into: Uint8Array, at: number): number {
  const whole = Math.floor(timeMs);
  const to = writeWhole(whole, into, at);
  into[to] = 0x2e;
  return writePadded((timeMs - whole) * 1000, 3, into, to + 1);
}

/** Three characters out of someone else's Reject: what is no letter or digit must not become JSON. */
function writeCode(code: number, into: Uint8Array, start: number): number {
  let at = write(CODE, into, start);
  for (let shift = 16; shift >= 0; shift -= 8) {
    const character = (code >>> shift) & 0xff;
    const isDigit = character >= 0x30 && character <= 0x39;
    const isLetter = (character | 0x20) >= 0x61 && (character | 0x20) <= 0x7a;
    into[at++] = isDigit || isLetter ? character : QUESTION_MARK;
  }
  into[at] = QUOTE;
  return at + 1;
}
