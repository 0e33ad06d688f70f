import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Books } from "./books.ts";
import { EntryKind, EntryOutcome, EntryRing } from "./entry-ring.ts";

const NOW_MS = 1_790_000_000_000;

/** Books in a folder of their own, whose thread dies after a commit: they are opened again, and the batch is written again. */
function booksOf(t: TestContext, keepSettled: number) {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-books-"));
  const options = { file: join(folder, "ledger.db"), keepSettled, maxHoldMs: 60_000, maxAccounts: 10 };
  let books = new Books(options, NOW_MS);
  t.after(() => {
    books.close();
    rmSync(folder, { recursive: true });
  });
  const [alice, bob] = [books.account("test.alice"), books.account("test.bob")];
  const ring = new EntryRing(2_048);
  let nextId = books.firstId;
  let end = 0;
  const outcomes = (from: number) =>
    Array.from({ length: end - from }, (_, entry) => ring.outcome(from + entry));
  return {
    get books() {
      return books;
    },
    reserve(amount: number, expiresAtMs = NOW_MS + 5_000): number {
      ring.writeReserve(end++, nextId, alice, bob, amount, 0, expiresAtMs);
      return nextId++;
    },
    settle(kind: EntryKind, id: number): void {
      ring.writeSettle(end++, kind, id);
    },
    /** Writes what was noted since, once, as a batch. */
    write(): void {
      books.apply(ring, 0, end, NOW_MS);
      end = 0;
    },
    /** The same twice, its thread having died in between: the outcomes of both times. */
    writeTwice(): readonly (readonly number[])[] {
      books.apply(ring, 0, end, NOW_MS);
      const first = outcomes(0);
      books.close();
      books = new Books(options, NOW_MS + 1, nextId);
      books.apply(ring, 0, end, NOW_MS + 1);
      const both = [first, outcomes(0)];
      end = 0;
      return both;
    },
  };
}

test("a batch that is on disk, but whose thread died before it could say so, comes out the same when written again", (t) => {
  const of = booksOf(t, 100);
  const id = of.reserve(100);
  of.reserve(20);
  of.reserve(3, NOW_MS - 1);
  of.reserve(4_000);
  of.settle(EntryKind.post, id);
  of.settle(EntryKind.void, id + 1);
  of.settle(EntryKind.post, id + 2);
  of.settle(EntryKind.post, id + 99);
  const expected = (post: EntryOutcome) => [0, 0, 0, 0, 0, 0, post, EntryOutcome.unknown];
  assert.deepEqual(of.writeTwice(), [expected(EntryOutcome.expires), expected(EntryOutcome.expired)]);
  const balances = of.books.balances();
  assert.equal(balances.get("test.bob")?.posted, 100n);
  assert.equal(balances.get("test.bob")?.creditsPending, 4_000n);
  assert.equal(of.books.holds, 1);
  assert.ok(of.books.firstId > id + 99);
});

test("a post that was written, and nobody was told of, is taken back, once", (t) => {
  const of = booksOf(t, 100);
  const paid = of.reserve(100);
  const [unnoticed, held, late] = [of.reserve(20), of.reserve(3), of.reserve(4_000)];
  for (const id of [paid, unnoticed, late]) of.settle(EntryKind.post, id);
  of.write();
  for (const id of [unnoticed, held, late]) of.settle(EntryKind.takeBack, id);
  of.settle(EntryKind.takeBack, 999_999);
  const outcomes = [EntryOutcome.done, EntryOutcome.done, EntryOutcome.done, EntryOutcome.unknown];
  assert.deepEqual(of.writeTwice(), [outcomes, outcomes]);
  const { books } = of;
  assert.deepEqual(
    [paid, unnoticed, held, late].map((id) => books.state(id)),
    ["posted", "voided", "voided", "voided"],
  );
  const has = books.balances().get("test.bob");
  assert.deepEqual([has?.creditsPosted, has?.debitsPosted, has?.creditsPending], [100n, 0n, 0n]);
});

test("books that keep no settled transfer count each once, though every batch is written twice", (t) => {
  const of = booksOf(t, 0);
  const BATCHES = 6;
  const TRANSFERS = 100;
  const ids: number[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    const held = Array.from({ length: TRANSFERS }, () => of.reserve(10));
    for (const id of held) of.settle(EntryKind.post, id);
    ids.push(...held);
    const done = new Array(2 * TRANSFERS).fill(EntryOutcome.done);
    assert.deepEqual(of.writeTwice(), [done, done]);
  }
  assert.equal(of.books.balances().get("test.bob")?.posted, BigInt(BATCHES * TRANSFERS * 10));
  assert.equal(of.books.holds, 0);
  assert.equal(of.books.state(ids[0]!), undefined, "it was folded");
});

test("an old hold that is posted is still known when its batch is written again, and folded by a later one", (t) => {
  const of = booksOf(t, 1_000);
  const transfer = () => of.settle(EntryKind.post, of.reserve(1));
  const old = of.reserve(7);
  // Enough that all of it would be folded, but for the hold before it.
  for (let batch = 0; batch < 4; batch++) {
    for (let n = 0; n < 1_000; n++) transfer();
    of.write();
  }
  of.settle(EntryKind.post, old);
  assert.deepEqual(of.writeTwice(), [[EntryOutcome.done], [EntryOutcome.done]]);
  assert.equal(of.books.state(old), "posted");
  transfer();
  of.write();
  assert.equal(of.books.state(old), undefined);
  assert.equal(of.books.balances().get("test.bob")?.posted, 4_008n);
});
