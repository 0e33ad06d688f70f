import type { Ledger } from "../../ledger/ledger.ts";
import { inSeconds, type Readings, single } from "./readings.ts";

/** The ledger: whether it writes, what waits for it, and how large and slow its commits are. */
export function ledgerMetrics(readings: Readings, ledger: Ledger): void {
  readings.gauge("ilp_ledger_up", "1 while the ledger takes transfers, else 0.", () =>
    single(ledger.stats().state === "up" ? 1 : 0),
  );
  readings.gauge(
    "ilp_ledger_queued_entries",
    "Entries that are not on disk yet; holding, posting and giving back a transfer are one entry each.",
    () => single(ledger.stats().queued),
  );
  readings.gauge("ilp_ledger_holds", "Transfers that are neither posted nor given back yet.", () =>
    single(ledger.stats().holds),
  );
  readings.counter(
    "ilp_ledger_transfers_total",
    "Transfers by how they ended: posted, voided (given back for a Reject, for want of an answer in time, or because the ledger was down when it was to be paid), expired (given back by the ledger itself at the expiry: a Fulfill was too late for it, or the node was away).",
    () => {
      const { posted, voided, expired } = ledger.stats();
      return [
        [{ state: "posted" }, posted],
        [{ state: "voided" }, voided],
        [{ state: "expired" }, expired],
      ];
    },
  );
  readings.counter(
    "ilp_ledger_refused_total",
    "Transfers that were not taken: the ledger was full (T04) or down (T00).",
    () => {
      const { full, down } = ledger.stats().refused;
      return [
        [{ reason: "full" }, full],
        [{ reason: "down" }, down],
      ];
    },
  );
  readings.counter(
    "ilp_ledger_failed_posts_total",
    "Transfers that were to be posted and were not: the ledger was down for too long, or they had expired.",
    () => single(ledger.stats().failed),
  );
  readings.counter("ilp_ledger_outages_total", "Times that the ledger went down.", () =>
    single(ledger.stats().outages),
  );
  readings.histogram("ilp_ledger_batch_entries", "Entries of a commit.", () =>
    single(ledger.stats().batchSizes),
  );
  readings.histogram(
    "ilp_ledger_commit_seconds",
    "From the start of a batch's writing until it is on disk.",
    () => single(inSeconds(ledger.stats().commitMs)),
  );
}
