/**
 * Contra accounts, for posts that took effect, and nobody was told so: they are taken back. TigerBeetle's posts are for
 * ever, and a transfer back would make both sides' sums larger; so it is made between accounts that are held against them.
 */
import type { Account, Transfer } from "tigerbeetle-node";
import { EntryKind } from "./entry-ring.ts";
import type { Balance } from "./ledger.ts";
import type { TigerBeetleClient } from "./tigerbeetle-client.ts";
import { type Encoding, Flag, hash, Status } from "./tigerbeetle-events.ts";

/** The account that holds what was posted to an account and taken back: 128 bits of sha256 of its id, in decimal. */
export function contraAccount(account: bigint): bigint {
  return hash(String(account), 16);
}

/** What an account has: what was posted to it, less what was taken back. */
export function balanceOf(account: Account, contra: Account): Balance {
  const debitsPosted = account.debits_posted - contra.credits_posted;
  const creditsPosted = account.credits_posted - contra.debits_posted;
  return {
    posted: creditsPosted - debitsPosted,
    debitsPosted,
    creditsPosted,
    debitsPending: account.debits_pending,
    creditsPending: account.credits_pending,
  };
}

/** The event that corrects a post: what it moved moves back, between the contra accounts. */
export function correctionOf(hold: Transfer, id: bigint, session: bigint): Transfer {
  return {
    ...hold,
    id,
    debit_account_id: contraAccount(hold.credit_account_id),
    credit_account_id: contraAccount(hold.debit_account_id),
    user_data_64: session,
    timeout: 0,
    flags: Flag.none,
    timestamp: 0n,
  };
}

/**
 * Takes posts back.
 *
 * @param posted ids of transfers, as many as one look-up may have; those that are corrected already stay as they are
 * @throws Error when one is not corrected; whatever the client throws
 */
export async function correctPosts(
  client: TigerBeetleClient,
  { ids, session }: Encoding,
  posted: readonly number[],
): Promise<void> {
  const found = await client.lookupTransfers(posted.map((id) => ids.transfer(EntryKind.reserve, id)));
  const holds = new Map(found.map((hold) => [hold.id, hold]));
  const corrections = posted.map((id) => {
    const hold = holds.get(ids.transfer(EntryKind.reserve, id));
    if (hold === undefined) throw new Error(`the hold of a post, ${id}, was not found`);
    return correctionOf(hold, ids.correction(id), session);
  });
  const statuses = (await client.createTransfers(corrections)).map(({ status }) => status);
  const written = (status: number) => status === Status.created || status === Status.exists;
  if (statuses.length !== corrections.length || !statuses.every(written))
    throw new Error(`a post could not be corrected: status ${statuses.join(", ")}`);
}
