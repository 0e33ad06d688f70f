import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { AccountSums } from "./account-sums.ts";
import { State } from "./schema.ts";

/** Amounts from here on (2^53) are bound as bigint; numbers below are faster and exact. */
const HIGH_OF_2_53 = 2 ** 21;
const HIGH_UNIT = 2 ** 32;

/** A fold takes at least this many rows, so that its two statements cost little a row. */
const FOLD_ROWS = 512;

const ROW =
  "SELECT id, debit, credit, amount >> 32 AS high, amount & 0xffffffff AS low, state, ends_ms FROM transfers";

/** A transfer: accounts by number, the amount in halves of 32 bits, its expiry (while pending) in epoch ms. */
export interface TransferRow {
  readonly id: number;
  readonly debit: number;
  readonly credit: number;
  readonly low: number;
  readonly high: number;
  readonly state: State;
  readonly ends_ms: number;
}

/**
 * The rows of transfers: appended when held, changed in place when settled, and folded away when they are old.
 * Every method runs within the caller's transaction.
 */
export class Journal {
  readonly #insert: StatementSync;
  readonly #settle: StatementSync;
  readonly #state: StatementSync;
  readonly #transfer: StatementSync;
  readonly #pending: StatementSync;
  readonly #foldEnd: StatementSync;
  readonly #foldSums: StatementSync;
  readonly #foldDelete: StatementSync;
  readonly #keepSettled: number;
  #rows: number;

  /** @param keepSettled how many settled transfers stay to be looked at */
  constructor(db: DatabaseSync, keepSettled: number) {
    this.#insert = db.prepare(`INSERT INTO transfers VALUES (?, ?, ?, ?, ${State.pending}, ?, ?)`);
    this.#settle = db.prepare("UPDATE transfers SET state = ?, ends_ms = ? WHERE id = ?");
    this.#state = db.prepare("SELECT state FROM transfers WHERE id = ?");
    this.#transfer = db.prepare(`${ROW} WHERE id = ?`);
    this.#pending = db.prepare(`${ROW} WHERE state = ${State.pending} ORDER BY id`);
    this.#foldEnd = db.prepare("SELECT max(id) AS id FROM (SELECT id FROM transfers ORDER BY id LIMIT ?)");
    this.#foldSums = db.prepare(
      `SELECT debit, credit, sum(amount >> 32) AS high, sum(amount & 0xffffffff) AS low
       FROM transfers WHERE id <= ? AND state = ${State.posted} GROUP BY debit, credit`,
    );
    this.#foldDelete = db.prepare("DELETE FROM transfers WHERE id <= ?");
    this.#keepSettled = keepSettled;
    this.#rows = Number(db.prepare("SELECT count(*) AS rows FROM transfers").get()?.rows);
  }

  hold(
    id: number,
    debit: number,
    credit: number,
    amountLow: number,
    amountHigh: number,
    nowMs: number,
    expiresAtMs: number,
  ): void {
    const amount =
      amountHigh < HIGH_OF_2_53
        ? amountHigh * HIGH_UNIT + amountLow
        : (BigInt(amountHigh) << 32n) + BigInt(amountLow);
    this.#insert.run(id, debit, credit, amount, nowMs, expiresAtMs);
    this.#rows++;
  }

  settle(id: number, state: State, nowMs: number): void {
    this.#settle.run(state, nowMs, id);
  }

  state(id: number): State | undefined {
    return this.#state.get(id)?.state as State | undefined;
  }

  transfer(id: number): TransferRow | undefined {
    return this.#transfer.get(id) as TransferRow | undefined;
  }

  /** In the order of their ids. */
  pending(): TransferRow[] {
    return this.#pending.all() as unknown as TransferRow[];
  }

  /**
   * Takes the oldest settled rows out when there are more than are to be kept, and adds them to what their accounts have
   * folded. It stops before the oldest row that is still needed, and at a few times the rows of a batch, so that no batch
   * waits long for it and it keeps up with any rate.
   *
   * @param before the id to stop before, or Infinity
   * @param batch entries of this batch
   * @param folded told of each account whose sums changed
   */
  fold(
    accounts: readonly (AccountSums | undefined)[],
    before: number,
    batch: number,
    folded: (account: AccountSums) => void,
  ): void {
    const rows = Math.max(FOLD_ROWS, 2 * batch);
    if (this.#rows < this.#keepSettled + rows) return;
    const oldest = Number(this.#foldEnd.get(rows)?.id);
    const end = Math.min(oldest, before - 1);
    for (const { debit, credit, high, low } of this.#foldSums.all(end)) {
      const debtor = accounts[Number(debit)]!;
      const creditor = accounts[Number(credit)]!;
      debtor.debitsFolded.add(Number(low), Number(high));
      creditor.creditsFolded.add(Number(low), Number(high));
      folded(debtor);
      folded(creditor);
    }
    this.#rows -= Number(this.#foldDelete.run(end).changes);
  }
}
