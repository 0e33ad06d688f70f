import { Counter, Gauge, type Registry } from "prom-client";
import type { Claims } from "./claims.ts";

/** Metrics of a node's claims; a node without any has their names alone. */
export function registerClaims(registry: Registry, { payers, payees, signatures }: Claims): void {
  const registers = [registry];
  new Counter({
    name: "ilp_claims_total",
    help: "Claims by peer. Ours: signed, sent, acknowledged, refused_by_peer, unanswered, unsent, unsigned. The peer's: verified, or refused and why.",
    labelNames: ["peer", "event", "code"],
    registers,
    collect() {
      this.reset();
      for (const [peer, { counters }] of payers) {
        this.inc({ peer, event: "signed" }, counters.signed);
        this.inc({ peer, event: "sent" }, counters.sent);
        this.inc({ peer, event: "acknowledged" }, counters.acknowledged);
        this.inc({ peer, event: "refused_by_peer" }, counters.refusedByPeer);
        this.inc({ peer, event: "unanswered" }, counters.unanswered);
        this.inc({ peer, event: "unsent" }, counters.unsent);
        this.inc({ peer, event: "unsigned" }, counters.unsigned);
      }
      for (const [peer, { verified, refused }] of payees) {
        this.inc({ peer, event: "verified" }, verified);
        for (const [code, n] of Object.entries(refused)) this.inc({ peer, event: "refused", code }, n);
      }
    },
  });
  new Gauge({
    name: "ilp_claimed_units",
    help: "By peer: what we owe it in all, how much of that it has acknowledged claims for, and what it has claimed to owe us.",
    labelNames: ["peer", "what"],
    registers,
    collect() {
      for (const [peer, { owed, acknowledged }] of payers) {
        this.set({ peer, what: "owed" }, Number(owed));
        this.set({ peer, what: "acknowledged" }, Number(acknowledged));
      }
      for (const [peer, { best }] of payees) this.set({ peer, what: "received" }, Number(best?.amount ?? 0n));
    },
  });
  new Gauge({
    name: "ilp_signatures_waiting",
    help: "Signatures to make or verify that no thread has yet.",
    registers,
    collect() {
      this.set(signatures?.waiting ?? 0);
    },
  });
  new Counter({
    name: "ilp_signatures_turned_away_total",
    help: "Signatures that were not made or verified because too many waited.",
    registers,
    collect() {
      this.reset();
      this.inc(signatures?.turnedAway ?? 0);
    },
  });
}
