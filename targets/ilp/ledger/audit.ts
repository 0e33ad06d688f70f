import type { DatabaseSync } from "node:sqlite";
import type { AccountSums } from "./account-sums.ts";
import { State } from "./schema.ts";

interface Total {
  readonly account: number;
  readonly high: bigint;
  readonly low: bigint;
}

/** Sums of 2^63 and more are no integers of SQLite's, so both halves of an amount are summed apart. */
const HALVES = "sum(amount >> 32) AS high, sum(amount & 0xffffffff) AS low";

function totals(db: DatabaseSync, side: "debit" | "credit", state: State): ReadonlyMap<number, bigint> {
  const statement = db.prepare(
    `SELECT ${side} AS account, ${HALVES} FROM transfers WHERE state = ${state} GROUP BY ${side}`,
  );
  statement.setReadBigInts(true);
  const rows = statement.all() as unknown as Total[];
  return new Map(rows.map(({ account, high, low }) => [Number(account), (high << 32n) + low]));
}

/**
 * Checks the accounts of a file that is being opened against its journal: the pair of the check that each batch gets
 * when it is written.
 *
 * @returns what does not add up, or nothing
 */
export function auditBooks(db: DatabaseSync, accounts: Iterable<AccountSums>): string | undefined {
  const posted = { debits: totals(db, "debit", State.posted), credits: totals(db, "credit", State.posted) };
  const pending = {
    debits: totals(db, "debit", State.pending),
    credits: totals(db, "credit", State.pending),
  };
  let sum = 0n;
  for (const account of accounts) {
    const { number, name, debitsFolded, creditsFolded } = account;
    const has = account.balance();
    sum += has.posted;
    const said = [has.debitsPosted, has.creditsPosted, has.debitsPending, has.creditsPending];
    const found = [
      debitsFolded.settle() + (posted.debits.get(number) ?? 0n),
      creditsFolded.settle() + (posted.credits.get(number) ?? 0n),
      pending.debits.get(number) ?? 0n,
      pending.credits.get(number) ?? 0n,
    ];
    if (said.some((value, i) => value !== found[i]))
      return `account ${name} says ${said.join("/")}, its transfers ${found.join("/")}`;
  }
  return sum === 0n ? undefined : `the sum of all balances is ${sum}, not zero`;
}
