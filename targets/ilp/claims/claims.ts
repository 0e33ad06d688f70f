/** Signed claims: what peers of a node owe each other, in writing. */

import type { KeyObject } from "node:crypto";
import type { FrameView } from "../../../wire/btp.ts";
import { type Clock, type Link, systemClock } from "../btp/btp.ts";
import { Payee } from "./payee.ts";
import { type PaidPeer, Payer, type PayerOptions } from "./payer.ts";
import { openSignatures, type Signatures } from "./signatures.ts";

export type { Claim } from "./claim.ts";
export { ClaimError, type ClaimErrorCode } from "./error.ts";
export type { Payee } from "./payee.ts";
export type { Payer } from "./payer.ts";

/** The `claims` key of a peer, with its keys read. */
export interface ClaimRules {
  /** Our private key: we sign what we owe the peer. */
  readonly signWith?: KeyObject | undefined;
  /** The peer's public key: its claims are verified, and a Transfer without one is refused. */
  readonly verifyWith?: KeyObject | undefined;
  readonly everyMs: number;
}

export interface ClaimsOptions {
  readonly nodeId: string;
  readonly peers: readonly { readonly name: string; readonly claims?: ClaimRules | undefined }[];
  /** Threads; none where no peer has claims. */
  readonly workers: number;
  readonly note: PayerOptions["note"];
  readonly clock?: Clock;
}

/** Starts the threads, if any peer has claims. */
export async function openClaims(options: ClaimsOptions): Promise<Claims> {
  const rules = new Map<string, ClaimRules>();
  for (const { name, claims } of options.peers) if (claims !== undefined) rules.set(name, claims);
  return new Claims(options, rules, rules.size === 0 ? undefined : await openSignatures(options.workers));
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

  constructor(
    options: ClaimsOptions,
    rules: ReadonlyMap<string, ClaimRules>,
    signatures: Signatures | undefined,
  ) {
    this.#options = options;
    this.#rules = rules;
    this.signatures = signatures;
  }

  /**
   * Begins to take a peer's claims; nothing for a peer whose claims are not verified.
   *
   * @param dueBefore what the ledger says the peer owed when the node started
   */
  payee(from: string, dueBefore: bigint): Payee | undefined {
    const { verifyWith: key } = this.#rules.get(from) ?? {};
    const { signatures } = this;
    if (key === undefined || signatures === undefined) return undefined;
    const { nodeId: to, note } = this.#options;
    const payee = new Payee({ from, to, key, signatures, dueBefore, note });
    this.payees.set(from, payee);
    return payee;
  }

  /**
   * Begins to claim what we owe a peer; nothing for a peer that is promised no claims.
   *
   * @param owedBefore what the ledger says was owed when the node started
   */
  payer(name: string, peer: PaidPeer, owedBefore: bigint): Payer | undefined {
    const { signWith: key, everyMs } = this.#rules.get(name) ?? {};
    const { signatures } = this;
    if (key === undefined || everyMs === undefined || signatures === undefined) return undefined;
    const { nodeId, note, clock = systemClock } = this.#options;
    const parts = { from: nodeId, to: name, key, everyMs, signatures, peer, owedBefore, clock, note };
    const payer = new Payer(parts);
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
