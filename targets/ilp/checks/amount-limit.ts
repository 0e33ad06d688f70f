import type { PrepareView } from "../../../wire/ilp.ts";
import { REJECT_CODES, type Refusal } from "./reject-code.ts";

/** The part of a Prepare that says how much. */
export type PreparedAmount = Pick<PrepareView, "bytes" | "amountAt" | "amountNumber">;

/**
 * Fraud rule: the greatest amount of one packet. What is at stake while a packet is on its way is its amount, so many
 * small ones are the safer payment (RFC 0018, RFC 0027).
 */
export class AmountLimit {
  readonly #maximum: number;
  readonly #data = new Uint8Array(16);
  readonly #refusal: Refusal;

  /** @param maximum 0 to 2^53 - 1 units */
  constructor(maximum: number) {
    this.#maximum = maximum;
    new DataView(this.#data.buffer).setBigUint64(8, BigInt(maximum));
    this.#refusal = { code: "F08", message: REJECT_CODES.F08, data: this.#data };
  }

  /**
   * Refuses a greater amount with F08, whose data are `receivedAmount` and `maximumAmount`, both u64 (RFC 0027,
   * InterledgerErrorData.asn), so that a sender can split the payment. The one refusal of this limit is filled anew by each
   * call: it is to be encoded before the next.
   */
  check({ bytes, amountAt, amountNumber }: PreparedAmount): Refusal | undefined {
    if (amountNumber <= this.#maximum) return undefined;
    for (let i = 0; i < 8; i++) this.#data[i] = bytes[amountAt + i]!;
    return this.#refusal;
  }
}
