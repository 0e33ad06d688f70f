import { readFileSync, statSync, writeFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { type Claim, readClaim, type SignedClaim, sealed } from "./claim.ts";
import { ClaimError } from "./error.ts";

/** Sixteen claims of a thousand peers are no more. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** Nobody but the owner: what is owed is nobody else's business. */
const MODE = 0o600;

/**
 * The best claims of all peers, on disk, so that they can be shown to someone else: a line each of JSON, which says what the
 * claim says and has it as it was signed, in `sealed`: base64 of the terms and 64 bytes of signature behind them. The file is
 * replaced as a whole, so it is the old one or the new one whenever the power goes.
 */
export class ClaimFile {
  readonly #path: string;
  /** By debtor and books. */
  readonly #claims = new Map<string, SignedClaim>();
  readonly #lines = new Map<string, string>();
  #writing: Promise<void> = Promise.resolve();
  /** The writing after that, for all that came meanwhile. */
  #next: Promise<void> | undefined;

  /**
   * Reads the file, which is made when there is none. Signatures are not verified again: what is in it was verified, maybe
   * with a key that the peer has replaced since.
   *
   * @throws ClaimError CLAIMS_FILE
   */
  constructor(path: string) {
    this.#path = path;
    for (const [n, line] of linesOf(path).entries()) {
      try {
        const { sealed } = JSON.parse(line) as { sealed: string };
        this.#take(readClaim(Buffer.from(sealed, "base64")));
      } catch {
        throw new ClaimError("CLAIMS_FILE", `${path}:${n + 1}: no claim; keep the file and name another`);
      }
    }
  }

  /** The best claims of a debtor, one for each of its books. */
  of(nodeId: string): readonly Claim[] {
    return [...this.#claims.values()].filter(({ from }) => from.nodeId === nodeId);
  }

  /**
   * Puts a claim in the place of the one before it by the same books. Those that come while the file is written are written
   * together next: a hundred peers cost no more writing than one.
   *
   * @returns once it is on disk
   * @throws ClaimError UNKEPT; it is then in the next writing that succeeds
   */
  keep(claim: SignedClaim): Promise<void> {
    this.#take(claim);
    this.#next ??= this.#writing
      .catch(() => {}) // whoever waited for that one was told
      .then(() => {
        this.#next = undefined;
        this.#writing = this.#write();
        return this.#writing;
      });
    return this.#next;
  }

  #take(claim: SignedClaim): void {
    const key = `${claim.from.nodeId} ${claim.booksId}`;
    this.#claims.set(key, claim);
    this.#lines.set(key, lineOf(claim));
  }

  async #write(): Promise<void> {
    const path = this.#path;
    const text = [...this.#lines.values()].join("");
    try {
      const beside = await open(`${path}.new`, "w", MODE);
      try {
        await beside.writeFile(text);
        await beside.sync();
      } finally {
        await beside.close();
      }
      await rename(`${path}.new`, path);
      // The new name, too, is only on disk when the folder is.
      const folder = await open(dirname(path));
      await folder.sync().finally(() => folder.close());
    } catch (error) {
      // A peer is told this: it has no path.
      const { code } = error as NodeJS.ErrnoException;
      throw new ClaimError("UNKEPT", `the claim cannot be written to disk now: ${code}`);
    }
  }
}

function lineOf({ from, to, asset, booksId, nonce, amount, terms, signature }: SignedClaim): string {
  const proof = Buffer.from(sealed(terms, signature)).toString("base64");
  const numbers = { nonce: String(nonce), amount: String(amount) };
  return `${JSON.stringify({ from, to, asset, booksId, ...numbers, sealed: proof })}\n`;
}

function linesOf(path: string): string[] {
  try {
    // Made now where there is none: a place that cannot be written is told before any claim is taken.
    writeFileSync(path, "", { flag: "a", mode: MODE });
    if (statSync(path).size > MAX_FILE_BYTES)
      throw new ClaimError(
        "CLAIMS_FILE",
        `${path} is longer than ${MAX_FILE_BYTES} bytes; name another file`,
      );
    return readFileSync(path, "utf8").split("\n").slice(0, -1);
  } catch (error) {
    if (error instanceof ClaimError) throw error;
    throw new ClaimError("CLAIMS_FILE", `claims cannot be kept: ${(error as Error).message}`);
  }
}
