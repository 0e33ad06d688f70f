import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { until } from "../../testing/until.ts";
import { type Ledger, MAX_AMOUNT } from "../ledger.ts";
import { ledgerError, posted, sums } from "./waiting.ts";

/** Where the ledger under test keeps its books; each `open` finds what the one before left. */
export interface Home extends AsyncDisposable {
  open(overrides?: { maxHolds?: number; maxQueued?: number; maxTransfers?: number }): Promise<Ledger>;
}

const soon = () => Date.now() + 60_000;

async function accounts(ledger: Ledger): Promise<[alice: number, bob: number]> {
  return [await ledger.account("test.alice"), await ledger.account("test.bob")];
}

const nothing = { posted: 0n, debitsPosted: 0n, creditsPosted: 0n, debitsPending: 0n, creditsPending: 0n };

/** What every ledger does, whatever it writes to. */
export function ledgerContract(name: string, home: () => Home, options: { skip?: string } = {}): void {
  const it = (what: string, work: (home: Home) => Promise<void>) =>
    test(`${name}: ${what}`, options, async () => {
      await using place = home();
      await work(place);
    });

  it("a name has one number, another name another", async (home) => {
    const ledger = await home.open();
    const [alice, bob] = await accounts(ledger);
    assert.equal(await ledger.account("test.alice"), alice);
    assert.notEqual(alice, bob);
    assert.deepEqual((await ledger.balances()).get("test.alice"), nothing);
    await ledger.close();
    const again = await home.open();
    assert.deepEqual(await accounts(again), [alice, bob]);
  });

  it("books have an id of their own, which stays", async (home) => {
    const ledger = await home.open();
    const { booksId } = ledger;
    assert.match(booksId, /^[0-9a-f]{16}$/);
    await ledger.close();
    assert.equal((await home.open()).booksId, booksId);
  });

  it("a reserve is pending on both sides, a post moves it over", async (home) => {
    const ledger = await home.open();
    const [alice, bob] = await accounts(ledger);
    const id = ledger.reserve(alice, bob, 700, soon());
    assert.equal(await ledger.state(id), "pending");
    let balances = await ledger.balances();
    assert.deepEqual(balances.get("test.alice"), { ...nothing, debitsPending: 700n });
    assert.deepEqual(balances.get("test.bob"), { ...nothing, creditsPending: 700n });
    assert.equal(await posted(ledger, id), undefined);
    assert.equal(await ledger.state(id), "posted");
    balances = await ledger.balances();
    assert.deepEqual(balances.get("test.alice"), { ...nothing, posted: -700n, debitsPosted: 700n });
    assert.deepEqual(balances.get("test.bob"), { ...nothing, posted: 700n, creditsPosted: 700n });
  });

  it("a void gives it back, and it cannot be posted any more", async (home) => {
    const ledger = await home.open();
    const [alice, bob] = await accounts(ledger);
    const id = ledger.reserve(alice, bob, 700, soon());
    ledger.void(id);
    assert.equal(await ledger.state(id), "voided");
    assert.deepEqual((await ledger.balances()).get("test.alice"), nothing);
    assert.equal((await posted(ledger, id))?.code, "UNKNOWN");
    assert.deepEqual((await ledger.balances()).get("test.bob"), nothing);
    assert.equal(ledger.stats().voided, 1);
  });

  it("what is posted cannot be given back; posting it again changes nothing", async (home) => {
    const ledger = await home.open();
    const [alice, bob] = await accounts(ledger);
    const id = ledger.reserve(alice, bob, 700, soon());
    assert.equal(await posted(ledger, id), undefined);
    ledger.void(id);
    assert.equal(await posted(ledger, id), undefined);
    assert.equal(await ledger.state(id), "posted");
    assert.equal((await ledger.balances()).get("test.bob")?.posted, 700n);
  });

  it("a hold that ran out is given back, and its late post is told so", async (home) => {
    const ledger = await home.open();
    const [alice, bob] = await accounts(ledger);
    const id = ledger.reserve(alice, bob, 700, Date.now() + 50);
    await until("the hold to expire", async () => (await ledger.state(id)) === "expired");
    assert.equal((await posted(ledger, id))?.code, "EXPIRED");
    assert.equal(ledger.stats().expired, 1, "counted once");
    assert.deepEqual((await ledger.balances()).get("test.alice"), nothing);
  });

  it("an expiry may be any number: long past is given back, long ahead is held", async (home) => {
    const ledger = await home.open();
    const [alice, bob] = await accounts(ledger);
    const past = [-1e300, -1, 0, 0.5].map((expiresAtMs) => ledger.reserve(alice, bob, 1, expiresAtMs));
    const ahead = [1e300, 2 ** 53].map((expiresAtMs) => ledger.reserve(alice, bob, 1, expiresAtMs));
    for (const id of past) await until("it to expire", async () => (await ledger.state(id)) === "expired");
    for (const id of ahead) assert.equal(await posted(ledger, id), undefined);
    assert.equal((await ledger.balances()).get("test.bob")?.posted, 2n);
  });

  it("posting what nobody reserved is told so", async (home) => {
    const ledger = await home.open();
    await accounts(ledger);
    assert.equal((await posted(ledger, 4_000_000_000))?.code, "UNKNOWN");
    assert.equal(await ledger.state(4_000_000_000), undefined);
  });

  it("who waits is told in the order of the posts, never before the call returns", async (home) => {
    const ledger = await home.open({ maxTransfers: 10 });
    const [alice, bob] = await accounts(ledger);
    const told: number[] = [];
    const ids = Array.from({ length: 95 }, () => ledger.reserve(alice, bob, 1, soon()));
    for (const id of ids) {
      ledger.post(id, { durable: (error) => told.push(error === undefined ? id : -1) });
      assert.deepEqual(told, []);
    }
    await until("all posts", () => told.length === ids.length);
    assert.deepEqual(told, ids);
    assert.ok(ledger.stats().batchSizes.max <= 10);
  });

  it("amounts are exact: zero, above 2^32, above 2^53, the largest, and sums above 2^64", async (home) => {
    const ledger = await home.open();
    const [alice, bob] = await accounts(ledger);
    const amounts = [0, 0n, 2 ** 32 + 1, 2 ** 53 - 1, 2n ** 53n + 1n, MAX_AMOUNT, MAX_AMOUNT, MAX_AMOUNT];
    for (const amount of amounts)
      assert.equal(await posted(ledger, ledger.reserve(alice, bob, amount, soon())), undefined);
    const sum = amounts.reduce<bigint>((total, amount) => total + BigInt(amount), 0n);
    assert.equal((await ledger.balances()).get("test.bob")?.posted, sum);
    assert.equal((await ledger.balances()).get("test.alice")?.posted, -sum);
  });

  it("what is no transfer is refused, and nothing is held", async (home) => {
    const ledger = await home.open();
    const [alice, bob] = await accounts(ledger);
    for (const amount of [-1, 0.5, Number.NaN, 2 ** 53, -1n, MAX_AMOUNT + 1n])
      assert.throws(() => ledger.reserve(alice, bob, amount, soon()), ledgerError("INVALID"));
    for (const [from, to] of [[alice, alice], [alice, 0], [bob + 100, alice], [1.5, bob]] as const) // biome-ignore format: a pair each
      assert.throws(() => ledger.reserve(from, to, 1, soon()), ledgerError("INVALID"));
    assert.throws(() => ledger.reserve(alice, bob, 1, Number.NaN), ledgerError("INVALID"));
    for (const wrong of ["", "a".repeat(1_024)])
      await assert.rejects(ledger.account(wrong), ledgerError("INVALID"));
    assert.deepEqual((await ledger.balances()).get("test.alice"), nothing);
    assert.equal(ledger.stats().reserved, 0);
  });

  it("reserves beyond the holds there may be are told FULL, until some are settled", async (home) => {
    const ledger = await home.open({ maxHolds: 20 });
    const [alice, bob] = await accounts(ledger);
    const ids = Array.from({ length: 20 }, () => ledger.reserve(alice, bob, 1, soon()));
    assert.throws(() => ledger.reserve(alice, bob, 1, soon()), ledgerError("FULL"));
    await ledger.balances();
    assert.throws(
      () => ledger.reserve(alice, bob, 1, soon()),
      ledgerError("FULL"),
      "on disk, and still open",
    );
    assert.equal(await posted(ledger, ids[0]!), undefined);
    ledger.void(ids[1]!);
    await ledger.balances();
    for (let i = 0; i < 2; i++) ledger.reserve(alice, bob, 1, soon());
    assert.throws(() => ledger.reserve(alice, bob, 1, soon()), ledgerError("FULL"));
    assert.deepEqual(ledger.stats().refused, { full: 3, down: 0 });
  });

  it("closing writes what waits; after that everyone is told DOWN", async (home) => {
    const ledger = await home.open();
    const [alice, bob] = await accounts(ledger);
    const id = ledger.reserve(alice, bob, 700, soon());
    const told = posted(ledger, id);
    await ledger.close();
    assert.equal(await told, undefined);
    assert.throws(() => ledger.reserve(alice, bob, 1, soon()), ledgerError("DOWN"));
    assert.equal((await posted(ledger, id))?.code, "DOWN");
    await assert.rejects(ledger.balances(), ledgerError("DOWN"));
    assert.equal(ledger.stats().state, "closed");
  });

  it("opened again, balances go on, ids are new, and what ran out meanwhile was given back", async (home) => {
    const before = await home.open();
    const [alice, bob] = await accounts(before);
    const kept = before.reserve(alice, bob, 700, soon());
    assert.equal(await posted(before, kept), undefined);
    const open = before.reserve(alice, bob, 50, soon());
    const short = before.reserve(alice, bob, 9, Date.now() + 20);
    const last = Math.max(kept, open, short);
    await before.close();
    const ledger = await home.open();
    assert.deepEqual(await accounts(ledger), [alice, bob]);
    await until("the short hold to expire", async () => (await ledger.state(short)) === "expired");
    assert.equal(await ledger.state(kept), "posted");
    assert.equal(await ledger.state(open), "pending");
    assert.deepEqual((await ledger.balances()).get("test.bob"), {
      ...nothing,
      posted: 700n,
      creditsPosted: 700n,
      creditsPending: 50n,
    });
    assert.ok(ledger.reserve(alice, bob, 1, soon()) > last);
    assert.equal(await posted(ledger, open), undefined, "and it can still be posted");
  });

  it("any sequence of calls ends with the balances that a simple model has, and a sum of zero", async (home) => {
    const ledger = await home.open({ maxTransfers: 7 });
    const names = ["test.a", "test.b", "test.c"];
    const numbers = await Promise.all(names.map((each) => ledger.account(each)));
    const expected = new Map(names.map((each) => [each, { ...nothing }]));
    const amounts = fc.oneof(fc.nat(), fc.bigInt({ min: 0n, max: MAX_AMOUNT }));
    const calls = fc.array(
      fc.record({
        pair: fc.constantFrom([0, 1], [1, 0], [0, 2], [2, 1]),
        amount: amounts,
        end: fc.constantFrom("post", "void"),
      }),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(calls, async (batch) => {
        const told: Promise<unknown>[] = [];
        for (const { pair, amount, end } of batch) {
          const [from, to] = pair as [number, number];
          const id = ledger.reserve(numbers[from]!, numbers[to]!, amount, soon());
          if (end === "void") {
            ledger.void(id);
            continue;
          }
          told.push(posted(ledger, id));
          const debtor = expected.get(names[from]!)!;
          const creditor = expected.get(names[to]!)!;
          debtor.posted -= BigInt(amount);
          debtor.debitsPosted += BigInt(amount);
          creditor.posted += BigInt(amount);
          creditor.creditsPosted += BigInt(amount);
        }
        assert.ok((await Promise.all(told)).every((error) => error === undefined));
        const balances = await ledger.balances();
        for (const each of names) assert.deepEqual(balances.get(each), expected.get(each));
        assert.deepEqual(await sums(ledger), { posted: 0n, pending: 0n });
      }),
      { numRuns: 30 },
    );
  });
}
