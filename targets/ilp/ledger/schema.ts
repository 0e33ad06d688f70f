import { DatabaseSync } from "node:sqlite";
import { LedgerError } from "./ledger.ts";

/** "PLIL" in the file's header: what tells our file from any other SQLite database. */
const APPLICATION_ID = 0x504c494c;
const SCHEMA_VERSION = 2;

const LOG_BYTES = 16 * 1024 * 1024;

/**
 * A transfer's state. None is 0 or 1: SQLite stores those two in no bytes, and a row that grew when it is settled would
 * not fit into its full page any more.
 */
export const State = { pending: 2, posted: 3, voided: 4, expired: 5 } as const;
export type State = (typeof State)[keyof typeof State];

/**
 * For a person with `sqlite3`: `SELECT * FROM journal`, and `SELECT decimal_sum(credits_posted) FROM accounts`. Sums are
 * decimal text because they are exact at any size; amounts are integers. `ends_ms` is the expiry while a transfer is
 * pending, then when it was settled: one column, so that the row stays as long as it is.
 */
const SCHEMA = `
  CREATE TABLE ledger (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    next_id INTEGER NOT NULL,
    books_id TEXT NOT NULL
  ) STRICT;
  INSERT INTO ledger VALUES (1, 1, lower(hex(randomblob(8))));
  CREATE TABLE accounts (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    debits_posted TEXT NOT NULL,
    credits_posted TEXT NOT NULL,
    debits_pending TEXT NOT NULL,
    credits_pending TEXT NOT NULL,
    debits_folded TEXT NOT NULL,
    credits_folded TEXT NOT NULL
  ) STRICT;
  CREATE TABLE transfers (
    id INTEGER PRIMARY KEY,
    debit INTEGER NOT NULL,
    credit INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    state INTEGER NOT NULL,
    reserved_ms INTEGER NOT NULL,
    ends_ms INTEGER NOT NULL
  ) STRICT;
  CREATE VIEW journal AS
    SELECT id, debtor.name AS debit, creditor.name AS credit, amount,
      CASE state WHEN ${State.pending} THEN 'pending' WHEN ${State.posted} THEN 'posted'
        WHEN ${State.voided} THEN 'voided' WHEN ${State.expired} THEN 'expired' END AS state,
      strftime('%Y-%m-%dT%H:%M:%fZ', reserved_ms / 1000.0, 'unixepoch') AS reserved,
      strftime('%Y-%m-%dT%H:%M:%fZ', ends_ms / 1000.0, 'unixepoch') AS ends
    FROM transfers
      JOIN accounts AS debtor ON debtor.number = debit
      JOIN accounts AS creditor ON creditor.number = credit;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

function pragma(db: DatabaseSync, name: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
}

/**
 * Opens a ledger's file, and makes it when there is none. Every commit is on disk when it returns (WAL, synchronous
 * FULL); checkpoints are the caller's, between batches.
 *
 * @throws LedgerError UNUSABLE for a file that is not a ledger of this version, and is then left as it is
 */
export function openFile(file: string): DatabaseSync {
  const unusable = (why: string) => new LedgerError("UNUSABLE", `ledger ${file}: ${why}`);
  let db: DatabaseSync;
  try {
    db = new DatabaseSync(file, { timeout: 1_000 });
  } catch {
    throw unusable("cannot be opened; its folder must exist and be writable");
  }
  try {
    const version = pragma(db, "user_version");
    const application = pragma(db, "application_id");
    const empty = db.prepare("SELECT 1 FROM sqlite_schema").get() === undefined;
    if (!(empty && application === 0 && version === 0)) {
      if (application !== APPLICATION_ID)
        throw unusable("is a database of something else; name another file");
      if (version !== SCHEMA_VERSION)
        throw unusable(`has schema ${version}, this program writes ${SCHEMA_VERSION}; name another file`);
    }
    // In this order: the journal mode cannot change within a transaction, and is kept in the file.
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0");
    // A log that a reader held up is cut to this when it is gone; without one it never gets as long.
    db.exec(`PRAGMA journal_size_limit = ${LOG_BYTES}`);
    if (empty) db.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`);
    return db;
  } catch (error) {
    db.close();
    if (error instanceof LedgerError) throw error;
    throw unusable(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Holds the one place of a file's writer until closed or the process ends, however it ends: a lock that the system
 * keeps, on a file beside the ledger. The ledger itself stays readable with `sqlite3` meanwhile.
 *
 * @throws LedgerError UNUSABLE when another has it
 */
export function claimFile(file: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(`${file}.lock`, { timeout: 1_000 });
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock?.close();
    const locked = error instanceof Error && /locked/.test(error.message);
    const why = locked
      ? "is in use by another process"
      : "cannot be opened; its folder must exist and be writable";
    throw new LedgerError("UNUSABLE", `ledger ${file}: ${why}`);
  }
}
