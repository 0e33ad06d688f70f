import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SqliteOptions, sqliteOptions } from "../options.ts";
import { openSqliteLedger, type SqliteLedger, type ThreadSeam } from "../sqlite-ledger.ts";

/** A folder for one test's ledger, and the ledgers that were opened in it: both are gone when it is disposed of. */
export interface Scratch extends AsyncDisposable {
  readonly file: string;
  open(overrides?: Partial<SqliteOptions>, seam?: ThreadSeam): Promise<SqliteLedger>;
}

export function scratch(): Scratch {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-ledger-"));
  const file = join(folder, "ledger.db");
  const opened: SqliteLedger[] = [];
  return {
    file,
    async open(overrides = {}, seam) {
      const ledger = await openSqliteLedger(
        sqliteOptions.parse({ kind: "sqlite", file, ...overrides }),
        seam,
      );
      opened.push(ledger);
      return ledger;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((ledger) => ledger.close()));
      rmSync(folder, { recursive: true });
    },
  };
}
