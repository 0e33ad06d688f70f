import { PACKET_AMOUNT } from "../../scenarios/lib/plan.ts";
import { count } from "../format.ts";
import type { Findings, PacketCounts } from "../results/run-schema.ts";
import type { Evidence } from "./evidence.ts";

export type Conservation = NonNullable<Findings["conservation"]>;

/** What the connectors of a target and their ledgers counted while a run went. */
export interface ConnectorBooks {
  /** By name, the one that is sent to first; none when they cannot be seen. */
  readonly connectors: Readonly<Record<string, PacketCounts>>;
  /** Those that could be seen and did not answer when they were asked. */
  readonly silent: readonly string[];
}

export const NO_BOOKS: ConnectorBooks = { connectors: {}, silent: [] };

/**
 * Whether every packet that was sent, in the warm-up too, is in everybody's books: it was fulfilled, rejected or given up
 * by the sender; each connector has answered as many, where one that the sender gave up may have been answered too late;
 * each ledger has paid for as many as its connector fulfilled, holds nothing any more, and its balances add up to zero.
 * Undefined for a run without packets.
 */
export function conservation(
  { fold }: Evidence,
  { connectors, silent }: ConnectorBooks,
): Conservation | undefined {
  const sent = fold.counter("packets");
  if (sent === undefined) return undefined;
  const fulfilled = fold.counter("packets_fulfilled") ?? 0;
  const rejected = fold.counter("packets_failed", { outcome: "rejected" }) ?? 0;
  const timedOut = fold.counter("packets_failed", { outcome: "timed-out" }) ?? 0;
  const unexpected = fold.counter("packets_unexpected") ?? 0;
  const differences: string[] = [];
  let unaccounted = 0;
  const differ = (packets: number, how: string) => {
    unaccounted = Math.max(unaccounted, packets);
    differences.push(how);
  };
  const compare = (who: string, theirs: number, what: string, ours: number, atMost = ours) => {
    const off = Math.max(ours - theirs, theirs - atMost);
    if (off <= 0) return;
    const upTo = atMost > ours ? ` to ${count(atMost)}` : "";
    differ(off, `${who} ${count(theirs)}, ${what} ${count(ours)}${upTo}`);
  };
  /** Units of a ledger that are to be none: as many packets, and a part of one counts as one. */
  const none = (units: number, how: string) => {
    if (units !== 0) differ(Math.ceil(Math.abs(units) / PACKET_AMOUNT), how);
  };
  compare("answered, refused or given up:", fulfilled + rejected + timedOut, "sent:", sent);
  const [entry] = [...Object.keys(connectors), ...silent];
  for (const [name, books] of Object.entries(connectors)) {
    // What the first one refuses never reaches those behind it.
    if (name === entry && silent.length === 0) {
      compare(`connector ${name} received`, books.received, "k6 sent", sent);
      compare(`connector ${name} rejected`, books.rejected, "k6 saw", rejected, rejected + timedOut);
    }
    compare(`connector ${name} fulfilled`, books.fulfilled, "k6 saw", fulfilled, fulfilled + timedOut);
    compare(`connector ${name} answered`, books.fulfilled + books.rejected, "it received", books.received);
    const paid = books.paidUnits / PACKET_AMOUNT;
    compare(`the ledger of ${name} paid for`, paid, `connector ${name} fulfilled`, books.fulfilled);
    const { heldUnits, imbalanceUnits = 0 } = books;
    none(heldUnits, `units that the ledger of ${name} still holds when all is over: ${count(heldUnits)}`);
    none(imbalanceUnits, `sum of all balances in the ledger of ${name}: ${count(imbalanceUnits)}, not 0`);
  }
  return {
    sent,
    fulfilled,
    rejected,
    timedOut,
    unexpected,
    connectors: { ...connectors },
    silent: [...silent],
    differences,
    unaccounted,
  };
}
