import { count } from "../format.ts";
import type { Findings, PacketCounts } from "../results/run-schema.ts";
import type { Evidence } from "./evidence.ts";

export type Conservation = NonNullable<Findings["conservation"]>;

/**
 * Whether every packet that was sent, in the warm-up too, is in everybody's books: it was fulfilled, rejected or given up
 * by the sender; each connector counts as many; each ledger has made as many transfers final. Undefined for a run without
 * packets.
 *
 * @param connectors by name, the one that is sent to first; none when their books cannot be seen
 */
export function conservation(
  { fold }: Evidence,
  connectors: Readonly<Record<string, PacketCounts>>,
): Conservation | undefined {
  const sent = fold.counter("packets");
  if (sent === undefined) return undefined;
  const fulfilled = fold.counter("packets_fulfilled") ?? 0;
  const rejected = fold.counter("packets_failed", { outcome: "rejected" }) ?? 0;
  const timedOut = fold.counter("packets_failed", { outcome: "timed-out" }) ?? 0;
  const unexpected = fold.counter("packets_unexpected") ?? 0;
  const differences: string[] = [];
  let unaccounted = 0;
  const compare = (who: string, theirs: number, what: string, ours: number) => {
    if (theirs === ours) return;
    unaccounted = Math.max(unaccounted, Math.abs(theirs - ours));
    differences.push(`${who} ${count(theirs)}, ${what} ${count(ours)}`);
  };
  compare("answered, refused or given up:", fulfilled + rejected + timedOut, "sent:", sent);
  for (const [n, [name, books]] of Object.entries(connectors).entries()) {
    // What the first one refuses never reaches those behind it.
    if (n === 0) {
      compare(`connector ${name} received`, books.received, "k6 sent", sent);
      compare(`connector ${name} rejected`, books.rejected, "k6 saw", rejected);
    }
    compare(`connector ${name} fulfilled`, books.fulfilled, "k6 saw", fulfilled);
    compare(`the ledger of ${name} made final`, books.posted, "k6 saw fulfilled", fulfilled);
  }
  return {
    sent,
    fulfilled,
    rejected,
    timedOut,
    unexpected,
    connectors: { ...connectors },
    differences,
    unaccounted,
  };
}
