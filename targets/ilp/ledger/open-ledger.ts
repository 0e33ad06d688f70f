import type { Ledger } from "./ledger.ts";
import type { LedgerOptions } from "./options.ts";
import { openSqliteLedger } from "./sqlite-ledger.ts";

/**
 * Opens the ledger that a node's configuration names. TigerBeetle's client is loaded only when it is asked for.
 *
 * @throws LedgerError UNUSABLE or DOWN, in one line that says what to do
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  if (options.kind === "sqlite") return openSqliteLedger(options);
  const { openTigerBeetleLedger } = await import("./tigerbeetle-ledger.ts");
  return openTigerBeetleLedger(options);
}
