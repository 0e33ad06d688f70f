import { existsSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { LedgerOptions } from "./options.ts";
import { claimFile } from "./schema.ts";

/** A database and SQLite's own files beside it. The lock stays: whoever deletes it lets a second writer in. */
const FILES = ["", "-wal", "-shm"];

/**
 * Deletes an embedded ledger that nobody has open; a server's is left alone.
 *
 * @throws LedgerError UNUSABLE while a node has it open, and then nothing is deleted
 */
export function forgetLedger(options: LedgerOptions): void {
  // Where there is no folder yet, nothing is to be forgotten, and the lock has no place.
  if (options.kind !== "sqlite" || !existsSync(dirname(options.file))) return;
  const lock = claimFile(options.file);
  try {
    for (const end of FILES) rmSync(`${options.file}${end}`, { force: true });
  } finally {
    lock.close();
  }
}
