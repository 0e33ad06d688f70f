import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { scratch } from "./testing/scratch.ts";
import { posted, sums } from "./testing/waiting.ts";

const soon = () => Date.now() + 60_000;
const rowsIn = (file: string) => {
  const db = new DatabaseSync(file, { readOnly: true });
  const { rows } = db.prepare("SELECT count(*) AS rows FROM transfers").get() as { rows: number };
  db.close();
  return rows;
};

test("old settled transfers are folded into their accounts: the file stops growing, balances stay", async () => {
  await using place = scratch();
  const ledger = await place.open({ keepSettled: 1_000, maxTransfers: 1_000 });
  const alice = await ledger.account("test.alice");
  const bob = await ledger.account("test.bob");
  const ids: number[] = [];
  const bytes: number[] = [];
  for (let round = 0; round < 40; round++) {
    const batch = Array.from({ length: 500 }, () => ledger.reserve(alice, bob, 2n ** 62n, soon()));
    await Promise.all(batch.map((id) => posted(ledger, id)));
    ids.push(...batch);
    bytes.push(statSync(place.file).size);
  }
  const rows = rowsIn(place.file);
  assert.ok(rows >= 1_000 && rows < 1_000 + 3_000, `${rows} rows`);
  assert.equal(bytes.at(-1), bytes[20], "the second half of the load needed no more of the disk");
  assert.equal((await ledger.balances()).get("test.bob")?.posted, 20_000n * 2n ** 62n);
  assert.equal(await ledger.state(ids[0]!), undefined);
  assert.equal(await ledger.state(ids.at(-1)!), "posted");
  await ledger.close();
  // Opening checks what was folded and what was not against the accounts.
  const again = await place.open({ keepSettled: 1_000 });
  assert.equal((await again.balances()).get("test.bob")?.posted, 20_000n * 2n ** 62n);
  assert.deepEqual(await sums(again), { posted: 0n, pending: 0n });
});

test("nothing from the oldest open hold on is folded, until it is settled", async () => {
  await using place = scratch();
  const ledger = await place.open({ keepSettled: 0, maxTransfers: 500 });
  const alice = await ledger.account("test.alice");
  const bob = await ledger.account("test.bob");
  const transfers = async (count: number) => {
    const ids = Array.from({ length: count }, () => ledger.reserve(alice, bob, 1, soon()));
    await Promise.all(ids.map((id) => posted(ledger, id)));
  };
  await transfers(2_000);
  const open = ledger.reserve(alice, bob, 1, soon());
  await transfers(5_000);
  assert.equal(await ledger.state(open), "pending");
  assert.ok(rowsIn(place.file) > 5_000);
  assert.equal(await posted(ledger, open), undefined);
  await transfers(10_000);
  assert.ok(rowsIn(place.file) < 3_000, `${rowsIn(place.file)} rows`);
  assert.equal((await ledger.balances()).get("test.bob")?.posted, 17_001n);
});

test("no hold lasts longer than the longest, so none keeps the journal from being folded", async () => {
  await using place = scratch();
  const ledger = await place.open({ maxHoldMs: 1_000 });
  const id = ledger.reserve(
    await ledger.account("test.alice"),
    await ledger.account("test.bob"),
    1,
    Date.now() + 1e12,
  );
  await ledger.balances();
  const db = new DatabaseSync(place.file, { readOnly: true });
  const row = db.prepare("SELECT ends_ms - reserved_ms AS held FROM transfers WHERE id = ?").get(id);
  db.close();
  assert.deepEqual({ ...row }, { held: 1_000 });
});
