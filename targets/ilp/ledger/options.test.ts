import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";
import { ledgerOptions } from "./options.ts";

test("a file is enough: at most 100 entries or 2 ms a commit", () => {
  const options = ledgerOptions.parse({ kind: "sqlite", file: "ledger.db" });
  assert.equal(options.maxTransfers, 100);
  assert.equal(options.maxDelayMs, 2);
});

test("TigerBeetle: at most 100 entries or 10 ms a batch", () => {
  const options = ledgerOptions.parse({ kind: "tigerbeetle", addresses: ["3000"], namespace: "test.a" });
  assert.equal(options.maxTransfers, 100);
  assert.equal(options.maxDelayMs, 10);
});

test("what the README has for TigerBeetle are options", () => {
  const readme = readFileSync(new URL("README.md", import.meta.url), "utf8");
  const snippet = /^ {4}ledger:\n(?: {6}.*\n)+/m.exec(readme)?.[0] ?? "";
  const { kind, maxTransfers } = ledgerOptions.parse(parse(snippet).ledger);
  assert.deepEqual({ kind, maxTransfers }, { kind: "tigerbeetle", maxTransfers: 1_000 });
});

test("what is wrong is named by its key", () => {
  for (const [wrong, key] of [
    [{ kind: "sqlite" }, "file"],
    [{ kind: "sqlite", file: "f", maxTransfers: 0 }, "maxTransfers"],
    [{ kind: "sqlite", file: "f", maxQueued: 2 ** 20 }, "maxQueued"],
    [{ kind: "tigerbeetle", addresses: [], namespace: "n" }, "addresses"],
    [{ kind: "paper" }, "kind"],
  ] as const)
    assert.deepEqual(ledgerOptions.safeParse(wrong).error?.issues[0]?.path, [key]);
  const unknown = ledgerOptions.safeParse({ kind: "sqlite", file: "f", batch: 5 });
  assert.match(unknown.error?.issues[0]?.message ?? "", /batch/);
});
