/** The best claims on disk: whole, the newest, and good for someone else to verify. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { sign } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readClaim, type SignedClaim, sealed, writeTerms } from "./claim.ts";
import { ClaimFile } from "./claim-file.ts";
import { A, A_ON_B, BOOKS } from "./testing/agreement.ts";
import { type KeyFiles, keyFiles, scratch } from "./testing/keys.ts";

function place(t: TestContext) {
  const folder = scratch(t);
  const keys = keyFiles(folder, "a");
  return { folder, keys, path: join(folder, "b.claims") };
}

function signed({ privateKey }: KeyFiles, nonce: number, debtor = "A", booksId = BOOKS): SignedClaim {
  const from = { ...A, nodeId: debtor };
  const claim = { ...A_ON_B, from, booksId, nonce: BigInt(nonce), amount: BigInt(nonce * 10) };
  const terms = writeTerms(claim);
  return readClaim(sealed(terms, sign(null, terms, privateKey)));
}

test("what is kept is found again: the newest of each debtor's books", async (t) => {
  const { folder, keys, path } = place(t);
  const file = new ClaimFile(path);
  const others = "f".repeat(16);
  await Promise.all([
    ...Array.from({ length: 50 }, (_, n) => file.keep(signed(keys, n))),
    file.keep(signed(keys, 7, "A", others)),
    file.keep(signed(keys, 8, "C")),
  ]);
  await file.keep(signed(keys, 51));
  const again = new ClaimFile(path);
  assert.deepEqual(again.of("A"), [signed(keys, 51), signed(keys, 7, "A", others)]);
  assert.deepEqual(again.of("C"), [signed(keys, 8, "C")]);
  assert.deepEqual(again.of("B"), []);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(
    readdirSync(folder).sort(),
    ["a.pem", "a.pub.pem", "b.claims"],
    "nothing is left beside it",
  );
});

test("a line says what the claim says, and openssl verifies it as the README has it done", async (t) => {
  const { folder, keys, path } = place(t);
  await new ClaimFile(path).keep(signed(keys, 5));
  const { sealed: proof, ...said } = JSON.parse(readFileSync(path, "utf8")) as { sealed: string };
  assert.deepEqual(said, { ...A_ON_B, booksId: BOOKS, nonce: "5", amount: "50" });
  const bytes = Buffer.from(proof, "base64");
  writeFileSync(join(folder, "terms"), bytes.subarray(0, -64));
  writeFileSync(join(folder, "signature"), bytes.subarray(-64));
  const verify = "pkeyutl -verify -pubin -inkey a.pub.pem -rawin -in terms -sigfile signature".split(" ");
  try {
    const told = execFileSync("openssl", verify, { cwd: folder, encoding: "utf8" });
    assert.equal(told, "Signature Verified Successfully\n");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    t.skip("no openssl");
  }
});

test("a claim that cannot be written is told without the path, and is in the next writing that can be", async (t) => {
  const { keys, path } = place(t);
  const file = new ClaimFile(path);
  mkdirSync(`${path}.new`);
  const unkept = { name: "ClaimError", code: "UNKEPT", message: /^the claim cannot be written .*: EISDIR$/ };
  await assert.rejects(file.keep(signed(keys, 1)), unkept);
  await assert.rejects(file.keep(signed(keys, 2, "C")), unkept);
  rmSync(`${path}.new`, { recursive: true });
  await file.keep(signed(keys, 3, "D"));
  const again = new ClaimFile(path);
  assert.deepEqual(
    ["A", "C", "D"].map((debtor) => again.of(debtor)[0]?.amount),
    [10n, 20n, 30n],
  );
});

test("a file that is none of ours, or in a place that cannot be written, is told before any claim is taken", async (t) => {
  const { folder, keys, path } = place(t);
  await new ClaimFile(path).keep(signed(keys, 5));
  const whole = readFileSync(path, "utf8");
  for (const [text, line] of [
    ["dear diary\n", 1],
    [`${whole}{}\n`, 2],
    [`${whole}null\n`, 2],
    [whole.replace('"sealed":"', '"sealed":"AA'), 1],
  ] as const) {
    writeFileSync(path, text);
    assert.throws(() => new ClaimFile(path), {
      code: "CLAIMS_FILE",
      message: `${path}:${line}: no claim; keep the file and name another`,
    });
    assert.equal(readFileSync(path, "utf8"), text, "it is left as it is");
  }
  for (const nowhere of [folder, join(folder, "no-folder", "b.claims")])
    assert.throws(() => new ClaimFile(nowhere), { code: "CLAIMS_FILE", message: /^claims cannot be kept: / });
});
