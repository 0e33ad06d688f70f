/** The bytes of a claim: one form for each, and nothing but a ClaimError for what is none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { type Claim, MAX_CLAIM, type Party, readClaim, sealed, writeTerms } from "./claim.ts";
import { ClaimError } from "./error.ts";
import { A, A_ON_B, B, BOOKS } from "./testing/agreement.ts";

const SIGNATURE = Uint8Array.from({ length: 64 }, (_, i) => i);

const name = fc.stringMatching(/^[A-Za-z0-9_.-]{1,64}$/);
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const segments = fc.stringMatching(/^[A-Za-z0-9_~-]{1,40}(\.[A-Za-z0-9_~-]{1,40}){0,20}$/);
const PLAIN = { noNullPrototype: true };
const address = segments.map((text) => `g.${text}`);
const party: fc.Arbitrary<Party> = fc.record({ nodeId: name, ilpAddress: address }, PLAIN);
const asset = fc.record(
  { code: fc.stringMatching(/^[A-Za-z0-9]{1,16}$/), scale: fc.nat({ max: 255 }) },
  PLAIN,
);
const booksId = fc.stringMatching(/^[0-9a-f]{16}$/);
const claims: fc.Arbitrary<Claim> = fc.record(
  { from: party, to: party, asset, booksId, nonce: uint64, amount: uint64 },
  PLAIN,
);
const CLAIM: Claim = { ...A_ON_B, booksId: BOOKS, nonce: 1n, amount: 2n };

test("a claim's terms are these bytes", () => {
  const terms = writeTerms({
    from: { nodeId: "A", ilpAddress: "test.a" },
    to: { nodeId: "node-2", ilpAddress: `g.${"x".repeat(126)}` },
    asset: { code: "EUR", scale: 9 },
    booksId: BOOKS,
    nonce: 258n,
    amount: 2n ** 64n - 2n,
  });
  assert.equal(
    Buffer.from(terms).toString("hex"),
    [
      Buffer.from("plimsoll claim 2").toString("hex"),
      "0141",
      "06746573742e61",
      "066e6f64652d32",
      `8180672e${"78".repeat(126)}`,
      "03455552",
      "09",
      "0123456789abcdef",
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
  const bytes = Buffer.from(sealed(writeTerms(CLAIM), SIGNATURE));
  const { terms, signature } = readClaim(bytes);
  bytes.fill(0xff);
  assert.deepEqual(signature, SIGNATURE);
  assert.equal(terms[0], "p".charCodeAt(0));
  assert.deepEqual([terms.buffer.byteLength, signature.buffer.byteLength], [terms.length, 64]);
});

test("each thing that a claim says is in its terms", () => {
  const others: readonly Partial<Claim>[] = [
    { from: { ...A, nodeId: "C" } },
    { from: { ...A, ilpAddress: "test.c" } },
    { to: { ...B, nodeId: "C" } },
    { to: { ...B, ilpAddress: "test.c" } },
    { from: B, to: A },
    { asset: { code: "EUR", scale: 0 } },
    { asset: { code: "XTS", scale: 1 } },
    { booksId: "1123456789abcdef" },
    { nonce: 2n },
    { amount: 1n },
    { nonce: 2n, amount: 1n },
  ];
  const all = [{}, ...others].map((other) => Buffer.from(writeTerms({ ...CLAIM, ...other })).toString("hex"));
  assert.equal(new Set(all).size, 12);
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
      const terms = (n: number) => {
        const [from, to] = [
          { ...A, nodeId: text.slice(0, n) },
          { ...A, nodeId: text.slice(n) },
        ];
        return writeTerms({ ...claim, from, to });
      };
      assert.equal(Buffer.compare(terms(at), terms(other)) === 0, at === other);
    }),
  );
});

/** What a stranger may send, and why it is no claim. */
const RIGHT = sealed(writeTerms(CLAIM), SIGNATURE);
const MISTAKES: readonly (readonly [Uint8Array, RegExp])[] = [
  [new Uint8Array(0), /^16 bytes wanted, 0 left/],
  [Buffer.from("plimsoll claim 1".padEnd(120, "x")), /^a claim begins with "plimsoll claim 2"$/],
  [RIGHT.subarray(0, -1), /^a signature of 63 bytes$/],
  [Buffer.concat([RIGHT, Buffer.alloc(1)]), /^a signature of 65 bytes$/],
  [new Uint8Array(MAX_CLAIM + 1), /^a claim of 2305 bytes, limit 2304$/],
  [RIGHT.map((byte, i) => (i === 17 ? 0x20 : byte)), /^a party of a claim is named as a node is$/],
  [RIGHT.map((byte, i) => (i === 17 ? 0xc3 : byte)), /^a party of a claim is named as a node is$/],
  [RIGHT.map((byte, i) => (i === 16 ? 0 : byte)), /^a party of a claim is named as a node is$/],
  [RIGHT.map((byte, i) => (i === 16 ? 65 : byte)), /^a party's name of 65 bytes, limit 64/],
  [RIGHT.map((byte, i) => (i === 19 ? 0x2e : byte)), /^an ILP address/],
  [RIGHT.map((byte, i) => (i === 35 ? 0x20 : byte)), /^an asset's code is 1 to 16 letters and digits$/],
  [RIGHT.map((byte, i) => (i === 16 ? 0x81 : byte)), /^length 65 in the long form/],
];

test("what is no claim is told as what it is", () => {
  assert.equal(readClaim(RIGHT).to.nodeId, "B");
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

test("what no reader would take cannot be written: names, addresses, assets, books, numbers", () => {
  for (const wrong of [
    { from: { ...A, nodeId: "" } },
    { to: { ...B, nodeId: "a b" } },
    { to: { ...B, nodeId: "x".repeat(65) } },
    { from: { ...A, ilpAddress: "" } },
    { from: { ...A, ilpAddress: "test" } },
    { to: { ...B, ilpAddress: "test.\u00e9" } },
    { to: { ...B, ilpAddress: `test.${"x".repeat(1_019)}` } },
    { asset: { code: "", scale: 0 } },
    { asset: { code: "XTS", scale: 256 } },
    { asset: { code: "XTS", scale: 0.5 } },
    { booksId: "" },
    { booksId: "0123456789ABCDEF" },
    { amount: 2n ** 64n },
    { nonce: -1n },
  ])
    assert.throws(() => writeTerms({ ...CLAIM, ...wrong }), { name: "ClaimError", code: "BAD_CLAIM" });
});
