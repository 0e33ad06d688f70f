import type { KeyObject } from "node:crypto";
import { ContentType, FrameType, type FrameView, sizeOfFrame, writeFrame } from "../../../wire/btp.ts";
import { backOffMs } from "../back-off.ts";
import type { Clock, Refusal, Waiting } from "../btp/btp.ts";
import { type Agreement, CLAIM_PROTOCOL, type Claim, sealed, writeTerms } from "./claim.ts";
import { ClaimError } from "./error.ts";
import { Owed } from "./owed.ts";
import type { Signatures } from "./signatures.ts";

/** How long a peer may take to verify a claim. */
const ANSWER_MS = 5_000;

/** A claim that did not get through is made anew after the usual time and a random part of this at most. */
const RETRY_MAX_MS = 10_000;

/** UnreachableError (RFC 0023): the peer is busy for now, which is nothing that a person could mend. */
const LATER = "T00";

/** Characters of a stranger's text that are worth a line in the log. */
const MAX_TEXT = 200;

/** Where claims go: the peer's BTP session. */
export interface PaidPeer {
  readonly up: boolean;
  /** Told of an error that is none of a claim's. */
  fault(error: unknown): void;
  request(
    size: number,
    write: (requestId: number, into: Uint8Array, at: number) => number,
    waiting: Waiting,
    timeoutMs: number,
  ): Refusal | undefined;
}

export interface PayerOptions {
  readonly agreement: Agreement;
  /** Of our ledger; see {@link Claim}. */
  readonly booksId: string;
  readonly key: KeyObject;
  readonly everyMs: number;
  readonly signatures: Pick<Signatures, "sign">;
  readonly peer: PaidPeer;
  /** What was owed when the node started, which its ledger knows. */
  readonly owedBefore: bigint;
  readonly clock: Clock;
  /** 0 to below 1; for the first wait and the back-off. */
  readonly random?: () => number;
  /** Told when the peer begins to refuse claims or refuses them for something else, and once when it stops. */
  readonly note: (level: "info" | "warn", message: string) => void;
}

/** What became of our claims on one peer. */
export class PayerCounters {
  signed = 0;
  sent = 0;
  acknowledged = 0;
  /** The peer answered with a BTP Error. */
  refusedByPeer = 0;
  /** No answer in time, or the link was lost. */
  unanswered = 0;
  /** Signed, but the session took no request. */
  unsent = 0;
  /** The threads could not sign. */
  unsigned = 0;
}

/**
 * Claims what we come to owe one peer. A claim says all of it, so one that is lost costs nothing: there is never more than
 * one under way, whatever the load, and the next is made `everyMs` after the peer has answered, if it owes more by then.
 * Once all that is owed is acknowledged, nothing is signed and no timer runs; a peer that refuses is asked again and again.
 */
export class Payer implements Waiting {
  readonly counters = new PayerCounters();
  readonly #options: PayerOptions;
  readonly #owed: Owed;
  /** Whether a claim is waited for, in the making, or under way. */
  #busy = false;
  #closed = false;
  #timer: unknown;
  /** The claim that is under way. */
  #claimed = 0n;
  #acknowledged = 0n;
  #nonce = 0;
  /** Attempts in a row that did not get through. */
  #failures = 0;
  /** What the peer was last said to refuse claims for; undefined while it takes them. */
  #refusedFor: string | undefined;

  constructor(options: PayerOptions) {
    this.#options = options;
    this.#owed = new Owed(options.owedBefore);
    // Whether the peer has the last claim of the process before this one, nobody knows. Peers have their turns spread over
    // everyMs from here on, as otherwise all claims of a node that was started would always be due in the same tick.
    if (options.owedBefore > 0n) this.#wait(options.everyMs * this.#random());
  }

  /** Units that we owe the peer in all. */
  get owed(): bigint {
    return this.#owed.total;
  }

  /** Units that it has a claim for, as far as this process knows. */
  get acknowledged(): bigint {
    return this.#acknowledged;
  }

  /** We owe the peer this much more: it fulfilled a packet that we sent it. */
  owe(units: number): void {
    this.#owed.add(units);
    if (!this.#busy) this.#wait(this.#options.everyMs);
  }

  close(): void {
    this.#closed = true;
    this.#options.clock.cancel(this.#timer);
  }

  onAnswer(answer: FrameView): void {
    if (answer.type !== FrameType.response) {
      this.counters.refusedByPeer++;
      this.#tellRefused(answer.code, answer.errorText.slice(0, MAX_TEXT));
      this.#again();
      return;
    }
    this.counters.acknowledged++;
    this.#tellTaken();
    this.#acknowledged = this.#claimed;
    this.#failures = 0;
    this.#busy = false;
    if (this.owed > this.#acknowledged) this.#wait(this.#options.everyMs);
  }

  onFailure(): void {
    this.counters.unanswered++;
    this.#again();
  }

  #wait(ms: number): void {
    if (this.#closed) return;
    this.#busy = true;
    this.#timer = this.#options.clock.after(ms, () => {
      this.#claim().catch((error) => {
        this.#options.peer.fault(error);
        this.#again();
      });
    });
  }

  /** The claim did not get through. */
  #again(): void {
    const { everyMs } = this.#options;
    this.#wait(everyMs + backOffMs(this.#failures++, everyMs, RETRY_MAX_MS, this.#random()));
  }

  async #claim(): Promise<void> {
    const { agreement, booksId, key, signatures, peer } = this.#options;
    if (!peer.up) {
      this.#again();
      return;
    }
    // A clock makes nonces rise over restarts as well, with nothing to keep.
    this.#nonce = Math.max(this.#nonce + 1, Date.now());
    const claim = { ...agreement, booksId, nonce: BigInt(this.#nonce), amount: this.owed };
    const terms = writeTerms(claim);
    let signature: Uint8Array;
    try {
      signature = await signatures.sign(key, terms);
    } catch (error) {
      if (!(error instanceof ClaimError)) throw error;
      this.counters.unsigned++;
      this.#again();
      return;
    }
    this.counters.signed++;
    if (this.#closed) return;
    this.#send(claim, sealed(terms, signature));
  }

  #send({ amount }: Claim, data: Uint8Array): void {
    const { peer } = this.#options;
    const transfer = {
      type: FrameType.transfer,
      requestId: 0,
      amount: amount - this.#acknowledged,
      entries: [{ name: CLAIM_PROTOCOL, contentType: ContentType.octets, data }],
    };
    const write = (requestId: number, into: Uint8Array, at: number) =>
      writeFrame({ ...transfer, requestId }, into, at);
    this.#claimed = amount;
    if (peer.request(sizeOfFrame(transfer), write, this, ANSWER_MS) === undefined) {
      this.counters.sent++;
      return;
    }
    this.counters.unsent++;
    this.#again();
  }

  get #name(): string {
    return this.#options.agreement.to.nodeId;
  }

  #random(): number {
    return (this.#options.random ?? Math.random)();
  }

  #tellRefused(code: string, text: string): void {
    if (code === LATER || code === this.#refusedFor) return;
    this.#refusedFor = code;
    this.#options.note("warn", `peer ${this.#name} refuses our claim: ${code} ${text}`);
  }

  #tellTaken(): void {
    if (this.#refusedFor === undefined) return;
    this.#refusedFor = undefined;
    this.#options.note("info", `peer ${this.#name} takes our claims again`);
  }
}
