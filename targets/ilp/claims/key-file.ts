import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { ClaimError } from "./error.ts";

/** No PEM file with one key is as long as this. */
const MAX_FILE_BYTES = 16_384;

/**
 * Reads an Ed25519 key from a PEM file, as `openssl genpkey -algorithm ed25519` and `openssl pkey -pubout` write them.
 *
 * @param path from the working directory on
 * @throws ClaimError KEY_FILE, in one line that never holds any of the file
 */
export function readKeyFile(path: string, half: "private" | "public"): KeyObject {
  const pem = read(path);
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
    throw new ClaimError("KEY_FILE", `${path} is no PEM file with an Ed25519 ${half} key`);
  return key;
}

function read(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > MAX_FILE_BYTES)
      throw new ClaimError("KEY_FILE", `${path} is longer than ${MAX_FILE_BYTES} bytes`);
    return readFileSync(path, "latin1");
  } catch (error) {
    if (error instanceof ClaimError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ClaimError("KEY_FILE", code === "ENOENT" ? `there is no file ${path}` : `${path}: ${message}`);
  }
}
