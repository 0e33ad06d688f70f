import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { ClaimError } from "./error.ts";

/** No PEM file with one key is as long as this. */
const MAX_FILE_BYTES = 16_384;

/** Of a file's mode: what anyone but its owner may do. */
const OTHERS = 0o077;

/** What makes a file of the wanted half. */
const MADE_BY = {
  private: "openssl genpkey -algorithm ed25519 -out <file>",
  public: "openssl pkey -in <private key> -pubout -out <file>",
} as const;

/**
 * Reads an Ed25519 key from a PEM file, as `openssl genpkey -algorithm ed25519` and `openssl pkey -pubout` write them.
 *
 * @param path from the working directory on
 * @throws ClaimError KEY_FILE, in one line that never holds any of the file
 */
export function readKeyFile(path: string, half: "private" | "public"): KeyObject {
  const { pem, mode } = read(path, half);
  // Its public half could be had from it, but a peer's private key is nothing to have lying about.
  if (half === "public" && pem.includes("PRIVATE KEY"))
    throw new ClaimError("KEY_FILE", `${path} holds a private key; the public one is wanted`);
  let key: KeyObject | undefined;
  try {
    key = half === "private" ? createPrivateKey(pem) : createPublicKey(pem);
  } catch {
    // No key at all is told as one of another kind is.
  }
  if (key?.asymmetricKeyType !== "ed25519")
    throw new ClaimError(
      "KEY_FILE",
      `${path} is no PEM file with an Ed25519 ${half} key; make one: ${MADE_BY[half]}`,
    );
  if (half === "private" && (mode & OTHERS) !== 0)
    throw new ClaimError("KEY_FILE", `${path} is open to others than its owner; chmod 600 ${path}`);
  return key;
}

function read(path: string, half: "private" | "public"): { readonly pem: string; readonly mode: number } {
  try {
    const stat = statSync(path);
    // A pipe or a terminal would keep the node waiting for its end.
    if (!stat.isFile()) throw new ClaimError("KEY_FILE", `${path} is no file, but a folder or a device`);
    if (stat.size > MAX_FILE_BYTES)
      throw new ClaimError("KEY_FILE", `${path} is longer than ${MAX_FILE_BYTES} bytes`);
    return { pem: readFileSync(path, "latin1"), mode: stat.mode };
  } catch (error) {
    if (error instanceof ClaimError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const missing = `there is no file ${resolve(path)}; make one: ${MADE_BY[half]}`;
    throw new ClaimError("KEY_FILE", code === "ENOENT" ? missing : `${path}: ${message}`);
  }
}
