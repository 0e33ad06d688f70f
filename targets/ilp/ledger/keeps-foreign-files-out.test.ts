import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { scratch } from "./testing/scratch.ts";
import { ledgerError, posted } from "./testing/waiting.ts";

/** Changes a file in the way of `sql`. */
function change(file: string, sql: string): void {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
}

async function withOneTransfer() {
  const place = scratch();
  const ledger = await place.open();
  const [alice, bob] = [await ledger.account("test.alice"), await ledger.account("test.bob")];
  assert.equal(await posted(ledger, ledger.reserve(alice, bob, 9, Date.now() + 60_000)), undefined);
  await ledger.close();
  return place;
}

test("text is no ledger, and is left as it is", async () => {
  await using place = scratch();
  writeFileSync(place.file, "dear diary ".repeat(500));
  await assert.rejects(place.open(), ledgerError("UNUSABLE", /ledger\.db: file is not a database/));
  assert.match(readFileSync(place.file, "utf8"), /^dear diary/);
});

test("a database of something else is no ledger, and is left as it is", async () => {
  await using place = scratch();
  change(place.file, "CREATE TABLE songs (title TEXT); INSERT INTO songs VALUES ('Drunken Sailor')");
  const before = readFileSync(place.file);
  await assert.rejects(place.open(), ledgerError("UNUSABLE", /something else; name another file/));
  assert.deepEqual(readFileSync(place.file), before);
});

test("a ledger of another version is named", async () => {
  await using place = await withOneTransfer();
  change(place.file, "PRAGMA user_version = 7");
  await assert.rejects(place.open(), ledgerError("UNUSABLE", /has schema 7, this program writes 2/));
});

test("a folder that is not there is named", async () => {
  await using place = scratch();
  const file = `${place.file}.d/ledger.db`;
  await assert.rejects(place.open({ file }), ledgerError("UNUSABLE", /its folder must exist/));
});

test("books that do not balance are not opened", async (t) => {
  for (const [what, sql, why] of [
    [
      "an account's sum",
      "UPDATE accounts SET credits_posted = '10' WHERE name = 'test.bob'",
      /test\.bob says 0\/10/,
    ],
    [
      "a transfer's amount",
      "UPDATE transfers SET amount = 8",
      /test\.alice says 9\/0\/0\/0, its transfers 8\/0\/0\/0/,
    ],
    ["a transfer's state", "UPDATE transfers SET state = 2", /its transfers 0\/0\/9\/0/],
    ["a transfer", "DELETE FROM transfers", /its transfers 0\/0/],
    [
      "both, alike",
      "UPDATE accounts SET credits_posted = '10', credits_folded = '1' WHERE name = 'test.bob'",
      /the sum of all balances is 1/,
    ],
  ] as const)
    await t.test(`${what} was changed`, async () => {
      await using place = await withOneTransfer();
      change(place.file, sql);
      await assert.rejects(place.open(), ledgerError("UNUSABLE", why));
    });
});

test("a ledger has one writer: a second is turned away, a reader is not", async () => {
  await using place = await withOneTransfer();
  const ledger = await place.open();
  await assert.rejects(place.open(), ledgerError("UNUSABLE", /is in use by another process/));
  const db = new DatabaseSync(place.file, { readOnly: true });
  assert.deepEqual(
    { ...db.prepare("SELECT debit, credit, amount, state FROM journal").get() },
    { debit: "test.alice", credit: "test.bob", amount: 9, state: "posted" },
  );
  db.close();
  assert.equal(ledger.stats().state, "up");
  await ledger.close();
  await (await place.open()).close();
});
