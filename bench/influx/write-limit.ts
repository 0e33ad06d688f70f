import { type Amount, bytesOf } from "./line-queue.ts";

/** Points of a write: what InfluxDB's makers recommend. */
export const BATCH = 5_000;
/** Below the body that nginx lets through unless told otherwise (client_max_body_size, 1 MiB), with the line breaks. */
export const BATCH_BYTES = 1_000_000;

/** How much goes in one write: less from when a server, or a proxy before it, said that one was too large. */
export class WriteLimit implements Amount {
  readonly lines = BATCH;
  #bytes = BATCH_BYTES;

  get bytes(): number {
    return this.#bytes;
  }

  /** From now on no write has more than half of this one. */
  tooLarge(batch: readonly string[]): void {
    this.#bytes = Math.floor(bytesOf(batch) / 2);
  }
}
