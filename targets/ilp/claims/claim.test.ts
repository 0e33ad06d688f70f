/** The bytes of a claim: one form for each, and nothing but a ClaimError for what is none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { type Claim, MAX_CLAIM, readClaim, sealed, writeTerms } from "./claim.ts";
import { ClaimError } from "./error.ts";

const SIGNATURE = Uint8Array.from({ length: 64 }, (_, i) => i);

const name = fc.stringMatching(/^[A-Za-z0-9_.-]{1,64}$/);
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const claims: fc.Arbitrary<Claim> = fc.record({ from: name, to: name, nonce: uint64, amount: uint64 });

test("a claim's terms are these bytes", () => {
  const terms = writeTerms({ from: "A", to: "node-2", nonce: 258n, amount: 2n ** 64n - 2n });
  assert.equal(
    Buffer.from(terms).toString("hex"),
    [
      Buffer.from("plimsoll claim 1").toString("hex"),
      "0141",
      "066e6f64652d32",
      "0000000000000102",
      "fffffffffffffffe",
    ].join(""),
  );
});

test("any claim comes back as it was, with the terms that were signed, and is within the limit", () => {
  fc.assert(
    fc.property(claims, (claim) => {
      const terms = writeTerms(claim);
      const bytes = sealed(terms, SIGNATURE);
      assert.ok(bytes.length <= MAX_CLAIM);
      assert.deepEqual(readClaim(bytes), { ...claim, terms, signature: SIGNATURE });
    }),
  );
});

test("what is read keeps nothing of the bytes it came in", () => {
  const bytes = Buffer.from(sealed(writeTerms({ from: "A", to: "B", nonce: 1n, amount: 2n }), SIGNATURE));
  const { terms, signature } = readClaim(bytes);
  bytes.fill(0xff);
  assert.deepEqual(signature, SIGNATURE);
  assert.equal(terms[0], "p".charCodeAt(0));
  assert.deepEqual([terms.buffer.byteLength, signature.buffer.byteLength], [terms.length, 64]);
});

test("two names that are one text, cut at another place, are two claims", () => {
  const cut = fc.record({
    text: name.filter(({ length }) => length > 2),
    a: fc.nat(),
    b: fc.nat(),
    claim: claims,
  });
  fc.assert(
    fc.property(cut, ({ text, a, b, claim }) => {
      const [at, other] = [1 + (a % (text.length - 1)), 1 + (b % (text.length - 1))];
      const terms = (n: number) => writeTerms({ ...claim, from: text.slice(0, n), to: text.slice(n) });
      assert.equal(Buffer.compare(terms(at), terms(other)) === 0, at === other);
    }),
  );
});

/** What a stranger may send, and why it is no claim. */
const RIGHT = sealed(writeTerms({ from: "A", to: "B", nonce: 1n, amount: 2n }), SIGNATURE);
const MISTAKES: readonly (readonly [Uint8Array, RegExp])[] = [
  [new Uint8Array(0), /^16 bytes wanted, 0 left/],
  [Buffer.from("plimsoll claim 2".padEnd(120, "x")), /^a claim begins with "plimsoll claim 1"$/],
  [RIGHT.subarray(0, -1), /^a signature of 63 bytes$/],
  [Buffer.concat([RIGHT, Buffer.alloc(1)]), /^a signature of 65 bytes$/],
  [new Uint8Array(MAX_CLAIM + 1), /^a claim of 227 bytes, limit 226$/],
  [RIGHT.map((byte, i) => (i === 17 ? 0x20 : byte)), /^a party of a claim is named as a node is$/],
  [RIGHT.map((byte, i) => (i === 17 ? 0xc3 : byte)), /^a party of a claim is named as a node is$/],
  [RIGHT.map((byte, i) => (i === 16 ? 0 : byte)), /^a party of a claim is named as a node is$/],
  [RIGHT.map((byte, i) => (i === 16 ? 65 : byte)), /^a party's name of 65 bytes, limit 64/],
  [RIGHT.map((byte, i) => (i === 16 ? 0x81 : byte)), /^length 65 in the long form/],
];

test("what is no claim is told as what it is", () => {
  assert.equal(readClaim(RIGHT).to, "B");
  for (const [bytes, message] of MISTAKES)
    assert.throws(() => readClaim(bytes), { name: "ClaimError", code: "BAD_CLAIM", message });
});

test("any bytes, and any claim with a byte changed, are a claim or a ClaimError", () => {
  const changed = fc
    .tuple(claims, fc.nat(), fc.nat({ max: 255 }))
    .map(([claim, at, byte]) =>
      sealed(writeTerms(claim), SIGNATURE).map((old, i, all) => (i === at % all.length ? byte : old)),
    );
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), changed), (bytes) => {
      try {
        const { terms, signature, ...claim } = readClaim(bytes);
        // What is read has one form, so the terms that are verified are the claim that is kept.
        assert.deepEqual(writeTerms(claim), terms);
        assert.deepEqual(Buffer.from(sealed(terms, signature)), Buffer.from(bytes));
      } catch (error) {
        assert.ok(error instanceof ClaimError && error.code === "BAD_CLAIM", String(error));
      }
    }),
    { numRuns: 2_000 },
  );
});

test("a party whose name no node may have, and a number too large, cannot be claimed for", () => {
  const right = { from: "A", to: "B", nonce: 1n, amount: 1n };
  for (const wrong of [
    { from: "" },
    { to: "a b" },
    { to: "x".repeat(65) },
    { amount: 2n ** 64n },
    { nonce: -1n },
  ])
    assert.throws(() => writeTerms({ ...right, ...wrong }), { name: "ClaimError", code: "BAD_CLAIM" });
});
