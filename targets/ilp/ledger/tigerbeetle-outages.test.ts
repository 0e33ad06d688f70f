import assert from "node:assert/strict";
import { test } from "node:test";
import type { Transfer } from "tigerbeetle-node";
import { until } from "../testing/until.ts";
import type { LedgerError } from "./ledger.ts";
import { openLedger } from "./open-ledger.ts";
import { tigerBeetleOptions } from "./options.ts";
import { TigerBeetleModel } from "./testing/tigerbeetle-model.ts";
import { ledgerError, posted, sums } from "./testing/waiting.ts";
import { tigerBeetle } from "./tigerbeetle-client.ts";
import { Flag } from "./tigerbeetle-events.ts";
import { openTigerBeetleLedger } from "./tigerbeetle-ledger.ts";

const soon = () => Date.now() + 60_000;
const optionsOf = (overrides: object) =>
  tigerBeetleOptions.parse({
    kind: "tigerbeetle",
    addresses: ["3000"],
    namespace: "test.a",
    maxDelayMs: 1,
    timeoutMs: 100,
    ...overrides,
  });

/** A ledger on a model of a server, with two accounts. */
async function ledgerOn(server: Pick<TigerBeetleModel, "connect">, overrides = {}) {
  const ledger = await openTigerBeetleLedger(optionsOf(overrides), server.connect);
  const alice = await ledger.account("test.alice");
  const bob = await ledger.account("test.bob");
  return {
    ledger,
    reserve: () => ledger.reserve(alice, bob, 1, soon()),
    bobHas: async () => (await ledger.balances()).get("test.bob"),
    [Symbol.asyncDispose]: () => ledger.close(),
  };
}

test("a server that is silent for less than the patience: reserves are told DOWN, no post is lost", async () => {
  const server = new TigerBeetleModel();
  await using on = await ledgerOn(server, { patienceMs: 10_000 });
  const ids = Array.from({ length: 250 }, on.reserve);
  server.silent = true;
  const told = Promise.all(ids.map((id) => posted(on.ledger, id)));
  await until("the ledger to be down", () => on.ledger.stats().state === "down");
  assert.throws(on.reserve, ledgerError("DOWN", /3000 did not answer within 100 ms/));
  await assert.rejects(on.ledger.balances(), ledgerError("DOWN"));
  server.speak();
  assert.ok((await told).every((error) => error === undefined));
  assert.equal((await on.bobHas())?.posted, 250n);
  assert.equal(on.ledger.stats().outages, 1);
  assert.equal(on.ledger.stats().state, "up");
});

test("silent for longer: posts are told DOWN and given back, and it comes back with another client", async () => {
  const server = new TigerBeetleModel();
  await using on = await ledgerOn(server, { patienceMs: 150 });
  const ids = Array.from({ length: 250 }, on.reserve);
  server.silent = true;
  const told = await Promise.all(ids.map((id) => posted(on.ledger, id)));
  assert.ok(told.every((error) => error?.code === "DOWN"));
  server.speak();
  await until("the ledger to be up", () => on.ledger.stats().state === "up");
  const has = await on.bobHas();
  assert.deepEqual([has?.posted, has?.creditsPending], [0n, 0n]);
  assert.ok(server.clients > 1);
  assert.equal(await posted(on.ledger, on.reserve()), undefined);
  assert.deepEqual(await sums(on.ledger), { posted: 0n, pending: 0n });
});

test("a batch that took effect, but whose answer was lost, is sent again and counts once", async () => {
  const server = new TigerBeetleModel();
  await using on = await ledgerOn(server, { patienceMs: 10_000 });
  const ids = Array.from({ length: 20 }, on.reserve);
  await on.ledger.balances();
  server.evicting = true;
  const told = Promise.all(ids.map((id) => posted(on.ledger, id)));
  await until("the ledger to be down", () => on.ledger.stats().state === "down");
  assert.match(on.ledger.stats().why ?? "", /evicted/);
  server.evicting = false;
  assert.ok((await told).every((error) => error === undefined));
  assert.equal((await on.bobHas())?.posted, 20n);
  assert.deepEqual(server.batches.slice(-2), [20, 20]);
});

test("a batch that took effect, but nobody was told so in time: posts are told DOWN, and taken back", async () => {
  const server = new TigerBeetleModel();
  let corrected = 0;
  const connect = () => {
    const client = server.connect();
    const createTransfers = async (batch: Transfer[]) => {
      const results = await client.createTransfers(batch);
      // The answer to the second of the corrections, which are so many that they are written apart: both are written again.
      if (batch.some(({ flags }) => flags === Flag.none) && corrected++ === 1) throw new Error("lost");
      return results;
    };
    return { ...client, createTransfers };
  };
  await using on = await ledgerOn({ connect }, { patienceMs: 150, maxTransfers: 250 });
  assert.equal(await posted(on.ledger, on.reserve()), undefined);
  const ids = Array.from({ length: 250 }, on.reserve);
  await on.ledger.balances();
  server.evicting = true;
  const told = await Promise.all(ids.map((id) => posted(on.ledger, id)));
  assert.ok(told.every((error) => error?.code === "DOWN"));
  assert.ok(
    Array.from(server.transfers.values()).filter(({ flags }) => flags === Flag.postPending).length > 1,
    "some were posted, for ever as a server sees it",
  );
  server.evicting = false;
  await until("the ledger to be up", () => on.ledger.stats().state === "up");
  assert.equal(corrected, 4);
  assert.deepEqual(await on.bobHas(), {
    posted: 1n,
    debitsPosted: 0n,
    creditsPosted: 1n,
    debitsPending: 0n,
    creditsPending: 0n,
  });
  assert.deepEqual(await sums(on.ledger), { posted: 0n, pending: 0n });
  for (const id of ids) assert.equal(await on.ledger.state(id), "voided");
  const { posted: paid, voided, failed, holds } = on.ledger.stats();
  assert.deepEqual({ paid, voided, failed, holds }, { paid: 1, voided: 250, failed: 250, holds: 0 });
  assert.equal(await posted(on.ledger, on.reserve()), undefined);
});

test("what was posted, its holds having run out before the ledger was back, is counted as taken back, once", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_790_000_000_000 });
  const server = new TigerBeetleModel();
  await using on = await ledgerOn(server, { patienceMs: 150 });
  const ids = Array.from({ length: 20 }, on.reserve);
  await on.ledger.balances();
  server.evicting = true;
  const told = await Promise.all(ids.map((id) => posted(on.ledger, id)));
  assert.ok(told.every((error) => error?.code === "DOWN"));
  t.mock.timers.tick(61_000);
  const lookedThroughMs = performance.now() + 1_100;
  await until("holds to be looked through", () => performance.now() > lookedThroughMs);
  server.evicting = false;
  await until("the ledger to be up", () => on.ledger.stats().state === "up");
  const { posted: paid, voided, expired, holds } = on.ledger.stats();
  assert.deepEqual({ paid, voided, expired, holds }, { paid: 0, voided: 20, expired: 0, holds: 0 });
});

test("reserves that are sent again a while later are still the same to the server, and are tracked", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_790_000_000_000 });
  const server = new TigerBeetleModel();
  await using on = await ledgerOn(server, { patienceMs: 10_000 });
  server.evicting = true;
  const ids = Array.from({ length: 20 }, on.reserve);
  await until("the ledger to be down", () => on.ledger.stats().state === "down");
  // Seconds that the holds have are fewer by now, counted anew.
  t.mock.timers.tick(1_500);
  server.evicting = false;
  await until("the ledger to be up", () => on.ledger.stats().state === "up");
  assert.deepEqual(server.batches.slice(-2), [20, 20]);
  assert.equal(on.ledger.stats().holds, 20);
  const told = await Promise.all(ids.map((id) => posted(on.ledger, id)));
  assert.ok(told.every((error) => error === undefined));
  const { holds, posted: done, expired } = on.ledger.stats();
  assert.deepEqual({ holds, done, expired }, { holds: 0, done: 20, expired: 0 });
});

test("one batch is under way at a time, and each is at most what was asked for", async () => {
  const server = new TigerBeetleModel();
  await using on = await ledgerOn(server, { maxTransfers: 30 });
  const told = Promise.all(Array.from({ length: 100 }, () => posted(on.ledger, on.reserve())));
  assert.ok((await told).every((error) => error === undefined));
  assert.ok(server.batches.every((size) => size <= 30));
  assert.equal(
    server.batches.reduce((sum, size) => sum + size, 0),
    200,
  );
});

test("a batch that the server refuses as too much is halved, and nothing is lost", async () => {
  const server = new TigerBeetleModel();
  server.most = 40;
  await using on = await ledgerOn(server, { maxTransfers: 150 });
  const told = await Promise.all(Array.from({ length: 200 }, () => posted(on.ledger, on.reserve())));
  assert.ok(told.every((error) => error === undefined));
  assert.equal(Math.max(...server.batches), 37, "150, 75, 37");
  assert.equal(on.ledger.stats().outages, 0);
});

test("a slow server: the queue ends at its bound, further reserves are told FULL", async () => {
  const server = new TigerBeetleModel();
  await using on = await ledgerOn(server, { maxQueued: 100, timeoutMs: 10_000 });
  server.silent = true;
  let refused: LedgerError | undefined;
  let taken = 0;
  const told: Promise<LedgerError | undefined>[] = [];
  while (refused === undefined)
    try {
      told.push(posted(on.ledger, on.reserve()));
      taken++;
    } catch (error) {
      refused = error as LedgerError;
    }
  assert.equal(refused.code, "FULL");
  assert.equal(taken, 50);
  assert.equal(on.ledger.stats().queued, 100);
  server.speak();
  assert.ok((await Promise.all(told)).every((error) => error === undefined));
  assert.equal(await posted(on.ledger, on.reserve()), undefined);
});

test("a clock that went back gives out a number again: its post is not taken for the earlier one's", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_790_000_000_000 });
  const server = new TigerBeetleModel();
  const before = await ledgerOn(server);
  const id = before.reserve();
  assert.equal(await posted(before.ledger, id), undefined);
  await before.ledger.close();
  await using after = await ledgerOn(server);
  assert.equal(after.reserve(), id);
  assert.equal((await posted(after.ledger, id))?.code, "UNKNOWN");
  assert.equal((await after.bobHas())?.posted, 1n);
});

test("no server: opening says so in time, in one line", async () => {
  const options = optionsOf({ addresses: ["127.0.0.1:1"], timeoutMs: 200 });
  await assert.rejects(
    openLedger(options),
    ledgerError("DOWN", /127\.0\.0\.1:1 did not answer within 200 ms/),
  );
});

test("a host name, or what is no address, is named", async () => {
  for (const address of ["tigerbeetle:3000", "127.0.0.1:99999"])
    await assert.rejects(
      openLedger(optionsOf({ addresses: [address] })),
      ledgerError("UNUSABLE", /no host names/),
    );
});

test("without the optional package, the error says what to install", async () => {
  await assert.rejects(
    tigerBeetle(["3000"], 0n, () => Promise.reject(new Error("Cannot find package\nRequire stack:"))),
    ledgerError("UNUSABLE", /npm install tigerbeetle-node\): Cannot find package/),
  );
});
