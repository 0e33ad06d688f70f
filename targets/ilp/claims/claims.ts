/** Signed claims: what peers of a node owe each other, in writing. */

import type { KeyObject } from "node:crypto";
import type { FrameView } from "../../../wire/btp.ts";
import { type Clock, type Link, systemClock } from "../btp/btp.ts";
import type { Agreement, Asset, Party } from "./claim.ts";
import { ClaimFile } from "./claim-file.ts";
import { Payee } from "./payee.ts";
import { type PaidPeer, Payer, type PayerOptions } from "./payer.ts";
import { openSignatures, type Signatures } from "./signatures.ts";

export type { Claim } from "./claim.ts";
export { ClaimError, type ClaimErrorCode } from "./error.ts";
export type { Payee } from "./payee.ts";
export type { Payer } from "./payer.ts";

/** The `claims` key of a peer, with its keys read. */
export interface ClaimRules {
  /** The peer's own address. */
  readonly ilpAddress: string;
  /** Our private key: we sign what we owe the peer. */
  readonly signWith?: KeyObject | undefined;
  /** The peer's public key: its claims are verified, and a Transfer without one is refused. */
  readonly verifyWith?: KeyObject | undefined;
  readonly everyMs: number;
}

export interface ClaimsOptions {
  readonly node: Party;
  readonly asset: Asset;
  /** Of the node's ledger. */
  readonly booksId: string;
  /** Where the peers' claims are kept; there is no such file for a node that verifies none. */
  readonly file: string;
  readonly peers: readonly { readonly name: string; readonly claims?: ClaimRules | undefined }[];
  /** Threads; none where no peer has claims. */
  readonly workers: number;
  readonly note: PayerOptions["note"];
  readonly clock?: Clock;
}

/**
 * Starts the threads, if any peer has claims.
 *
 * @throws ClaimError CLAIMS_FILE
 */
export async function openClaims(options: ClaimsOptions): Promise<Claims> {
  const rules = new Map<string, ClaimRules>();
  for (const { name, claims } of options.peers) if (claims !== undefined) rules.set(name, claims);
  const verifies = [...rules.values()].some(({ verifyWith }) => verifyWith !== undefined);
  const file = verifies ? new ClaimFile(options.file) : undefined;
  const signatures = rules.size === 0 ? undefined : await openSignatures(options.workers);
  return new Claims(options, rules, signatures, file);
}

/** The claims of a node, both ways. */
export class Claims {
  /** By peer's name; only those that have such claims. */
  readonly payers = new Map<string, Payer>();
  readonly payees = new Map<string, Payee>();
  /** Undefined where no peer has claims. */
  readonly signatures: Signatures | undefined;
  readonly #options: ClaimsOptions;
  readonly #rules: ReadonlyMap<string, ClaimRules>;
  readonly #file: ClaimFile | undefined;

  constructor(
    options: ClaimsOptions,
    rules: ReadonlyMap<string, ClaimRules>,
    signatures: Signatures | undefined,
    file: ClaimFile | undefined,
  ) {
    this.#options = options;
    this.#rules = rules;
    this.#file = file;
    this.signatures = signatures;
  }

  /**
   * Begins to take a peer's claims; nothing for a peer whose claims are not verified.
   *
   * @param dueBefore what the ledger says the peer owed when the node started
   * @throws ClaimError CLAIMS_FILE
   */
  payee(name: string, dueBefore: bigint): void {
    const rules = this.#rules.get(name);
    const [file, { signatures }] = [this.#file, this];
    if (rules?.verifyWith === undefined || file === undefined || signatures === undefined) return;
    const { ilpAddress, verifyWith: key } = rules;
    const { node: to, asset, note } = this.#options;
    const agreement: Agreement = { from: { nodeId: name, ilpAddress }, to, asset };
    this.payees.set(name, new Payee({ agreement, key, signatures, file, dueBefore, note }));
  }

  /**
   * Begins to claim what we owe a peer; nothing for a peer that is promised no claims.
   *
   * @param owedBefore what the ledger says was owed when the node started
   */
  payer(name: string, peer: PaidPeer, owedBefore: bigint): Payer | undefined {
    const rules = this.#rules.get(name);
    const { signatures } = this;
    if (rules?.signWith === undefined || signatures === undefined) return undefined;
    const { ilpAddress, signWith: key, everyMs } = rules;
    const { node: from, asset, booksId, note, clock = systemClock } = this.#options;
    const agreement: Agreement = { from, to: { nodeId: name, ilpAddress }, asset };
    const payer = new Payer({ agreement, booksId, key, everyMs, signatures, peer, owedBefore, clock, note });
    this.payers.set(name, payer);
    return payer;
  }

  /** A Transfer came from a peer: it is answered once, now or later. */
  receive(link: Link, transfer: FrameView): void {
    const payee = this.payees.get(link.peer);
    if (payee !== undefined) payee.receive(link, transfer);
    // Settlement without claims is outside of this target: it is taken note of by its answer, no more.
    else link.acknowledge(transfer.requestId);
  }

  /** Makes no more claims, and ends the threads. */
  async close(): Promise<void> {
    for (const payer of this.payers.values()) payer.close();
    await this.signatures?.close();
  }
}
