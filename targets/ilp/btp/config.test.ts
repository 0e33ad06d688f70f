/** Peers as the config may have them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { peersSchema } from "./config.ts";

const issues = (peers: unknown) =>
  peersSchema.safeParse(peers).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ??
  [];

test("peers that dial, and peers that are dialled", () => {
  const peers = [
    { name: "ann", token: "a" },
    { name: "bob_2~x-y", token: "b", url: "ws://127.0.0.1:3000" },
    { name: "cem", token: "b", url: "wss://cem.example/btp" },
  ];
  assert.deepEqual(peersSchema.parse(peers), peers);
});

test("what is wrong is named by its key", () => {
  assert.deepEqual(issues([{ name: "a.b", token: "t" }]), [
    "0.name: letters, digits, _ ~ - only, at most 64",
  ]);
  assert.deepEqual(issues([{ name: "a", token: "" }]), ["0.token: a token of one character at least"]);
  assert.deepEqual(issues([{ name: "a", token: "t", url: "http://x" }]), ["0.url: a ws: or wss: URL"]);
  assert.deepEqual(issues([{ name: "a", token: "t", url: "ws://x/#y" }]), [
    "0.url: a URL without a fragment",
  ]);
  assert.deepEqual(issues([{ name: "a", token: "t", uri: "ws://x" }]), ['0: Unrecognized key: "uri"']);
});

test("names are one peer's each, and so are tokens of those who dial us", () => {
  assert.deepEqual(
    issues([
      { name: "ann", token: "x" },
      { name: "bob", token: "x" },
      { name: "ann", token: "y" },
    ]),
    ["1.token: another peer has this token", "2.name: a second peer named ann"],
  );
});
