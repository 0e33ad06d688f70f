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
    [`{ signWith: ${privateFile} }`, { signWith: privateKey, verifyWith: undefined, everyMs: 100 }],
    [`{ verifyWith: ${publicFile} }`, { signWith: undefined, verifyWith: publicKey, everyMs: 100 }],
    [
      `{ signWith: ${privateFile}, verifyWith: ${publicFile}, everyMs: 20 }`,
      { signWith: privateKey, verifyWith: publicKey, everyMs: 20 },
    ],
  ] as const)
    assert.deepEqual(parseConfig(file(text), "a.yaml").peers[0]?.claims, rules);
});

const MAKE = "openssl genpkey -algorithm ed25519 -out <file>";

test("a mistake is told in one line with the key", (t) => {
  const { privateFile, publicFile } = keyFiles(scratch(t), "a");
  for (const [text, line] of [
    ["{}", "claims: needs signWith, verifyWith, or both"],
    ["{ signWith: no.pem }", `claims.signWith: there is no file ${resolve("no.pem")}; make one: ${MAKE}`],
    [
      `{ signWith: ${publicFile} }`,
      `claims.signWith: ${publicFile} is no PEM file with an Ed25519 private key; make one: ${MAKE}`,
    ],
    [
      `{ verifyWith: ${privateFile} }`,
      `claims.verifyWith: ${privateFile} holds a private key; the public one is wanted`,
    ],
    [`{ signWith: ${privateFile}, everyMs: 0 }`, "claims.everyMs: too small: expected number to be >=1"],
    [`{ signwith: ${privateFile} }`, "claims.signwith: there is no such key (and 1 more)"],
  ] as const)
    assert.throws(() => parseConfig(file(text), "a.yaml"), {
      name: "ConfigError",
      message: `a.yaml:7: peers[0].${line}`,
    });
});
