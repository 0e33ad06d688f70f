import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Books } from "./books.ts";
import { EntryKind, EntryOutcome, EntryRing } from "./entry-ring.ts";

test("a batch that is on disk, but whose thread died before it could say so, comes out the same when written again", () => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-books-"));
  const options = { file: join(folder, "ledger.db"), keepSettled: 100, maxHoldMs: 60_000, maxAccounts: 10 };
  const nowMs = 1_790_000_000_000;
  const first = new Books(options, nowMs);
  const [alice, bob] = [first.account("test.alice"), first.account("test.bob")];
  const ring = new EntryRing(16);
  const id = first.firstId;
  ring.writeReserve(0, id, alice, bob, 100, 0, nowMs + 5_000);
  ring.writeReserve(1, id + 1, alice, bob, 20, 0, nowMs + 5_000);
  ring.writeReserve(2, id + 2, alice, bob, 3, 0, nowMs - 1);
  ring.writeReserve(3, id + 3, alice, bob, 4_000, 0, nowMs + 5_000);
  ring.writeSettle(4, EntryKind.post, id);
  ring.writeSettle(5, EntryKind.void, id + 1);
  ring.writeSettle(6, EntryKind.post, id + 2);
  ring.writeSettle(7, EntryKind.post, id + 99);
  const entries = 8;
  const outcomes = () => Array.from({ length: entries }, (_, position) => ring.outcome(position));
  const expected = (post: EntryOutcome) => [0, 0, 0, 0, 0, 0, post, EntryOutcome.unknown];

  first.apply(ring, 0, entries, nowMs);
  assert.deepEqual(outcomes(), expected(EntryOutcome.expires));
  const balances = first.balances();
  first.close();

  const second = new Books(options, nowMs + 1, id + 4);
  second.apply(ring, 0, entries, nowMs + 1);
  assert.deepEqual(outcomes(), expected(EntryOutcome.expired));
  assert.deepEqual(second.balances(), balances);
  assert.equal(balances.get("test.bob")?.posted, 100n);
  assert.equal(balances.get("test.bob")?.creditsPending, 4_000n);
  assert.equal(second.holds, 1);
  assert.ok(second.firstId > id + 99);
  second.close();
  rmSync(folder, { recursive: true });
});
