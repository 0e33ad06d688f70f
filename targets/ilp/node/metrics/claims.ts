import type { Claims } from "../../claims/claims.ts";
import { type Readings, type Series, single } from "./readings.ts";

/** Signed claims, by peer; none of a node without any. */
export function claimMetrics(readings: Readings, { payers, payees, signatures }: Claims): void {
  readings.counter(
    "ilp_claims_total",
    "Claims by peer. Ours: signed, sent, acknowledged, refused_by_peer, unanswered, unsent, unsigned. The peer's: verified, or refused and why.",
    function* (): Series<number> {
      for (const [peer, { counters }] of payers) {
        yield [{ peer, event: "signed" }, counters.signed];
        yield [{ peer, event: "sent" }, counters.sent];
        yield [{ peer, event: "acknowledged" }, counters.acknowledged];
        yield [{ peer, event: "refused_by_peer" }, counters.refusedByPeer];
        yield [{ peer, event: "unanswered" }, counters.unanswered];
        yield [{ peer, event: "unsent" }, counters.unsent];
        yield [{ peer, event: "unsigned" }, counters.unsigned];
      }
      for (const [peer, { verified, refused }] of payees) {
        yield [{ peer, event: "verified" }, verified];
        for (const [code, n] of Object.entries(refused)) yield [{ peer, event: "refused", code }, n];
      }
    },
  );
  readings.gauge(
    "ilp_claimed_units",
    "By peer: what we owe it in all (owed), how much of that it has acknowledged claims for (acknowledged); what it owes us in all by our books (due), and by its claims (received).",
    function* (): Series<number> {
      for (const [peer, { owed, acknowledged }] of payers) {
        yield [{ peer, what: "owed" }, Number(owed)];
        yield [{ peer, what: "acknowledged" }, Number(acknowledged)];
      }
      for (const [peer, { due, claimed }] of payees) {
        yield [{ peer, what: "due" }, Number(due)];
        yield [{ peer, what: "received" }, Number(claimed)];
      }
    },
  );
  readings.gauge("ilp_signatures_waiting", "Signatures to make or verify that no thread has yet.", () =>
    single(signatures?.waiting ?? 0),
  );
  readings.counter(
    "ilp_signatures_turned_away_total",
    "Signatures that were not made or verified because too many waited.",
    () => single(signatures?.turnedAway ?? 0),
  );
}
