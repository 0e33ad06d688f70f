import { createHash } from "node:crypto";
import type { Account, Transfer } from "tigerbeetle-node";
import { EntryKind, EntryOutcome, type EntryRing } from "./entry-ring.ts";

// The package is optional, so nothing of it is imported but its types; a test holds these against its enums.
export const Flag = { none: 0, pending: 2, postPending: 4, voidPending: 8 } as const;
export const Status = {
  created: 0xffff_ffff,
  exists: 46,
  accountExists: 21,
  pendingTransferNotFound: 25,
  alreadyPosted: 33,
  alreadyVoided: 34,
  expired: 35,
} as const;

/** One ledger (of value, in TigerBeetle's sense) and one code serve: a node has one asset, and packets are all alike. */
const LEDGER = 1;
const CODE = 1;

/** In a transfer's id, in the place of what it does to the hold: it corrects a post. */
const CORRECTION = 0;

/** As an amount: all of what is pending. */
export const AMOUNT_MAX = 2n ** 128n - 1n;

export const hash = (text: string, bytes: number) =>
  BigInt(
    `0x${createHash("sha256")
      .update(text)
      .digest("hex")
      .slice(0, 2 * bytes)}`,
  );

/**
 * Ids of 128 bits, so that the books of several nodes share a cluster, and a batch that is sent twice counts once.
 *
 * - an account: sha256 of namespace and name, cut to 128 bits
 * - a transfer: 62 bits of sha256 of the namespace, 2 bits of what it does to the hold (so post and void have ids that
 *   follow from the hold's), 64 bits of the hold's number
 */
export class Ids {
  readonly #namespace: string;
  readonly #high: bigint;

  constructor(namespace: string) {
    this.#namespace = namespace;
    this.#high = (hash(namespace, 8) >> 2n) << 66n;
  }

  account(name: string): bigint {
    return hash(`${this.#namespace}\0${name}`, 16);
  }

  /** The transfer that a hold, a post or a void is; a post that is taken back is voided, if it can be. */
  transfer(kind: EntryKind, id: number): bigint {
    return this.#of(kind === EntryKind.takeBack ? EntryKind.void : kind, id);
  }

  /** The transfer that corrects a post. */
  correction(id: number): bigint {
    return this.#of(CORRECTION, id);
  }

  #of(what: number, id: number): bigint {
    return this.#high | (BigInt(what) << 64n) | BigInt(id);
  }
}

export function newAccount(id: bigint): Account {
  return {
    id,
    debits_pending: 0n,
    debits_posted: 0n,
    credits_pending: 0n,
    credits_posted: 0n,
    user_data_128: 0n,
    user_data_64: 0n,
    user_data_32: 0,
    reserved: 0,
    ledger: LEDGER,
    code: CODE,
    flags: 0,
    timestamp: 0n,
  };
}

/**
 * Seconds until an expiry, as TigerBeetle counts a hold's time: whole ones, rounded up, so that it never ends before the
 * packet does; 0 would be for ever.
 */
export function timeoutSeconds(expiresAtMs: number, nowMs: number, maxHoldMs: number): number {
  return Math.ceil(Math.min(Math.max(expiresAtMs - nowMs, 1), maxHoldMs) / 1_000);
}

export interface Encoding {
  readonly ids: Ids;
  /** TigerBeetle's ids, by our account numbers. */
  readonly accounts: readonly bigint[];
  /**
   * Marks everything of one opening: should a clock that went back give a number out again, the old transfer is not
   * taken for the new one.
   */
  readonly session: bigint;
  readonly maxHoldMs: number;
}

/** The event of one entry. */
export function eventOf(ring: EntryRing, position: number, encoding: Encoding, nowMs: number): Transfer {
  const { ids, accounts, session, maxHoldMs } = encoding;
  const kind = ring.kind(position) as EntryKind;
  const id = ring.id(position);
  const holds = kind === EntryKind.reserve;
  return {
    id: ids.transfer(kind, id),
    debit_account_id: holds ? accounts[ring.debit(position)]! : 0n,
    credit_account_id: holds ? accounts[ring.credit(position)]! : 0n,
    amount: holds
      ? (BigInt(ring.amountHigh(position)) << 32n) + BigInt(ring.amountLow(position))
      : kind === EntryKind.post
        ? AMOUNT_MAX
        : 0n,
    pending_id: holds ? 0n : ids.transfer(EntryKind.reserve, id),
    user_data_128: 0n,
    user_data_64: session,
    user_data_32: 0,
    timeout: holds ? timeoutSeconds(ring.expiresAtMs(position), nowMs, maxHoldMs) : 0,
    ledger: LEDGER,
    code: CODE,
    flags: holds ? Flag.pending : kind === EntryKind.post ? Flag.postPending : Flag.voidPending,
    timestamp: 0n,
  };
}

/**
 * What a status means for its entry. `exists` is the second answer to an event that was sent twice. Whatever is not
 * known to have succeeded has not: a hold that was not made is one that cannot be posted.
 */
export function outcomeOf(kind: number, status: number): EntryOutcome {
  if (status === Status.created || status === Status.exists) return EntryOutcome.done;
  if (kind === EntryKind.post) {
    if (status === Status.alreadyPosted) return EntryOutcome.done;
    if (status === Status.expired) return EntryOutcome.expired;
  }
  if (kind === EntryKind.void && status === Status.alreadyVoided) return EntryOutcome.done;
  if (kind === EntryKind.takeBack) {
    // What was posted is corrected before anyone asks.
    if (status === Status.alreadyVoided || status === Status.alreadyPosted) return EntryOutcome.done;
    if (status === Status.expired) return EntryOutcome.expired;
  }
  return EntryOutcome.unknown;
}
