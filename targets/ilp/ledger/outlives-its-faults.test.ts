import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../testing/until.ts";
import type { Ledger, LedgerError } from "./ledger.ts";
import { type Faults, faultsIn, faultyThread } from "./testing/faults.ts";
import { scratch } from "./testing/scratch.ts";
import { ledgerError, posted, sums } from "./testing/waiting.ts";

const soon = () => Date.now() + 60_000;

/** A ledger with two accounts, some transfers already posted. */
async function ledgerWith(faults: Faults, place: ReturnType<typeof scratch>, overrides = {}) {
  const ledger = await place.open(overrides, faultyThread(faults));
  const alice = await ledger.account("test.alice");
  const bob = await ledger.account("test.bob");
  assert.equal(await posted(ledger, ledger.reserve(alice, bob, 5, soon())), undefined);
  return { ledger, alice, bob };
}

/** Each id whose post was said to be durable is posted; of the others none is. */
async function assertHonest(
  ledger: Ledger,
  outcomes: ReadonlyMap<number, LedgerError | undefined>,
): Promise<void> {
  for (const [id, error] of outcomes) {
    const state = await ledger.state(id);
    if (error === undefined) assert.equal(state, "posted");
    else assert.notEqual(state, "posted");
  }
  assert.deepEqual((await sums(ledger)).posted, 0n);
}

for (const [what, hurt, why] of [
  ["a full disk", (faults: Faults) => (faults.pages = 1), /full/],
  ["a thread that dies", (faults: Faults) => (faults.crash = true), /ended/],
] as const) {
  test(`${what}: a fault shorter than the patience is seen by no post, and loses none`, async () => {
    await using place = scratch();
    const faults = faultsIn();
    const { ledger, alice, bob } = await ledgerWith(faults, place, { patienceMs: 10_000 });
    const ids = Array.from({ length: 150 }, () => ledger.reserve(alice, bob, 1, soon()));
    await ledger.balances();
    hurt(faults);
    const told = Promise.all(ids.map((id) => posted(ledger, id)));
    await until("the ledger to be down", () => ledger.stats().state === "down");
    await until("its reason", () => why.test(ledger.stats().why ?? ""));
    assert.throws(() => ledger.reserve(alice, bob, 1, soon()), ledgerError("DOWN", why));
    await assert.rejects(ledger.balances(), ledgerError("DOWN"));
    Object.assign(faults, { pages: 0, crash: false });
    assert.ok((await told).every((error) => error === undefined));
    assert.equal(ledger.stats().state, "up");
    assert.equal(ledger.stats().outages, 1);
    assert.equal((await ledger.balances()).get("test.bob")?.posted, 155n);
    assert.equal(await posted(ledger, ledger.reserve(alice, bob, 1, soon())), undefined);
  });

  test(`${what}: posts that wait longer than the patience are told DOWN and never posted; then it comes back`, async () => {
    await using place = scratch();
    const faults = faultsIn();
    const { ledger, alice, bob } = await ledgerWith(faults, place, { patienceMs: 150 });
    const outcomes = new Map<number, LedgerError | undefined>();
    const ids = Array.from({ length: 150 }, () => ledger.reserve(alice, bob, 1, soon()));
    hurt(faults);
    await Promise.all(ids.map(async (id) => outcomes.set(id, await posted(ledger, id))));
    assert.ok(Array.from(outcomes.values()).every((error) => error?.code === "DOWN"));
    assert.equal(ledger.stats().failed, 150);
    Object.assign(faults, { pages: 0, crash: false });
    await until("the ledger to be up", () => ledger.stats().state === "up");
    await assertHonest(ledger, outcomes);
    assert.deepEqual(ledger.stats().holds, 0, "what was not posted was given back");
    const balances = await ledger.balances();
    assert.equal(balances.get("test.bob")?.posted, 5n);
    assert.equal(balances.get("test.bob")?.creditsPending, 0n);
  });
}

test("a thread that dies when its batch is on disk: who waits is told so once, and it counts once", async () => {
  await using place = scratch();
  const faults = faultsIn();
  const { ledger, alice, bob } = await ledgerWith(faults, place, { keepSettled: 0, patienceMs: 10_000 });
  const ROUNDS = 6;
  for (let round = 0; round < ROUNDS; round++) {
    const told = Array.from({ length: 100 }, () => posted(ledger, ledger.reserve(alice, bob, 10, soon())));
    faults.crashAfter = true;
    assert.ok((await Promise.all(told)).every((error) => error === undefined));
    await until("the ledger to be up", () => ledger.stats().state === "up");
  }
  assert.equal(ledger.stats().outages, ROUNDS);
  assert.equal(ledger.stats().posted, 1 + ROUNDS * 100);
  assert.equal((await ledger.balances()).get("test.bob")?.posted, BigInt(5 + ROUNDS * 1_000));
  assert.deepEqual(await sums(ledger), { posted: 0n, pending: 0n });
});

test("a thread that dies when its batch is on disk, and is long gone: posts are told DOWN, and taken back", async () => {
  await using place = scratch();
  const faults = faultsIn();
  const { ledger, alice, bob } = await ledgerWith(faults, place, { patienceMs: 150 });
  const ids = Array.from({ length: 100 }, () => ledger.reserve(alice, bob, 10, soon()));
  await ledger.balances();
  faults.crashAfter = true;
  const told = Promise.all(ids.map((id) => posted(ledger, id)));
  await until("the batch to be on disk", () => !faults.crashAfter);
  faults.crash = true;
  assert.ok((await told).every((error) => error?.code === "DOWN"));
  faults.crash = false;
  await until("the ledger to be up", () => ledger.stats().state === "up");
  await assertHonest(ledger, new Map((await told).map((error, i) => [ids[i]!, error])));
  const { posted: paid, voided, failed, holds } = ledger.stats();
  assert.deepEqual({ paid, voided, failed, holds }, { paid: 1, voided: 100, failed: 100, holds: 0 });
  const has = (await ledger.balances()).get("test.bob");
  assert.deepEqual([has?.creditsPosted, has?.debitsPosted, has?.creditsPending], [5n, 0n, 0n]);
});

test("a slow disk: the queue ends at its bound, further reserves are told FULL, and all that was taken is written", async () => {
  await using place = scratch();
  const faults = faultsIn();
  const { ledger, alice, bob } = await ledgerWith(faults, place, { maxQueued: 200, maxTransfers: 50 });
  faults.delayMs = 200;
  const told: Promise<LedgerError | undefined>[] = [];
  let refused = 0;
  for (let i = 0; i < 1_000; i++) {
    try {
      told.push(posted(ledger, ledger.reserve(alice, bob, 1, soon())));
    } catch (error) {
      assert.equal((error as LedgerError).code, "FULL");
      refused++;
    }
  }
  assert.equal(told.length, 100, "a reserve and a post each");
  assert.equal(refused, 900);
  assert.equal(ledger.stats().refused.full, 900);
  assert.equal(ledger.stats().queued, 200);
  assert.ok((await Promise.all(told)).every((error) => error === undefined));
  faults.delayMs = 0;
  await until("commits to be quick again", async () => ledger.stats().queued === 0);
  assert.equal(await posted(ledger, ledger.reserve(alice, bob, 1, soon())), undefined);
  assert.equal((await ledger.balances()).get("test.bob")?.posted, 106n);
  assert.ok(ledger.stats().commitMs.max >= 200);
});

test("a disk that hangs: reserves are told DOWN at once, posts go on waiting, and all are written when it is over", async () => {
  await using place = scratch();
  const faults = faultsIn();
  const limits = { timeoutMs: 200, patienceMs: 0, maxTransfers: 50 };
  const { ledger, alice, bob } = await ledgerWith(faults, place, limits);
  faults.delayMs = 60_000;
  let told = 0;
  const outcomes = Array.from({ length: 150 }, async () => {
    const error = await posted(ledger, ledger.reserve(alice, bob, 1, soon()));
    told++;
    return error;
  });
  await until("the ledger to be down", () => ledger.stats().state === "down");
  assert.throws(() => ledger.reserve(alice, bob, 1, soon()), ledgerError("DOWN", /longer than 200 ms/));
  const longAfterMs = performance.now() + 300;
  await until("some time to pass", () => performance.now() > longAfterMs);
  assert.equal(told, 0, "who may be paid is not told otherwise, however little patience there is");
  faults.delayMs = 0;
  assert.ok((await Promise.all(outcomes)).every((error) => error === undefined));
  await until("the ledger to be up", () => ledger.stats().state === "up");
  assert.equal(await posted(ledger, ledger.reserve(alice, bob, 1, soon())), undefined);
  assert.equal((await ledger.balances()).get("test.bob")?.posted, 156n);
  const { outages, refused } = ledger.stats();
  assert.deepEqual({ outages, refused }, { outages: 1, refused: { full: 0, down: 1 } });
});

test("a disk that hangs until the thread dies: from then on posts wait for as long as the patience", async () => {
  await using place = scratch();
  const faults = faultsIn();
  const { ledger, alice, bob } = await ledgerWith(faults, place, { timeoutMs: 250, patienceMs: 150 });
  const ids = Array.from({ length: 20 }, () => ledger.reserve(alice, bob, 1, soon()));
  await ledger.balances();
  faults.delayMs = 60_000;
  const told = Promise.all(ids.map((id) => posted(ledger, id)));
  await until("the ledger to be down", () => ledger.stats().state === "down");
  Object.assign(faults, { crash: true, delayMs: 0 });
  assert.ok((await told).every((error) => error?.code === "DOWN"));
  faults.crash = false;
  await until("the ledger to be up", () => ledger.stats().state === "up");
  assert.equal(ledger.stats().outages, 1);
  const has = (await ledger.balances()).get("test.bob");
  assert.deepEqual([has?.posted, has?.creditsPending], [5n, 0n]);
});

test("faults that come and go under load: every post is told once, and what it was told is so", async () => {
  await using place = scratch();
  const faults = faultsIn();
  const { ledger, alice, bob } = await ledgerWith(faults, place, { patienceMs: 100, maxTransfers: 20 });
  const outcomes = new Map<number, LedgerError | undefined>();
  let waiting = 0;
  const OUTAGES = 4;
  const deadline = performance.now() + 20_000;
  let hurt = 0;
  for (let rounds = 0; ledger.stats().outages < OUTAGES || rounds < 5; rounds++) {
    assert.ok(performance.now() < deadline, `${ledger.stats().outages} outages in 20 s`);
    const { state, outages } = ledger.stats();
    // Each fault lasts until it is noticed and some rounds more; the next comes when all is well again.
    if (state === "up" && rounds >= 5 && hurt === outages) {
      hurt++;
      rounds = 0;
      if (hurt % 2 === 1) faults.crash = true;
      else faults.pages = 1;
    } else if (state === "down" && rounds >= 5) {
      Object.assign(faults, { pages: 0, crash: false });
      rounds = 0;
    }
    for (let i = 0; i < 30; i++) {
      let id: number;
      try {
        id = ledger.reserve(alice, bob, 1, soon());
      } catch (error) {
        assert.equal((error as LedgerError).code, "DOWN");
        continue;
      }
      if (i % 3 === 0) {
        ledger.void(id);
        continue;
      }
      waiting++;
      ledger.post(id, {
        durable(error) {
          assert.ok(!outcomes.has(id), "told twice");
          outcomes.set(id, error);
          waiting--;
        },
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  Object.assign(faults, { pages: 0, crash: false });
  await until("the ledger to be up", () => ledger.stats().state === "up");
  await until("every post to be told", () => waiting === 0);
  assert.equal(ledger.stats().outages, OUTAGES);
  assert.ok(outcomes.size > 100);
  await assertHonest(ledger, outcomes);
  const done = Array.from(outcomes.values()).filter((error) => error === undefined).length;
  assert.equal((await ledger.balances()).get("test.bob")?.posted, BigInt(5 + done));
  assert.equal(ledger.stats().holds, 0);
});
