import crypto from "k6/crypto";
import { PrepareTemplate } from "../../../wire/btp.ts";
import { PACKET_AMOUNT } from "../plan.ts";
import { type FulfillmentWords, WORDS } from "./answer.ts";

/** A packet that may be sent any number of times, and what only whoever knows the secret can answer it with. */
export interface Payment {
  readonly packet: PrepareTemplate;
  readonly condition: Uint8Array;
  readonly fulfillment: FulfillmentWords;
}

const DATA_BYTES = 64;

/**
 * A payment with data of its own: the receiver fulfils with HMAC-SHA256(secret, data), and the condition is that one's
 * SHA-256. That costs more than sending the packet.
 */
export function payment(secret: string, destination: string): Payment {
  const data = new Uint8Array(crypto.randomBytes(DATA_BYTES));
  const hmac = crypto.createHMAC("sha256", secret);
  hmac.update(data.buffer);
  const fulfillment = hmac.digest("binary") as ArrayBuffer;
  const condition = new Uint8Array(crypto.sha256(fulfillment, "binary") as ArrayBuffer);
  const view = new DataView(fulfillment);
  const words = Array.from({ length: WORDS }, (_, i) => view.getUint32(4 * i));
  const packet = new PrepareTemplate({ amount: PACKET_AMOUNT, expiresAtMs: 0, condition, destination, data });
  return { packet, condition, fulfillment: words };
}
