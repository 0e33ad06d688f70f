import { WireError } from "../../../wire/error.ts";
import { Reader, uint32At, uint64, writeOctets, writeUint64 } from "../../../wire/oer.ts";
import { asciiText } from "../../../wire/text.ts";
import { NODE_ID } from "../telemetry/event.ts";
import { ClaimError } from "./error.ts";

/** A peer's word for what it owes in all, so that a later one replaces every one before it. */
export interface Claim {
  /** The nodeId of who owes, and of whom. */
  readonly from: string;
  readonly to: string;
  /** Rises from claim to claim, 0 to 2^64 - 1. */
  readonly nonce: bigint;
  /** Units owed since the books began, 0 to 2^64 - 1. */
  readonly amount: bigint;
}

/** A claim as it came, with what was signed. */
export interface SignedClaim extends Claim {
  readonly terms: Uint8Array;
  readonly signature: Uint8Array;
}

/** The sub-protocol of a Transfer that a claim travels in. */
export const CLAIM_PROTOCOL = "claim";

/** What the terms of every claim begin with: a signature under them is none under anything else the key may sign. */
const CONTEXT = "plimsoll claim 1";
const CONTEXT_BYTES = new TextEncoder().encode(CONTEXT);

/** As NODE_ID has it. */
const MAX_NAME = 64;
const NUMBER_BYTES = 8;
const SIGNATURE_BYTES = 64;

export const MAX_CLAIM = CONTEXT.length + 2 * (1 + MAX_NAME) + 2 * NUMBER_BYTES + SIGNATURE_BYTES;

/**
 * The bytes that are signed, in the one form there is (OER, RFC 0030):
 *
 *     "plimsoll claim 1"  L+from  L+to  nonce u64BE  amount u64BE
 *
 * @throws ClaimError BAD_CLAIM for what no claim can say
 */
export function writeTerms({ from, to, nonce, amount }: Claim): Uint8Array {
  needName(from);
  needName(to);
  const terms = new Uint8Array(CONTEXT.length + 2 + from.length + to.length + 2 * NUMBER_BYTES);
  terms.set(CONTEXT_BYTES);
  try {
    let at = writeOctets(Buffer.from(from, "latin1"), terms, CONTEXT.length);
    at = writeOctets(Buffer.from(to, "latin1"), terms, at);
    writeUint64(amount, terms, writeUint64(nonce, terms, at));
  } catch (error) {
    throw asClaimError(error);
  }
  return terms;
}

/** The claim as it travels: the terms, and behind them the signature. */
export function sealed(terms: Uint8Array, signature: Uint8Array): Uint8Array {
  const claim = new Uint8Array(terms.length + signature.length);
  claim.set(terms);
  claim.set(signature, terms.length);
  return claim;
}

/** Never in use twice, as reading calls nobody back. */
const reader = new Reader();

/**
 * Reads a stranger's claim, whose signature is still to be verified. Nothing of the bytes is kept.
 *
 * @throws ClaimError BAD_CLAIM
 */
export function readClaim(bytes: Uint8Array): SignedClaim {
  if (bytes.length > MAX_CLAIM)
    throw new ClaimError("BAD_CLAIM", `a claim of ${bytes.length} bytes, limit ${MAX_CLAIM}`);
  try {
    reader.over(bytes, 0, bytes.length);
    if (asciiText(bytes, 0, reader.skip(CONTEXT.length) + CONTEXT.length) !== CONTEXT)
      throw new ClaimError("BAD_CLAIM", `a claim begins with "${CONTEXT}"`);
    const from = readName(bytes);
    const to = readName(bytes);
    const nonce = readUint64(bytes);
    const amount = readUint64(bytes);
    const end = reader.at;
    if (bytes.length - end !== SIGNATURE_BYTES)
      throw new ClaimError("BAD_CLAIM", `a signature of ${bytes.length - end} bytes`);
    // Copies: of a view, its whole buffer would stay in memory and go to the thread.
    const terms = new Uint8Array(bytes.subarray(0, end));
    return { from, to, nonce, amount, terms, signature: new Uint8Array(bytes.subarray(end)) };
  } catch (error) {
    throw asClaimError(error);
  }
}

function readName(bytes: Uint8Array): string {
  const start = reader.octets(MAX_NAME, "a party's name");
  const name = asciiText(bytes, start, reader.at);
  needName(name);
  return name;
}

function readUint64(bytes: Uint8Array): bigint {
  const at = reader.skip(NUMBER_BYTES);
  return uint64(uint32At(bytes, at), uint32At(bytes, at + 4));
}

function needName(name: string): void {
  if (!NODE_ID.test(name)) throw new ClaimError("BAD_CLAIM", "a party of a claim is named as a node is");
}

function asClaimError(error: unknown): unknown {
  return error instanceof WireError ? new ClaimError("BAD_CLAIM", error.message) : error;
}
