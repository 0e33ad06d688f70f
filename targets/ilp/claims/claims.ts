/** Signed claims: what peers of a node owe each other, in writing. */

import type { KeyObject } from "node:crypto";
import type { FrameView } from "../../../wire/btp.ts";
import { type Clock, type Link, systemClock } from "../btp/btp.ts";
import { readKeyFile } from "./key-file.ts";
import { Payee } from "./payee.ts";
import { type PaidPeer, Payer, type PayerOptions } from "./payer.ts";
import { openSignatures, type Signatures } from "./signatures.ts";

export type { Claim } from "./claim.ts";
export { ClaimError, type ClaimErrorCode } from "./error.ts";
export type { Payee } from "./payee.ts";
export type { Payer } from "./payer.ts";

/** The `claims` key of a peer. */
export interface ClaimRules {
  /** The file with our private key: we sign what we owe the peer. */
  readonly signWith?: string | undefined;
  /** The file with the peer's public key: its claims are verified, and a Transfer without one is refused. */
  readonly verifyWith?: string | undefined;
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

/** A peer's rules, with its keys at hand. */
interface Keys {
  readonly sign: KeyObject | undefined;
  readonly verify: KeyObject | undefined;
  readonly everyMs: number;
}

/**
 * Reads the keys and starts the threads, if any peer has claims.
 *
 * @throws ClaimError KEY_FILE
 */
export async function openClaims(options: ClaimsOptions): Promise<Claims> {
  const keys = new Map<string, Keys>();
  for (const { name, claims } of options.peers) {
    if (claims === undefined) continue;
    const { signWith, verifyWith, everyMs } = claims;
    const sign = signWith === undefined ? undefined : readKeyFile(signWith, "private");
    const verify = verifyWith === undefined ? undefined : readKeyFile(verifyWith, "public");
    keys.set(name, { sign, verify, everyMs });
  }
  return new Claims(options, keys, keys.size === 0 ? undefined : await openSignatures(options.workers));
}

/** The claims of a node, both ways. */
export class Claims {
  /** By peer's name; only those that have such claims. */
  readonly payers = new Map<string, Payer>();
  readonly payees = new Map<string, Payee>();
  /** Undefined where no peer has claims. */
  readonly signatures: Signatures | undefined;
  readonly #options: ClaimsOptions;
  readonly #keys: ReadonlyMap<string, Keys>;

  constructor(options: ClaimsOptions, keys: ReadonlyMap<string, Keys>, signatures: Signatures | undefined) {
    this.#options = options;
    this.#keys = keys;
    this.signatures = signatures;
    if (signatures === undefined) return;
    for (const [from, { verify }] of keys)
      if (verify !== undefined)
        this.payees.set(from, new Payee({ from, to: options.nodeId, key: verify, signatures }));
  }

  /**
   * Begins to claim what we owe a peer; nothing for a peer that is promised no claims.
   *
   * @param owedBefore what the ledger says was owed when the node started
   */
  payer(name: string, peer: PaidPeer, owedBefore: bigint): Payer | undefined {
    const { sign, everyMs } = this.#keys.get(name) ?? {};
    const { signatures } = this;
    if (sign === undefined || everyMs === undefined || signatures === undefined) return undefined;
    const { nodeId, note, clock = systemClock } = this.#options;
    const parts = { from: nodeId, to: name, key: sign, everyMs, signatures, peer, owedBefore, clock, note };
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
