import type { DistributionCounts } from "../distribution.ts";

/**
 * Why the ledger turned something away:
 *
 * - `FULL` too much waits for a slow ledger, or too many holds are open: answer T04, try again later
 * - `DOWN` it cannot write now; it comes back by itself: answer T00
 * - `EXPIRED` the hold ran out before its post was reached; it was given back
 * - `UNKNOWN` no such transfer, or one that was already given back
 * - `INVALID` no such account, an account to itself, or an amount outside 0 to 2^63 - 1
 * - `UNUSABLE` (opening) not a ledger of ours, of another version, in use, or its books do not balance
 */
export type LedgerErrorCode = "FULL" | "DOWN" | "EXPIRED" | "UNKNOWN" | "INVALID" | "UNUSABLE";

/** The one error of this room. Its message is one line that says what happened and to what. */
export class LedgerError extends Error {
  readonly code: LedgerErrorCode;

  constructor(code: LedgerErrorCode, what: string) {
    super(what);
    this.name = "LedgerError";
    this.code = code;
  }
}

/** Largest amount of one transfer: SQLite's integers are signed. Sums of amounts have no such limit. */
export const MAX_AMOUNT = 2n ** 63n - 1n;

/** Longest account name: as long as an ILP address may be (RFC 0015). */
const MAX_NAME = 1_023;

/** @throws LedgerError INVALID for what is no account's name */
export function needName(name: string): void {
  if (name.length === 0 || name.length > MAX_NAME)
    throw new LedgerError("INVALID", `an account's name has 1 to ${MAX_NAME} characters`);
}

/** Whoever waits for a post. One object a packet (the packet's own record, say), so no closure has to be made for it. */
export interface Waiting {
  /**
   * Called once. Without an error, the transfer and everything before it is on disk. With one, it is given back by the
   * ledger itself, and is not posted in the end; what that does not promise is in {@link Ledger.post}.
   */
  durable(error?: LedgerError): void;
}

export type TransferState = "pending" | "posted" | "voided" | "expired";

/** What an account has, in exact units of any size. */
export interface Balance {
  /** Credits less debits, of what is posted. The sum over all accounts is zero. */
  readonly posted: bigint;
  readonly debitsPosted: bigint;
  readonly creditsPosted: bigint;
  readonly debitsPending: bigint;
  readonly creditsPending: bigint;
}

/** Everything counts from when the ledger was opened. */
export interface LedgerStats {
  readonly state: "up" | "down" | "closed";
  /** What is wrong while it is down. */
  readonly why: string | undefined;
  /** Entries (a reserve, a post and a void are one each) that are not on disk yet. */
  readonly queued: number;
  /** Holds that are open, as of the last batch. */
  readonly holds: number;
  readonly reserved: number;
  readonly posted: number;
  readonly voided: number;
  /** Holds that ran out and were given back by the ledger itself. */
  readonly expired: number;
  /** Reserves that were turned away. */
  readonly refused: { readonly full: number; readonly down: number };
  /** Posts that were told an error. */
  readonly failed: number;
  readonly batchSizes: DistributionCounts;
  /** From the start of a batch's writing until it is on disk. */
  readonly commitMs: DistributionCounts;
  /** Times that the ledger went down. */
  readonly outages: number;
}

/**
 * Double-entry books of value that moves in two phases: held on Prepare, posted on Fulfill, given back on Reject or at
 * the expiry. Entries are written in the order of the calls, many at a time, so a post is never on disk before its
 * reserve. `reserve`, `post` and `void` only note the entry and return.
 */
export interface Ledger {
  /**
   * Which books these are, 16 hexadecimal digits: the same over restarts, and others for books that were begun anew, so
   * that sums over all of them are never taken for sums over these.
   */
  readonly booksId: string;

  /**
   * The number that transfers name an account by, while this ledger is open; the account is made, on disk, if there is
   * none.
   *
   * @param name 1 to 1023 characters, as an ILP address
   * @throws LedgerError DOWN, INVALID, or FULL when there are as many as there may be
   */
  account(name: string): Promise<number>;

  /**
   * Holds `amount` until it is posted, given back, or expires.
   *
   * @param debit the account that pays
   * @param credit the account that is paid
   * @param amount 0 to {@link MAX_AMOUNT}; a number up to 2^53 - 1
   * @param expiresAtMs epoch milliseconds; the ledger may take an earlier one (its longest hold)
   * @returns the transfer's id: a safe integer, unique over restarts, and rising
   * @throws LedgerError FULL, DOWN, INVALID: then nothing was held
   */
  reserve(debit: number, credit: number, amount: number | bigint, expiresAtMs: number): number;

  /**
   * Makes a hold final; to be called once, and never again after an error. Never refused for want of room, and never
   * throws: `waiting` is told the outcome, after this returns. While the ledger is down, posts wait for it, until it is
   * back or its patience ends; on a disk that hangs they wait for as long as it does, because their commit is under way.
   *
   * An error is final. The ledger may have broken off in the middle of this very batch, though, with the post done and
   * its word lost: then the post is taken back once the ledger is back. Only when the process ends, or closes the ledger,
   * before that, such a post stays.
   */
  post(id: number, waiting: Waiting): void;

  /** Gives a hold back. One that is posted or gone already stays as it is. */
  void(id: number): void;

  /** What became of a transfer; nothing for one that is unknown, or so old that it was folded away. */
  state(id: number): Promise<TransferState | undefined>;

  /**
   * By account name, everything that was called before included. Every account that was ever made (SQLite), or that
   * was named since this ledger was opened (TigerBeetle).
   */
  balances(): Promise<ReadonlyMap<string, Balance>>;

  stats(): LedgerStats;

  /** Writes what waits, then lets go of everything. Calls after it are told DOWN. */
  close(): Promise<void>;
}
