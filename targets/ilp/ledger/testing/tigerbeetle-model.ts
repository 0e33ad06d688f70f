import type { Account, Transfer } from "tigerbeetle-node";
import { CreateAccountStatus, CreateTransferStatus, RequestError, TransferFlags } from "tigerbeetle-node";
import type { Connect, TigerBeetleClient } from "../tigerbeetle-client.ts";

/**
 * A TigerBeetle server as far as two-phase transfers go, in memory, and clients of it: what stands in for one where there
 * is none, and where a fault is needed. It shows that our side keeps the contract if TigerBeetle keeps its own; that it
 * does, only the suite against a real server shows.
 */
export class TigerBeetleModel {
  readonly accounts = new Map<bigint, Account>();
  readonly transfers = new Map<bigint, Transfer>();
  readonly #ended = new Map<bigint, "posted" | "voided" | "expired">();
  readonly #failed = new Set<bigint>();
  /** Sizes of the batches that were taken. */
  readonly batches: number[] = [];
  clients = 0;
  /** Requests are kept, and answered when it is no longer so. */
  silent = false;
  /** The next requests take effect, but their clients are told of an eviction. */
  evicting = false;
  /** Events of one batch, at most. */
  most = 8_189;
  #kept: (() => void)[] = [];

  speak(): void {
    this.silent = false;
    for (const answer of this.#kept.splice(0)) answer();
  }

  readonly connect: Connect = () => {
    this.clients++;
    let closed = false;
    const rejects = new Set<(error: Error) => void>();
    const request = <T>(size: number, work: () => T): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        if (closed) return reject(new RequestError("ERR_CLIENT_CLOSED"));
        if (size > this.most) return reject(new RequestError("ERR_TOO_MUCH_DATA"));
        rejects.add(reject);
        const answer = () => {
          if (closed) return;
          rejects.delete(reject);
          const result = work();
          if (this.evicting) reject(new RequestError("ERR_CLIENT_EVICTED"));
          else resolve(structuredClone(result));
        };
        if (this.silent) this.#kept.push(answer);
        else setImmediate(answer);
      });
    const client: TigerBeetleClient = {
      createAccounts: (batch) =>
        request(batch.length, () =>
          batch.map((account) => {
            const exists = this.accounts.has(account.id);
            if (!exists) this.accounts.set(account.id, structuredClone(account));
            return {
              timestamp: now(),
              status: exists ? CreateAccountStatus.exists : CreateAccountStatus.created,
            };
          }),
        ),
      createTransfers: (batch) =>
        request(batch.length, () => {
          this.batches.push(batch.length);
          return batch.map((transfer) => ({ timestamp: now(), status: this.#create(transfer) }));
        }),
      lookupAccounts: (ids) =>
        request(ids.length, () => {
          this.#expire();
          return ids.flatMap((id) => this.accounts.get(id) ?? []);
        }),
      lookupTransfers: (ids) => request(ids.length, () => ids.flatMap((id) => this.transfers.get(id) ?? [])),
      destroy: () => {
        closed = true;
        for (const reject of rejects) reject(new RequestError("ERR_CLIENT_CLOSED"));
      },
    };
    return client;
  };

  #create(transfer: Transfer): CreateTransferStatus {
    this.#expire();
    const before = this.transfers.get(transfer.id);
    if (before !== undefined) {
      // In the server's order: the first difference is what it tells.
      if (before.timeout !== transfer.timeout) return CreateTransferStatus.exists_with_different_timeout;
      if (before.user_data_64 !== transfer.user_data_64)
        return CreateTransferStatus.exists_with_different_user_data_64;
      return CreateTransferStatus.exists;
    }
    if (this.#failed.has(transfer.id)) return CreateTransferStatus.id_already_failed;
    const status =
      transfer.flags === TransferFlags.pending || transfer.flags === TransferFlags.none
        ? this.#begin(transfer)
        : this.#end(transfer);
    if (status === CreateTransferStatus.created)
      this.transfers.set(transfer.id, { ...transfer, timestamp: now() });
    else if (status === CreateTransferStatus.pending_transfer_not_found) this.#failed.add(transfer.id);
    return status;
  }

  #begin(transfer: Transfer): CreateTransferStatus {
    const debit = this.accounts.get(transfer.debit_account_id);
    const credit = this.accounts.get(transfer.credit_account_id);
    if (debit === undefined) return CreateTransferStatus.debit_account_not_found;
    if (credit === undefined) return CreateTransferStatus.credit_account_not_found;
    const holds = transfer.flags === TransferFlags.pending;
    debit[holds ? "debits_pending" : "debits_posted"] += transfer.amount;
    credit[holds ? "credits_pending" : "credits_posted"] += transfer.amount;
    return CreateTransferStatus.created;
  }

  #end({ pending_id, flags, amount }: Transfer): CreateTransferStatus {
    const held = this.transfers.get(pending_id);
    if (held === undefined) return CreateTransferStatus.pending_transfer_not_found;
    const ended = this.#ended.get(pending_id);
    if (ended === "posted") return CreateTransferStatus.pending_transfer_already_posted;
    if (ended === "voided") return CreateTransferStatus.pending_transfer_already_voided;
    if (ended === "expired") return CreateTransferStatus.pending_transfer_expired;
    const posts = flags === TransferFlags.post_pending_transfer;
    // All of it, in the way that each of the two is told so.
    if (amount !== (posts ? 2n ** 128n - 1n : 0n))
      return CreateTransferStatus.pending_transfer_has_different_amount;
    this.#release(held, posts ? "posted" : "voided");
    return CreateTransferStatus.created;
  }

  #release(held: Transfer, how: "posted" | "voided" | "expired"): void {
    const debit = this.accounts.get(held.debit_account_id)!;
    const credit = this.accounts.get(held.credit_account_id)!;
    debit.debits_pending -= held.amount;
    credit.credits_pending -= held.amount;
    if (how === "posted") {
      debit.debits_posted += held.amount;
      credit.credits_posted += held.amount;
    }
    this.#ended.set(held.id, how);
  }

  #expire(): void {
    for (const held of this.transfers.values()) {
      if (held.flags !== TransferFlags.pending || this.#ended.has(held.id)) continue;
      if (held.timestamp + BigInt(held.timeout) * 1_000_000_000n <= now()) this.#release(held, "expired");
    }
  }
}

const now = () => BigInt(Date.now()) * 1_000_000n;
