/** Key files as a user makes them, in a folder that is gone when the test is. */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

export interface KeyFiles {
  readonly privateFile: string;
  readonly publicFile: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export function scratch(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-claims-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes `<name>.pem` and `<name>.pub.pem`. */
export function keyFiles(folder: string, name: string): KeyFiles {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const privateFile = join(folder, `${name}.pem`);
  const publicFile = join(folder, `${name}.pub.pem`);
  writeFileSync(privateFile, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  writeFileSync(publicFile, publicKey.export({ type: "spki", format: "pem" }));
  return { privateFile, publicFile, privateKey, publicKey };
}
