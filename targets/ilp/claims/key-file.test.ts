/** Key files: the right half of an Ed25519 key, or one line that says what the file is not. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { generateKeyPairSync, sign, verify } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readKeyFile } from "./key-file.ts";
import { keyFiles, scratch } from "./testing/keys.ts";

test("the two halves of a key belong together", (t) => {
  const { privateFile, publicFile } = keyFiles(scratch(t), "a");
  const terms = Buffer.from("terms");
  const signature = sign(null, terms, readKeyFile(privateFile, "private"));
  assert.equal(verify(null, terms, readKeyFile(publicFile, "public"), signature), true);
});

test("files that openssl made are read, as the README has them made", (t) => {
  const folder = scratch(t);
  try {
    execFileSync("openssl", ["genpkey", "-algorithm", "ed25519", "-out", "a.pem"], { cwd: folder });
  } catch (error) {
    t.skip(`no openssl that makes such keys: ${(error as Error).message}`);
    return;
  }
  execFileSync("openssl", ["pkey", "-in", "a.pem", "-pubout", "-out", "a.pub.pem"], { cwd: folder });
  const signature = sign(null, Buffer.alloc(9), readKeyFile(join(folder, "a.pem"), "private"));
  assert.equal(
    verify(null, Buffer.alloc(9), readKeyFile(join(folder, "a.pub.pem"), "public"), signature),
    true,
  );
});

const MAKE_PRIVATE = "openssl genpkey -algorithm ed25519 -out <file>";
const MAKE_PUBLIC = "openssl pkey -in <private key> -pubout -out <file>";

test("a private key that others may read or write is refused, until they may not", (t) => {
  const { privateFile } = keyFiles(scratch(t), "a");
  for (const mode of [0o640, 0o604, 0o620, 0o601]) {
    chmodSync(privateFile, mode);
    assert.throws(() => readKeyFile(privateFile, "private"), {
      code: "KEY_FILE",
      message: `${privateFile} is open to others than its owner; chmod 600 ${privateFile}`,
    });
  }
  for (const mode of [0o600, 0o400]) {
    chmodSync(privateFile, mode);
    assert.equal(readKeyFile(privateFile, "private").asymmetricKeyType, "ed25519");
  }
});

test("anything else is told in one line that holds nothing of the file", (t) => {
  const folder = scratch(t);
  const { privateFile, publicFile } = keyFiles(folder, "a");
  const write = (name: string, text: string | Buffer) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const rsaPem = rsa.publicKey.export({ type: "spki", format: "pem" });
  for (const [path, half, message] of [
    [join(folder, "b.pem"), "private", `there is no file $; make one: ${MAKE_PRIVATE}`],
    [folder, "private", "$ is no file, but a folder or a device"],
    ["/dev/zero", "public", "$ is no file, but a folder or a device"],
    [publicFile, "private", `$ is no PEM file with an Ed25519 private key; make one: ${MAKE_PRIVATE}`],
    [privateFile, "public", "$ holds a private key; the public one is wanted"],
    [
      write("rsa.pem", rsaPem),
      "public",
      `$ is no PEM file with an Ed25519 public key; make one: ${MAKE_PUBLIC}`,
    ],
    [
      write("empty.pem", ""),
      "public",
      `$ is no PEM file with an Ed25519 public key; make one: ${MAKE_PUBLIC}`,
    ],
    [
      write("half.pem", "-----BEGIN PRIVATE KEY-----\nMC4C"),
      "private",
      `$ is no PEM file with an Ed25519 private key; make one: ${MAKE_PRIVATE}`,
    ],
    [write("long.pem", Buffer.alloc(16_385)), "private", "$ is longer than 16384 bytes"],
  ] as const)
    assert.throws(() => readKeyFile(path, half), {
      name: "ClaimError",
      code: "KEY_FILE",
      message: message.replace("$", path),
    });
});
