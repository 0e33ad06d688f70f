/**
 * What is wrong with a claim, or with what makes and checks claims:
 *
 * - `KEY_FILE` no file with an Ed25519 key of the wanted half
 * - `CLAIMS_FILE` the file of the peers' claims cannot be used
 * - `NO_CLAIM` a Transfer that is nothing but a claim was wanted
 * - `BAD_CLAIM` bytes that are no claim
 * - `WRONG_PARTIES` a claim of someone else, on someone else, or in another asset
 * - `MANY_BOOKS` by other books than those that there are claims by, which are as many as there may be
 * - `OLD_NONCE` no newer than the best claim: a replay
 * - `SMALLER_AMOUNT` less than the best claim: what was owed once stays owed
 * - `WRONG_SIGNATURE` not signed with the peer's key, or not these terms
 * - `UNKEPT` right, but it could not be written to disk: later
 * - `BUSY` a claim of the peer is being looked at, or too much waits for the threads: later
 * - `DOWN` the threads failed, or the node is closing: later
 */
export type ClaimErrorCode =
  | "KEY_FILE"
  | "CLAIMS_FILE"
  | "NO_CLAIM"
  | "BAD_CLAIM"
  | "WRONG_PARTIES"
  | "MANY_BOOKS"
  | "OLD_NONCE"
  | "SMALLER_AMOUNT"
  | "WRONG_SIGNATURE"
  | "UNKEPT"
  | "BUSY"
  | "DOWN";

/** The one error of this room. Its message is one line. */
export class ClaimError extends Error {
  readonly code: ClaimErrorCode;

  constructor(code: ClaimErrorCode, what: string) {
    super(what);
    this.name = "ClaimError";
    this.code = code;
  }
}
