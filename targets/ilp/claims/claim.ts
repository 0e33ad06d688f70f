import { checkAddress } from "../../../wire/address.ts";
import { WireError } from "../../../wire/error.ts";
import { MAX_ADDRESS } from "../../../wire/ilp.ts";
import { Reader, uint32At, uint64, writeOctets, writeUint64 } from "../../../wire/oer.ts";
import { asciiText } from "../../../wire/text.ts";
import { MAX_NODE_ID, NODE_ID } from "../telemetry/event.ts";
import { ClaimError } from "./error.ts";

/** A node, by the name in its file and by its ILP address: names alone mean nothing outside one setup. */
export interface Party {
  readonly nodeId: string;
  readonly ilpAddress: string;
}

/** What amounts are counted in: units of 10^-scale of the asset, as in RFC 0031. */
export interface Asset {
  readonly code: string;
  readonly scale: number;
}

/** What two peers agree on, and every claim of one on the other says. */
export interface Agreement {
  /** Who owes, and whom. */
  readonly from: Party;
  readonly to: Party;
  readonly asset: Asset;
}

/** A peer's word for what it owes in all, so that a later one replaces every one before it by the same books. */
export interface Claim extends Agreement {
  /** Of the debtor's ledger, 16 hexadecimal digits: one that was lost and begun anew counts from zero. */
  readonly booksId: string;
  /** Rises from claim to claim, 0 to 2^64 - 1. */
  readonly nonce: bigint;
  /** Units owed since those books began, 0 to 2^64 - 1. */
  readonly amount: bigint;
}

/** A claim as it came, with what was signed. */
export interface SignedClaim extends Claim {
  readonly terms: Uint8Array;
  readonly signature: Uint8Array;
}

/** The sub-protocol of a Transfer that a claim travels in. */
export const CLAIM_PROTOCOL = "claim";

export const ASSET_CODE = /^[A-Za-z0-9]{1,16}$/;
export const MAX_SCALE = 255;

/** What the terms of every claim begin with: a signature under them is none under anything else the key may sign. */
const CONTEXT = "plimsoll claim 2";

const MAX_CODE = 16;
const BOOKS_ID = /^[0-9a-f]{16}$/;
const NUMBER_BYTES = 8;
const SIGNATURE_BYTES = 64;
/** The scale, the books, the nonce and the amount. */
const FIXED_BYTES = 1 + 3 * NUMBER_BYTES;

/** Names, addresses and code have 1, 3 and 1 bytes of length before them, at most. */
const MAX_TERMS = CONTEXT.length + 2 * (1 + MAX_NODE_ID + 3 + MAX_ADDRESS) + 1 + MAX_CODE + FIXED_BYTES;
export const MAX_CLAIM = MAX_TERMS + SIGNATURE_BYTES;

/**
 * The bytes that are signed, in the one form there is (OER, RFC 0030):
 *
 *     "plimsoll claim 2"  L+from L+its address  L+to L+its address  L+asset scale u8  books 8  nonce u64BE  amount u64BE
 *
 * @throws ClaimError BAD_CLAIM for what no claim can say
 */
export function writeTerms({ from, to, asset, booksId, nonce, amount }: Claim): Uint8Array {
  for (const { nodeId } of [from, to]) needName(nodeId);
  needAsset(asset);
  if (!BOOKS_ID.test(booksId)) throw bad("the id of books is 16 hexadecimal digits");
  const into = new Uint8Array(MAX_TERMS);
  try {
    let at = Buffer.from(CONTEXT, "latin1").copy(into);
    for (const { nodeId, ilpAddress } of [from, to]) {
      at = writeOctets(Buffer.from(nodeId, "latin1"), into, at);
      const address = Buffer.from(ilpAddress, "utf8");
      checkAddress(address, 0, address.length);
      at = writeOctets(address, into, at);
    }
    at = writeOctets(Buffer.from(asset.code, "latin1"), into, at);
    into[at++] = asset.scale;
    at += Buffer.from(booksId, "hex").copy(into, at);
    at = writeUint64(amount, into, writeUint64(nonce, into, at));
    // A copy: of a view, its whole buffer would go to the thread.
    return into.slice(0, at);
  } catch (error) {
    throw asClaimError(error);
  }
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
  if (bytes.length > MAX_CLAIM) throw bad(`a claim of ${bytes.length} bytes, limit ${MAX_CLAIM}`);
  try {
    reader.over(bytes, 0, bytes.length);
    if (asciiText(bytes, 0, reader.skip(CONTEXT.length) + CONTEXT.length) !== CONTEXT)
      throw bad(`a claim begins with "${CONTEXT}"`);
    const from = readParty(bytes);
    const to = readParty(bytes);
    const code = textAt(bytes, reader.octets(MAX_CODE, "an asset's code"));
    const asset = { code, scale: reader.uint8() };
    needAsset(asset);
    const booksId = readUint64(bytes).toString(16).padStart(16, "0");
    const nonce = readUint64(bytes);
    const amount = readUint64(bytes);
    const end = reader.at;
    if (bytes.length - end !== SIGNATURE_BYTES) throw bad(`a signature of ${bytes.length - end} bytes`);
    // Copies: of a view, its whole buffer would stay in memory and go to the thread.
    const [terms, signature] = [new Uint8Array(bytes.subarray(0, end)), new Uint8Array(bytes.subarray(end))];
    return { from, to, asset, booksId, nonce, amount, terms, signature };
  } catch (error) {
    throw asClaimError(error);
  }
}

/** Who owes whom in what, for a person. */
export function agreementText({ from, to, asset }: Agreement): string {
  const party = ({ nodeId, ilpAddress }: Party) => `${nodeId} (${ilpAddress})`;
  return `of ${party(from)} on ${party(to)} in ${asset.code} at scale ${asset.scale}`;
}

function readParty(bytes: Uint8Array): Party {
  const nodeId = textAt(bytes, reader.octets(MAX_NODE_ID, "a party's name"));
  needName(nodeId);
  const address = reader.octets(MAX_ADDRESS, "a party's address");
  checkAddress(bytes, address, reader.at);
  return { nodeId, ilpAddress: textAt(bytes, address) };
}

const textAt = (bytes: Uint8Array, start: number) => asciiText(bytes, start, reader.at);

function readUint64(bytes: Uint8Array): bigint {
  const at = reader.skip(NUMBER_BYTES);
  return uint64(uint32At(bytes, at), uint32At(bytes, at + 4));
}

function needName(name: string): void {
  if (!NODE_ID.test(name)) throw bad("a party of a claim is named as a node is");
}

function needAsset({ code, scale }: Asset): void {
  if (!ASSET_CODE.test(code)) throw bad("an asset's code is 1 to 16 letters and digits");
  if (!(Number.isInteger(scale) && scale >= 0 && scale <= MAX_SCALE))
    throw bad(`an asset's scale is 0 to ${MAX_SCALE}`);
}

const bad = (what: string) => new ClaimError("BAD_CLAIM", what);

function asClaimError(error: unknown): unknown {
  return error instanceof WireError ? bad(error.message) : error;
}
