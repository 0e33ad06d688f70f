import type { KeyObject } from "node:crypto";
import type { FrameView } from "../../../wire/btp.ts";
import type { BtpCodeName } from "../btp/btp.ts";
import {
  type Agreement,
  agreementText,
  CLAIM_PROTOCOL,
  type Claim,
  readClaim,
  type SignedClaim,
} from "./claim.ts";
import type { ClaimFile } from "./claim-file.ts";
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
  readonly agreement: Agreement;
  /** The peer's public key. */
  readonly key: KeyObject;
  readonly signatures: Pick<Signatures, "verify">;
  /** Has the claims of before, and gets the new ones. */
  readonly file: Pick<ClaimFile, "of" | "keep">;
  /** What the peer owed by our books when the node started. */
  readonly dueBefore: bigint;
  /** Told once of each thing that is wrong with the peer's claims, and once when one is right again. */
  readonly note: (level: "info" | "warn", message: string) => void;
}

/**
 * Books that a debtor may have claims by: a ledger that is lost is a new set of books, and what was claimed by those before
 * stays claimed. So often none is lost; each would be a claim for good, and a stranger could make them up.
 */
export const MAX_BOOKS = 16;

/** What is told as RFC 0023 has it: that the fields are wrong, that it may be tried again, or else that it is not accepted. */
const BTP_CODES: Partial<Record<ClaimErrorCode, BtpCodeName>> = {
  NO_CLAIM: "invalidFields",
  BAD_CLAIM: "invalidFields",
  UNKEPT: "unreachable",
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
  /** By the books that it counts from. */
  readonly #best = new Map<string, Claim>();
  #verifying = false;
  /** What its claims were said to be refused for since the last that was taken: each once, whatever a stranger sends. */
  readonly #told = new Set<ClaimErrorCode>();
  verified = 0;
  /** By what was wrong. */
  readonly refused: Partial<Record<ClaimErrorCode, number>> = {};

  constructor(options: PayeeOptions) {
    this.#options = options;
    this.#due = new Owed(options.dueBefore);
    const { agreement, file } = options;
    for (const claim of file.of(agreement.from.nodeId)) {
      needAgreement(claim, agreement, "CLAIMS_FILE");
      this.#best.set(claim.booksId, claim);
    }
  }

  /** Units that the peer owes us in all by our own books, whatever it claims. */
  get due(): bigint {
    return this.#due.total;
  }

  /** The peer came to owe us this much more: a packet of its was fulfilled. */
  owes(units: number): void {
    this.#due.add(units);
  }

  /** The newest claim by each of the peer's books. */
  get best(): readonly Claim[] {
    return [...this.#best.values()];
  }

  /** Units that the peer has signed that it owes us, by all its books. */
  get claimed(): bigint {
    return this.best.reduce((sum, { amount }) => sum + amount, 0n);
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

  #check(claim: Claim): void {
    needAgreement(claim, this.#options.agreement, "WRONG_PARTIES");
    const { booksId, nonce, amount } = claim;
    const best = this.#best.get(booksId);
    if (best === undefined) {
      if (this.#best.size >= MAX_BOOKS)
        throw new ClaimError("MANY_BOOKS", `there are claims by ${MAX_BOOKS} other books: settle them first`);
      return;
    }
    if (nonce <= best.nonce)
      throw new ClaimError("OLD_NONCE", `nonce ${nonce} is not above ${best.nonce}, which was taken`);
    if (amount < best.amount)
      throw new ClaimError("SMALLER_AMOUNT", `amount ${amount} is below ${best.amount}, which was claimed`);
  }

  async #verify(claim: SignedClaim): Promise<void> {
    const { key, signatures, file } = this.#options;
    this.#verifying = true;
    try {
      if (!(await signatures.verify(key, claim.terms, claim.signature)))
        throw new ClaimError("WRONG_SIGNATURE", wrongSignature(claim));
      // Before the peer is told: what it was told that we have, it need not claim again.
      await file.keep(claim);
    } finally {
      this.#verifying = false;
    }
    this.#best.set(claim.booksId, claim);
    this.verified++;
  }

  get #name(): string {
    return this.#options.agreement.from.nodeId;
  }

  #take(asker: TransferAsker, requestId: number): void {
    asker.acknowledge(requestId);
    if (this.#told.size === 0) return;
    this.#told.clear();
    this.#options.note("info", `claims of peer ${this.#name} are right again`);
  }

  #refuse(asker: TransferAsker, requestId: number, error: unknown): void {
    if (!(error instanceof ClaimError)) {
      asker.session.fault(error);
      asker.refuse(requestId, "unreachable", "internal error");
      return;
    }
    const { code, message } = error;
    this.refused[code] = (this.refused[code] ?? 0) + 1;
    asker.refuse(requestId, BTP_CODES[code] ?? "notAccepted", message);
    if (code === "BUSY" || code === "DOWN" || this.#told.has(code)) return;
    this.#told.add(code);
    this.#options.note("warn", `a claim of peer ${this.#name} is refused: ${message}`);
  }
}

function needAgreement(claim: Claim, wanted: Agreement, code: "WRONG_PARTIES" | "CLAIMS_FILE"): void {
  const [said, agreed] = [agreementText(claim), agreementText(wanted)];
  if (said !== agreed) throw new ClaimError(code, `a claim ${said}; wanted: ${agreed}`);
}

const wrongSignature = ({ from: { nodeId: from }, to: { nodeId: to } }: Claim) =>
  `the signature is not that of ${from}: check that verifyWith at ${to} is the public half of signWith at ${from}`;

/** @throws ClaimError NO_CLAIM, BAD_CLAIM */
function claimOf(transfer: FrameView): SignedClaim {
  // One entry, before they are listed: a frame may have twenty thousand.
  const entry = transfer.entryCount === 1 ? transfer.entries[0] : undefined;
  if (entry?.name !== CLAIM_PROTOCOL)
    throw new ClaimError("NO_CLAIM", `a Transfer of one entry is wanted, named ${CLAIM_PROTOCOL}`);
  return readClaim(entry.data);
}
