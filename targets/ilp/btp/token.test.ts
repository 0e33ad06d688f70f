/** Whose token it is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { tokenLookup } from "./token.ts";

test("a token finds its peer, and nothing else does", () => {
  const nameOf = tokenLookup(
    new Map([
      ["ann", "secret"],
      ["bob", "geheim-ü"],
      ["nobody", ""],
    ]),
  );
  assert.equal(nameOf("secret"), "ann");
  assert.equal(nameOf("geheim-ü"), "bob");
  for (const token of ["", "Secret", "secret\0", "secre", "ann", "x".repeat(60_000), "geheim-\ufffd"])
    assert.equal(nameOf(token), undefined, token.slice(0, 20));
});
