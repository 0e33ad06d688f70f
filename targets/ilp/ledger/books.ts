import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type AccountRow, AccountSums, deltasBalance } from "./account-sums.ts";
import { auditBooks } from "./audit.ts";
import { EntryKind, EntryOutcome, type EntryRing, MAX_RING } from "./entry-ring.ts";
import { Journal } from "./journal.ts";
import { type Balance, LedgerError, type TransferState } from "./ledger.ts";
import { claimFile, openFile, State } from "./schema.ts";

export interface BooksOptions {
  readonly file: string;
  /** Settled transfers that stay in the journal; older ones are folded into their accounts' sums. */
  readonly keepSettled: number;
  /** No hold lasts longer, whatever its expiry says: it would keep the journal from being folded. */
  readonly maxHoldMs: number;
  readonly maxAccounts: number;
  /** Where tests put a fault: around each commit. */
  readonly seam?: CommitSeam;
}

export interface CommitSeam {
  readonly beforeCommit?: (db: DatabaseSync) => void;
  /** What was committed is on disk, and nobody was told. */
  readonly afterCommit?: () => void;
}

interface Hold {
  readonly id: number;
  readonly debit: AccountSums;
  readonly credit: AccountSums;
  readonly low: number;
  readonly high: number;
  readonly expiresAtMs: number;
}

const STATE_NAMES: Record<number, TransferState> = {
  [State.pending]: "pending",
  [State.posted]: "posted",
  [State.voided]: "voided",
  [State.expired]: "expired",
};

/**
 * The books in their file: one transaction a batch. Whatever throws (a full disk, say) leaves the sums in memory ahead
 * of the file, so the books are then of no more use; opening them again starts from what is on disk.
 */
export class Books {
  readonly #options: BooksOptions;
  readonly #claim: DatabaseSync;
  readonly #db: DatabaseSync;
  readonly #journal: Journal;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #checkpoint: StatementSync;
  readonly #writeAccount: StatementSync;
  readonly #writeNextId: StatementSync;
  /** By number; numbers start at 1. */
  readonly #accounts: (AccountSums | undefined)[] = [undefined];
  readonly #byName = new Map<string, AccountSums>();
  readonly #touched: AccountSums[] = [];
  /** In the order of their ids, so the first is the oldest. */
  readonly #holds = new Map<number, Hold>();
  /** Ids below may be in the file already: entries of a batch that is being written a second time. */
  readonly #firstId: number;
  /** No id from here on was ever given out. On disk, and always at least a full ring ahead of the ids in the file. */
  #nextId: number;

  /**
   * Holds that ran out while nobody looked are given back.
   *
   * @param nextId what a ledger that is still running would give out next; ids go on above it
   * @throws LedgerError UNUSABLE; anything of SQLite's when the disk is full or broken
   */
  constructor(options: BooksOptions, nowMs: number, nextId = 0) {
    this.#options = options;
    this.#claim = claimFile(options.file);
    try {
      this.#db = openFile(options.file);
    } catch (error) {
      this.#claim.close();
      throw error;
    }
    const db = this.#db;
    try {
      this.#begin = db.prepare("BEGIN IMMEDIATE");
      this.#commit = db.prepare("COMMIT");
      this.#checkpoint = db.prepare("PRAGMA wal_checkpoint(PASSIVE)");
      this.#writeNextId = db.prepare("UPDATE ledger SET next_id = ?");
      this.#writeAccount = db.prepare(
        `UPDATE accounts SET debits_posted = ?, credits_posted = ?, debits_pending = ?, credits_pending = ?,
         debits_folded = ?, credits_folded = ? WHERE number = ?`,
      );
      this.#journal = new Journal(db, options.keepSettled);
      this.#load();
      const stored = Number(db.prepare("SELECT next_id FROM ledger").get()?.next_id);
      this.#firstId = Math.max(stored, nextId);
      this.#nextId = this.#firstId + 2 * MAX_RING;
      // A write at once: books that cannot be written are not open.
      this.#transaction(() => {
        this.#writeNextId.run(this.#nextId);
        for (const hold of this.#due(nowMs)) this.#settle(hold, State.expired, nowMs);
      });
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The first id to give out: above any that ever was, those included that never reached the disk. */
  get firstId(): number {
    return this.#firstId;
  }
  get booksId(): string {
    return String(this.#db.prepare("SELECT books_id FROM ledger").get()?.books_id);
  }
  get holds(): number {
    return this.#holds.size;
  }
  get accounts(): number {
    return this.#accounts.length - 1;
  }

  #load(): void {
    const accounts = this.#db.prepare("SELECT * FROM accounts ORDER BY number").all();
    for (const row of accounts as unknown as AccountRow[]) this.#addAccount(new AccountSums(row));
    const why = auditBooks(this.#db, this.#byName.values());
    if (why !== undefined)
      throw new LedgerError(
        "UNUSABLE",
        `ledger ${this.#options.file}: the books do not balance: ${why}; keep the file and name another`,
      );
    for (const { id, debit, credit, low, high, ends_ms: expiresAtMs } of this.#journal.pending())
      this.#holds.set(id, {
        id,
        debit: this.#account(debit),
        credit: this.#account(credit),
        low,
        high,
        expiresAtMs,
      });
  }

  #addAccount(account: AccountSums): void {
    if (account.number !== this.#accounts.length)
      throw new Error(`account ${account.name} has number ${account.number}`);
    this.#accounts.push(account);
    this.#byName.set(account.name, account);
  }

  #account(number: number): AccountSums {
    const account = this.#accounts[number];
    if (account === undefined) throw new Error(`no account ${number}`);
    return account;
  }

  /** Runs `work` and writes the accounts it touched, all of it or nothing; on disk when it returns. */
  #transaction(work: () => void): void {
    this.#begin.run();
    work();
    const touched = this.#touched;
    if (!deltasBalance(touched)) throw new Error("a batch that does not balance");
    for (const account of touched) {
      account.touched = false;
      this.#writeAccount.run(
        String(account.debitsPosted.settle()),
        String(account.creditsPosted.settle()),
        String(account.debitsPending.settle()),
        String(account.creditsPending.settle()),
        String(account.debitsFolded.settle()),
        String(account.creditsFolded.settle()),
        account.number,
      );
    }
    touched.length = 0;
    const { seam } = this.#options;
    seam?.beforeCommit?.(this.#db);
    this.#commit.run();
    seam?.afterCommit?.();
  }

  #touch(account: AccountSums): void {
    if (account.touched) return;
    account.touched = true;
    this.#touched.push(account);
  }

  /**
   * Writes the entries of `ring` from a position on, in their order, and their outcomes into their slots. Entries that
   * were written already, and were not told so because the thread died, come out as they did: their rows say how. So no
   * row that this batch names is folded with it, but by a later one, when this one needs no second writing any more.
   */
  apply(ring: EntryRing, from: number, count: number, nowMs: number): void {
    this.#transaction(() => {
      let oldestNamed = Number.POSITIVE_INFINITY;
      for (let position = from; position < from + count; position++) {
        const kind = ring.kind(position);
        const id = ring.id(position);
        if (id < oldestNamed) oldestNamed = id;
        if (kind === EntryKind.reserve) this.#reserve(ring, position, id, nowMs);
        else if (kind === EntryKind.post) ring.setOutcome(position, this.#post(id, nowMs));
        else if (kind === EntryKind.void) ring.setOutcome(position, this.#void(id, nowMs));
        else if (kind === EntryKind.takeBack) ring.setOutcome(position, this.#takeBack(id, nowMs));
        else throw new Error(`an entry of kind ${kind}`);
      }
      const oldestHold: number | undefined = this.#holds.keys().next().value;
      const before = Math.min(oldestHold ?? Number.POSITIVE_INFINITY, oldestNamed);
      this.#journal.fold(this.#accounts, before, count, (account) => this.#touch(account));
    });
  }

  #reserve(ring: EntryRing, position: number, id: number, nowMs: number): void {
    if (id < this.#firstId && this.#journal.state(id) !== undefined) return;
    const debit = this.#account(ring.debit(position));
    const credit = this.#account(ring.credit(position));
    const low = ring.amountLow(position);
    const high = ring.amountHigh(position);
    const latestMs = nowMs + this.#options.maxHoldMs;
    const expiresAtMs = Math.max(0, Math.min(Math.floor(ring.expiresAtMs(position)), latestMs));
    this.#journal.hold(id, debit.number, credit.number, low, high, nowMs, expiresAtMs);
    this.#holds.set(id, { id, debit, credit, low, high, expiresAtMs });
    debit.debitsPending.add(low, high);
    credit.creditsPending.add(low, high);
    this.#touch(debit);
    this.#touch(credit);
    if (id + MAX_RING >= this.#nextId) {
      this.#nextId = id + 2 * MAX_RING;
      this.#writeNextId.run(this.#nextId);
    }
  }

  #post(id: number, nowMs: number): EntryOutcome {
    const hold = this.#holds.get(id);
    if (hold === undefined) {
      const state = this.#journal.state(id);
      if (state === State.posted) return EntryOutcome.done;
      return state === State.expired ? EntryOutcome.expired : EntryOutcome.unknown;
    }
    if (hold.expiresAtMs <= nowMs) {
      this.#settle(hold, State.expired, nowMs);
      return EntryOutcome.expires;
    }
    this.#settle(hold, State.posted, nowMs);
    return EntryOutcome.done;
  }

  #void(id: number, nowMs: number): EntryOutcome {
    const hold = this.#holds.get(id);
    if (hold === undefined)
      return this.#journal.state(id) === State.voided ? EntryOutcome.done : EntryOutcome.unknown;
    this.#settle(hold, State.voided, nowMs);
    return EntryOutcome.done;
  }

  /** As a void, and of what was posted too: by a thread that died before it could say so. */
  #takeBack(id: number, nowMs: number): EntryOutcome {
    const row = this.#journal.transfer(id);
    if (row?.state !== State.posted) return this.#void(id, nowMs);
    const debit = this.#account(row.debit);
    const credit = this.#account(row.credit);
    this.#journal.settle(id, State.voided, nowMs);
    debit.debitsPosted.subtract(row.low, row.high);
    credit.creditsPosted.subtract(row.low, row.high);
    this.#touch(debit);
    this.#touch(credit);
    return EntryOutcome.done;
  }

  #settle(hold: Hold, state: State, nowMs: number): void {
    const { id, debit, credit, low, high } = hold;
    this.#journal.settle(id, state, nowMs);
    this.#holds.delete(id);
    debit.debitsPending.subtract(low, high);
    credit.creditsPending.subtract(low, high);
    if (state === State.posted) {
      debit.debitsPosted.add(low, high);
      credit.creditsPosted.add(low, high);
    }
    this.#touch(debit);
    this.#touch(credit);
  }

  #due(nowMs: number): Hold[] {
    const due: Hold[] = [];
    for (const hold of this.#holds.values()) if (hold.expiresAtMs <= nowMs) due.push(hold);
    return due;
  }

  /** Gives back the holds whose expiry has come, and says how many they were. */
  expire(nowMs: number): number {
    const due = this.#due(nowMs);
    if (due.length > 0)
      this.#transaction(() => {
        for (const hold of due) this.#settle(hold, State.expired, nowMs);
      });
    return due.length;
  }

  /** The number of an account, which is made if there is none. @throws LedgerError FULL */
  account(name: string): number {
    const known = this.#byName.get(name);
    if (known !== undefined) return known.number;
    const number = this.#accounts.length;
    if (number > this.#options.maxAccounts)
      throw new LedgerError("FULL", `the ledger has ${this.#options.maxAccounts} accounts, its limit`);
    const zero = "0";
    this.#transaction(() => {
      this.#db
        .prepare("INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        .run(number, name, zero, zero, zero, zero, zero, zero);
    });
    this.#addAccount(
      new AccountSums({
        number,
        name,
        debits_posted: zero,
        credits_posted: zero,
        debits_pending: zero,
        credits_pending: zero,
        debits_folded: zero,
        credits_folded: zero,
      }),
    );
    return number;
  }

  state(id: number): TransferState | undefined {
    const state = this.#journal.state(id);
    return state === undefined ? undefined : STATE_NAMES[state];
  }

  balances(): Map<string, Balance> {
    return new Map(Array.from(this.#byName, ([name, account]) => [name, account.balance()]));
  }

  /**
   * Copies the log into the file, as far as no reader is in the way; the log is then written from its start again.
   *
   * @returns frames (pages) that the log had
   */
  checkpoint(): number {
    return Number(this.#checkpoint.get()?.log);
  }

  /** Also after a failure. What was not committed is not in the file. */
  close(): void {
    this.#db.close();
    this.#claim.close();
  }
}
