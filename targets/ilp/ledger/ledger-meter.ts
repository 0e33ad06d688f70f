import { BATCH_SIZE_BOUNDS, Distribution } from "../distribution.ts";
import type { EntryQueue } from "./entry-queue.ts";
import type { LedgerStats } from "./ledger.ts";

/** Counts what a ledger does, for its `stats`. */
export class LedgerMeter {
  readonly #batchSizes = new Distribution(BATCH_SIZE_BOUNDS);
  readonly #commitMs = Distribution.ofMs();
  outages = 0;

  batch(size: number, commitMs: number): void {
    this.#batchSizes.add(size);
    this.#commitMs.add(commitMs);
  }

  read(queue: EntryQueue): LedgerStats {
    const { refusal, closed, queued, holds, reserved, posted, voided, expired, refused, failed } = queue;
    return {
      state: closed ? "closed" : refusal === undefined ? "up" : "down",
      why: refusal?.message,
      queued,
      holds,
      reserved,
      posted,
      voided,
      expired,
      refused,
      failed,
      batchSizes: this.#batchSizes.read(),
      commitMs: this.#commitMs.read(),
      outages: this.outages,
    };
  }
}
