import { PacketType, readReject } from "../../../wire/ilp.ts";

/** A fulfillment as big-endian words: numbers compare faster in k6's VM than bytes. */
export type FulfillmentWords = readonly number[];
export const WORDS = 8;

/** The name `ilp` of a BTP entry with its length; and from there to the packet, where its length takes one byte. */
const ILP = 0x03696c70;
const SHORT_NAME = 6;

/** Of the last Response: answers of one length have one layout, and a load's answers mostly have one length. */
let lastBytes = 0;
let lastAt = 0;

/**
 * Where the ILP packet of a Response lies that carries it alone, or 0: type, id, length, then one entry named `ilp`. k6
 * takes 15 us to read a whole Fulfill; these few bytes tell as much as a load needs to know.
 *
 * @param view any bytes: nothing is read past their end
 * @param bytes how many, where that is known: k6's VM is slow to tell
 */
export function packetAt(view: DataView, bytes = view.byteLength): number {
  if (bytes === lastBytes && view.getUint32(lastAt - SHORT_NAME) === ILP) return lastAt;
  const at = search(view, bytes);
  if (at > 0 && view.getUint8(at - 1) < 0x80) {
    lastBytes = bytes;
    lastAt = at;
  }
  return at;
}

function search(view: DataView, bytes: number): number {
  if (bytes < 6) return 0;
  const name = 5 + sizeOfLength(view, 5) + 2;
  if (bytes < name + SHORT_NAME || view.getUint32(name) !== ILP) return 0;
  const at = name + 5 + sizeOfLength(view, name + 5);
  if (at >= bytes) return 0;
  const type = view.getUint8(at);
  return type === PacketType.fulfill || type === PacketType.reject ? at : 0;
}

/** Bytes that a length takes: itself below 128, else one that says how many follow (X.696, 8.6). */
function sizeOfLength(view: DataView, at: number): number {
  const first = view.getUint8(at);
  return first < 0x80 ? 1 : 1 + (first & 0x7f);
}

/**
 * Whether the packet at `at` is the Fulfill of a payment: its type, and three of the fulfillment's eight words, the first,
 * the last, and another for each packet. The connector has compared all of them with the condition; here each costs as
 * much as a tenth of sending the packet.
 *
 * @param at what {@link packetAt} found
 */
export function isFulfilled(
  view: DataView,
  at: number,
  fulfillment: FulfillmentWords,
  requestId: number,
  bytes = view.byteLength,
): boolean {
  if (at === 0 || at + 2 + 4 * WORDS > bytes) return false;
  // Type and first byte of the length at once: a call of the view costs more than taking them apart.
  const head = view.getUint16(at);
  if (head >> 8 !== PacketType.fulfill) return false;
  const length = head & 0xff;
  const from = at + 2 + (length < 0x80 ? 0 : length & 0x7f);
  if (from + 4 * WORDS > bytes) return false;
  const word = 1 + (requestId % (WORDS - 2));
  return (
    view.getUint32(from) === fulfillment[0] &&
    view.getUint32(from + 4 * word) === fulfillment[word] &&
    view.getUint32(from + 28) === fulfillment[7]
  );
}

/** Why a packet was not fulfilled, as a sentence may end. */
export function reasonAt(view: DataView, at: number): string {
  if (at === 0) return "a BTP Error, or no packet in the answer";
  if (view.getUint8(at) === PacketType.fulfill) return "the fulfillment is not its condition's";
  try {
    const { code, triggeredBy, message } = readReject(new Uint8Array(view.buffer), undefined, at);
    return `${code} ${message} (${triggeredBy})`;
  } catch {
    return "an unreadable Reject";
  }
}
