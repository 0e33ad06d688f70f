/** The `claims` of a peer in a node's file: key files that are there and right, or one line that names the key. */
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { test } from "node:test";
import { keyFiles, scratch } from "../claims/testing/keys.ts";
import { parseConfig } from "./config.ts";

const file = (claims: string) => `nodeId: A
ilpAddress: test.a
peers:
  - name: B
    listens: true
    token: secret
    claims: ${claims}
ledger: { kind: sqlite, file: a.db }
`;

test("either half, or both, with a claim each 100 ms unless said", (t) => {
  const { privateFile, publicFile, privateKey, publicKey } = keyFiles(scratch(t), "a");
  for (const [text, rules] of [
    [
      `{ ilpAddress: test.b, signWith: ${privateFile} }`,
      { ilpAddress: "test.b", signWith: privateKey, verifyWith: undefined, everyMs: 100 },
    ],
    [
      `{ ilpAddress: test.b, verifyWith: ${publicFile} }`,
      { ilpAddress: "test.b", signWith: undefined, verifyWith: publicKey, everyMs: 100 },
    ],
    [
      `{ ilpAddress: test.b, signWith: ${privateFile}, verifyWith: ${publicFile}, everyMs: 20 }`,
      { ilpAddress: "test.b", signWith: privateKey, verifyWith: publicKey, everyMs: 20 },
    ],
  ] as const)
    assert.deepEqual(parseConfig(file(text), "a.yaml").peers[0]?.claims, rules);
});

const MAKE = "openssl genpkey -algorithm ed25519 -out <file>";

test("a mistake is told in one line with the key", (t) => {
  const { privateFile, publicFile } = keyFiles(scratch(t), "a");
  for (const [text, line] of [
    ["{ ilpAddress: test.b }", "claims: needs signWith, verifyWith, or both"],
    [
      "{ ilpAddress: test.b, signWith: no.pem }",
      `claims.signWith: there is no file ${resolve("no.pem")}; make one: ${MAKE}`,
    ],
    [
      `{ ilpAddress: test.b, signWith: ${publicFile} }`,
      `claims.signWith: ${publicFile} is no PEM file with an Ed25519 private key; make one: ${MAKE}`,
    ],
    [
      `{ ilpAddress: test.b, verifyWith: ${privateFile} }`,
      `claims.verifyWith: ${privateFile} holds a private key; the public one is wanted`,
    ],
    [
      `{ ilpAddress: test.b, signWith: ${privateFile}, everyMs: 0 }`,
      "claims.everyMs: too small: expected number to be >=1",
    ],
    [`{ signWith: ${privateFile} }`, "claims.ilpAddress: is missing"],
    [
      `{ ilpAddress: test.b, signwith: ${privateFile} }`,
      "claims.signwith: there is no such key (and 1 more)",
    ],
  ] as const)
    assert.throws(() => parseConfig(file(text), "a.yaml"), {
      name: "ConfigError",
      message: `a.yaml:7: peers[0].${line}`,
    });
});
