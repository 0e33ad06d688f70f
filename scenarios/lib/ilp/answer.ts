import { PacketType, readReject } from "../../../wire/ilp.ts";
import { type Payment, WORDS } from "./payments.ts";

/**
 * Whether the packet at `at` is the Fulfill of a payment: its type, and three of the fulfillment's eight words, the first,
 * the last, and another for each packet. The connector has compared all of them with the condition; here each costs as
 * much as a tenth of sending the packet.
 */
export function isFulfilled(
  view: DataView,
  at: number,
  fulfillment: Payment["fulfillment"],
  requestId: number,
): boolean {
  if (at === 0 || view.getUint8(at) !== PacketType.fulfill) return false;
  const from = at + 2;
  const word = 1 + (requestId % (WORDS - 2));
  return (
    view.getUint32(from) === fulfillment[0] &&
    view.getUint32(from + 4 * word) === fulfillment[word] &&
    view.getUint32(from + 28) === fulfillment[7]
  );
}

/** Packets of a VU that are told of when they were not fulfilled: enough to hear why, too few to flood a terminal. */
const TOLD = 3;
let told = 0;

/**
 * Says why a packet was not fulfilled; the others are only counted.
 *
 * @param at offset of the ILP packet, 0 if the answer carries none
 */
export function complain(view: DataView, at: number): void {
  if (told++ >= TOLD) return;
  console.warn(`a packet was not fulfilled: ${reasonAt(view, at)}`);
}

function reasonAt(view: DataView, at: number): string {
  if (at === 0) return "a BTP Error, or no packet in the answer";
  if (view.getUint8(at) === PacketType.fulfill) return "the fulfillment is not its condition's";
  try {
    const { code, triggeredBy, message } = readReject(new Uint8Array(view.buffer), undefined, at);
    return `${code} ${message} (${triggeredBy})`;
  } catch {
    return "an unreadable Reject";
  }
}
