/** `--fresh-ledger`: the books of the last time are gone, and those of a node that runs are not. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { forgetLedger } from "./forget-ledger.ts";
import { sqliteOptions } from "./options.ts";
import { scratch } from "./testing/scratch.ts";
import { ledgerError, posted } from "./testing/waiting.ts";

const optionsOf = (file: string) => sqliteOptions.parse({ kind: "sqlite", file });

test("a ledger that is open is not forgotten, and goes on; once closed it is", async () => {
  await using place = scratch();
  const ledger = await place.open();
  const { booksId } = ledger;
  assert.match(booksId, /^[0-9a-f]{16}$/);
  const [alice, bob] = [await ledger.account("alice"), await ledger.account("bob")];
  const pay = () => posted(ledger, ledger.reserve(alice, bob, 9, Date.now() + 60_000));
  assert.equal(await pay(), undefined);
  for (let n = 0; n < 2; n++)
    assert.throws(
      () => forgetLedger(optionsOf(place.file)),
      ledgerError("UNUSABLE", /is in use by another process/),
    );
  assert.equal(await pay(), undefined);
  await ledger.close();
  const again = await place.open();
  assert.equal((await again.balances()).get("bob")?.posted, 18n, "nothing was unlinked under it");
  assert.equal(again.booksId, booksId);
  await again.close();
  forgetLedger(optionsOf(place.file));
  assert.deepEqual(
    ["", "-wal", "-shm", ".lock"].map((end) => existsSync(`${place.file}${end}`)),
    [false, false, false, true],
  );
  const fresh = await place.open();
  assert.notEqual(fresh.booksId, booksId);
  assert.deepEqual([...(await fresh.balances()).keys()], []);
  // The one that forgot held the lock's very file, so it still keeps others out.
  await assert.rejects(place.open(), ledgerError("UNUSABLE", /in use/));
});

test("what is not there is forgotten at once, and makes no folder", async () => {
  await using place = scratch();
  forgetLedger(optionsOf(`${place.file}.d/ledger.db`));
  assert.equal(existsSync(`${place.file}.d`), false);
});
