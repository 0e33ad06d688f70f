import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import type { SqliteLedger } from "./sqlite-ledger.ts";
import { scratch } from "./testing/scratch.ts";
import { posted } from "./testing/waiting.ts";

/** Commits of a few transfers each, more than there are between two checkpoints. */
async function commits(ledger: SqliteLedger, count: number): Promise<void> {
  const [alice, bob] = [await ledger.account("test.alice"), await ledger.account("test.bob")];
  for (let i = 0; i < count; i++) {
    const ids = Array.from({ length: 5 }, () => ledger.reserve(alice, bob, 1, Date.now() + 60_000));
    await Promise.all(ids.map((id) => posted(ledger, id)));
  }
}

test("the log is written from its start again and again; a reader makes it longer only while it reads", async () => {
  await using place = scratch();
  const ledger = await place.open({ maxDelayMs: 0 });
  const logBytes = () => statSync(`${place.file}-wal`).size;
  await commits(ledger, 400);
  const short = logBytes();
  assert.ok(short < 4 * 1024 * 1024, `${short} bytes`);
  await commits(ledger, 400);
  assert.equal(logBytes(), short, "twice the commits, the same log");

  const reader = new DatabaseSync(place.file, { readOnly: true });
  reader.exec("BEGIN; SELECT * FROM accounts");
  await commits(ledger, 800);
  assert.ok(logBytes() > 2 * short, "nothing that a reader may still need is overwritten");
  const grown = ledger.stats().logPages;
  reader.close();
  await commits(ledger, 400);
  assert.ok(ledger.stats().logPages < grown / 2);
  assert.equal(ledger.stats().outages, 0);
});
