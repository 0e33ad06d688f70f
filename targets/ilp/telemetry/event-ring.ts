import { ID_BYTES } from "../../../wire/packet-id.ts";
import { PACKET_EVENTS } from "./event.ts";

/** The number of events that are not about a packet: what they say is in {@link EventRing.takeText}. */
export const TEXT_EVENT = PACKET_EVENTS.length;

const TWO_32 = 2 ** 32;
const MASK_32 = 0xffff_ffffn;

/**
 * Events that wait to be published: columns of a fixed length, filled without an allocation. When it is full the newest
 * events are dropped and counted, so what is in it stays whole.
 */
export class EventRing {
  /** Most events that wait; a power of two. */
  readonly capacity: number;
  /** Events taken in and given out since the start. `tail - head` wait, at `n & mask` for every n between. */
  head = 0;
  tail = 0;
  /** Events there was no room for, since the start. */
  dropped = 0;

  readonly mask: number;
  readonly types: Uint8Array;
  readonly peers: Uint16Array;
  readonly amountsHigh: Uint32Array;
  readonly amountsLow: Uint32Array;
  readonly timesMs: Float64Array;
  /** Three ASCII characters in 24 bits, or 0. */
  readonly codes: Uint32Array;
  readonly ids: Uint8Array;
  /** Few events have one, so they have no column. */
  readonly #texts = new Map<number, Uint8Array>();

  /** @param atLeast room for this many events, 1 to 2^24 */
  constructor(atLeast: number) {
    this.capacity = 2 ** Math.ceil(Math.log2(Math.max(2, atLeast)));
    this.mask = this.capacity - 1;
    this.types = new Uint8Array(this.capacity);
    this.peers = new Uint16Array(this.capacity);
    this.amountsHigh = new Uint32Array(this.capacity);
    this.amountsLow = new Uint32Array(this.capacity);
    this.timesMs = new Float64Array(this.capacity);
    this.codes = new Uint32Array(this.capacity);
    this.ids = new Uint8Array(this.capacity * ID_BYTES);
  }

  /** Events that wait. */
  get waiting(): number {
    return this.tail - this.head;
  }

  /**
   * Takes in an event about a packet, or drops it.
   *
   * @param type index in PACKET_EVENTS
   * @param bytes the packet's condition begins at `bytes[at]`
   * @param amount a number up to 2^53 - 1; a bigint up to 2^64 - 1; Infinity is 2^64 - 1
   */
  packet(
    type: number,
    bytes: Uint8Array,
    at: number,
    peer: number,
    amount: number | bigint,
    timeMs: number,
    code: number,
  ): void {
    if (this.tail - this.head === this.capacity) {
      this.dropped++;
      return;
    }
    const slot = this.tail++ & this.mask;
    this.types[slot] = type;
    this.peers[slot] = peer;
    this.timesMs[slot] = timeMs;
    this.codes[slot] = code;
    if (typeof amount === "number" && amount <= Number.MAX_SAFE_INTEGER) {
      this.amountsHigh[slot] = amount / TWO_32;
      this.amountsLow[slot] = amount;
    } else {
      const whole = typeof amount === "bigint" ? amount : 2n ** 64n - 1n;
      this.amountsHigh[slot] = Number(whole >> 32n);
      this.amountsLow[slot] = Number(whole & MASK_32);
    }
    const to = slot * ID_BYTES;
    for (let i = 0; i < ID_BYTES; i++) this.ids[to + i] = bytes[at + i]!;
  }

  /** Takes in an event that is text already, JSON as UTF-8, or drops it. */
  text(json: Uint8Array): void {
    if (this.waiting === this.capacity) {
      this.dropped++;
      return;
    }
    const slot = this.tail++ & this.mask;
    this.types[slot] = TEXT_EVENT;
    this.#texts.set(slot, json);
  }

  /** What the event of type TEXT_EVENT in this slot says; asked once, when it goes out. */
  takeText(slot: number): Uint8Array {
    const text = this.#texts.get(slot);
    if (text === undefined) throw new Error("an event whose text is gone");
    this.#texts.delete(slot);
    return text;
  }
}
