import { rmSync } from "node:fs";
import type { LedgerOptions } from "./options.ts";

/** A database, SQLite's own files beside it, and the lock that keeps a second writer out. */
const FILES = ["", "-wal", "-shm", ".lock"];

/** Deletes an embedded ledger that nobody has open; a server's is left alone. */
export function forgetLedger(options: LedgerOptions): void {
  if (options.kind !== "sqlite") return;
  for (const end of FILES) rmSync(`${options.file}${end}`, { force: true });
}
