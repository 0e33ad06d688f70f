import type { KeyObject } from "node:crypto";
import type { FrameView } from "../../../wire/btp.ts";
import type { BtpCodeName } from "../btp/btp.ts";
import { CLAIM_PROTOCOL, type Claim, readClaim, type SignedClaim } from "./claim.ts";
import { ClaimError, type ClaimErrorCode } from "./error.ts";
import { Owed } from "./owed.ts";
import type { Signatures } from "./signatures.ts";

/** Where the answer to a Transfer goes: the BTP link it came by. */
export interface TransferAsker {
  acknowledge(requestId: number): boolean;
  refuse(requestId: number, code: BtpCodeName, text: string): boolean;
  /** Told of an error that is none of the claim's. */
  readonly session: { fault(error: unknown): void };
}

export interface PayeeOptions {
  /** Both nodes' ids. */
  readonly from: string;
  readonly to: string;
  /** The peer's public key. */
  readonly key: KeyObject;
  readonly signatures: Pick<Signatures, "verify">;
  /** What the peer owed by our books when the node started. */
  readonly dueBefore: bigint;
  /** Told once of each thing that is wrong with the peer's claims, and once when one is right again. */
  readonly note: (level: "info" | "warn", message: string) => void;
}

/** What is told as RFC 0023 has it: that the fields are wrong, that it may be tried again, or else that it is not accepted. */
const BTP_CODES: Partial<Record<ClaimErrorCode, BtpCodeName>> = {
  NO_CLAIM: "invalidFields",
  BAD_CLAIM: "invalidFields",
  BUSY: "unreachable",
  DOWN: "unreachable",
};

/**
 * Keeps the best claim of one peer. One is verified at a time: a peer that sends one after the other, as it should, never
 * notices, and one that sends a thousand gets the threads to do no more than the others do.
 */
export class Payee {
  readonly #options: PayeeOptions;
  readonly #due: Owed;
  #best: Claim | undefined;
  #verifying = false;
  /** What its claims were said to be refused for since the last that was taken: each once, whatever a stranger sends. */
  readonly #told = new Set<ClaimErrorCode>();
  verified = 0;
  /** By what was wrong. */
  readonly refused: Partial<Record<ClaimErrorCode, number>> = {};

  constructor(options: PayeeOptions) {
    this.#options = options;
    this.#due = new Owed(options.dueBefore);
  }

  /** Units that the peer owes us in all by our own books, whatever it claims. */
  get due(): bigint {
    return this.#due.total;
  }

  /** The peer came to owe us this much more: a packet of its was fulfilled. */
  owes(units: number): void {
    this.#due.add(units);
  }

  /** The claim with the highest nonce that was right; undefined before the first. */
  get best(): Claim | undefined {
    return this.#best;
  }

  /** Answers a Transfer of the peer, now or when its claim is verified. */
  receive(asker: TransferAsker, transfer: FrameView): void {
    const { requestId } = transfer;
    try {
      const claim = claimOf(transfer);
      this.#check(claim);
      // What can be seen without the key comes first: it costs no thread anything.
      if (this.#verifying) throw new ClaimError("BUSY", "the claim before this one is being verified");
      // Nobody is above what comes later: an error that nobody takes would end the connector.
      this.#verify(claim)
        .then(() => this.#take(asker, requestId))
        .catch((error) => this.#refuse(asker, requestId, error))
        .catch((error) => asker.session.fault(error));
    } catch (error) {
      this.#refuse(asker, requestId, error);
    }
  }

  #check({ from, to, nonce, amount }: Claim): void {
    const wanted = this.#options;
    if (from !== wanted.from || to !== wanted.to)
      throw new ClaimError(
        "WRONG_PARTIES",
        `a claim of ${from} on ${to}; wanted: of ${wanted.from} on ${wanted.to}`,
      );
    const best = this.#best;
    if (best === undefined) return;
    if (nonce <= best.nonce)
      throw new ClaimError("OLD_NONCE", `nonce ${nonce} is not above ${best.nonce}, which was taken`);
    if (amount < best.amount)
      throw new ClaimError("SMALLER_AMOUNT", `amount ${amount} is below ${best.amount}, which was claimed`);
  }

  async #verify(claim: SignedClaim): Promise<void> {
    const { key, signatures } = this.#options;
    this.#verifying = true;
    try {
      if (!(await signatures.verify(key, claim.terms, claim.signature)))
        throw new ClaimError("WRONG_SIGNATURE", wrongSignature(claim));
    } finally {
      this.#verifying = false;
    }
    const { from, to, nonce, amount } = claim;
    this.#best = { from, to, nonce, amount };
    this.verified++;
  }

  #take(asker: TransferAsker, requestId: number): void {
    asker.acknowledge(requestId);
    if (this.#told.size === 0) return;
    this.#told.clear();
    this.#options.note("info", `claims of peer ${this.#options.from} are right again`);
  }

  #refuse(asker: TransferAsker, requestId: number, error: unknown): void {
    if (!(error instanceof ClaimError)) {
      asker.session.fault(error);
      asker.refuse(requestId, "unreachable", "internal error");
      return;
    }
    const { code, message } = error;
    this.refused[code] = (this.refused[code] ?? 0) + 1;
    const btpCode = BTP_CODES[code] ?? "notAccepted";
    asker.refuse(requestId, btpCode, message);
    if (btpCode === "unreachable" || this.#told.has(code)) return;
    this.#told.add(code);
    this.#options.note("warn", `a claim of peer ${this.#options.from} is refused: ${message}`);
  }
}

const wrongSignature = ({ from, to }: Claim) =>
  `the signature is not that of ${from}: check that verifyWith at ${to} is the public half of signWith at ${from}`;

/** @throws ClaimError NO_CLAIM, BAD_CLAIM */
function claimOf(transfer: FrameView): SignedClaim {
  // One entry, before they are listed: a frame may have twenty thousand.
  const entry = transfer.entryCount === 1 ? transfer.entries[0] : undefined;
  if (entry?.name !== CLAIM_PROTOCOL)
    throw new ClaimError("NO_CLAIM", `a Transfer of one entry is wanted, named ${CLAIM_PROTOCOL}`);
  return readClaim(entry.data);
}
