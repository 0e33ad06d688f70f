/** What a real TigerBeetle makes of a line that loses its answers, or breaks: what the model of it cannot show. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { until } from "../testing/until.ts";
import type { LedgerError } from "./ledger.ts";
import { openLedger } from "./open-ledger.ts";
import { tigerBeetleOptions } from "./options.ts";
import { lineTo } from "./testing/line.ts";
import { needsTigerBeetle, TIGERBEETLE } from "./testing/real-tigerbeetle.ts";
import { ledgerError, posted, sums } from "./testing/waiting.ts";

/** A server takes a second to take on a client. */
const TIMEOUT_MS = 2_000;
const soon = () => Date.now() + 60_000;

/** A ledger at the end of a line to the server, and one with a line of its own that sees the same books. */
async function ledgerOnALine(overrides: object) {
  await using disposables = new AsyncDisposableStack();
  const line = disposables.use(await lineTo(TIGERBEETLE[0]!));
  const namespace = `test.${randomUUID()}`;
  const open = async (address: string, more: object) => {
    const options = { kind: "tigerbeetle", addresses: [address], namespace, maxDelayMs: 1, ...more };
    const ledger = await openLedger(tigerBeetleOptions.parse(options));
    disposables.defer(() => ledger.close());
    return [ledger, await ledger.account("test.alice"), await ledger.account("test.bob")] as const;
  };
  const [ledger, alice, bob] = await open(line.address, { timeoutMs: TIMEOUT_MS, ...overrides });
  const [witness] = await open(TIGERBEETLE[0]!, {});
  const opened = disposables.move();
  return {
    line,
    ledger,
    reserve: () => ledger.reserve(alice, bob, 1, soon()),
    bobHas: async () => (await witness.balances()).get("test.bob")!,
    sums: () => sums(witness),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

test(
  "answers that are lost for less than the patience: no post is told so, and each counts once",
  needsTigerBeetle,
  async () => {
    await using on = await ledgerOnALine({ patienceMs: 20_000 });
    const { line, ledger } = on;
    const ids = Array.from({ length: 250 }, on.reserve);
    await ledger.balances();
    line.deaf = true;
    const told = Promise.all(ids.map((id) => posted(ledger, id)));
    await until("the ledger to be down", () => ledger.stats().state === "down");
    assert.throws(on.reserve, ledgerError("DOWN", /did not answer within 2000 ms/));
    await until("some to be posted", async () => (await on.bobHas()).posted > 0n);
    line.deaf = false;
    line.cut();
    assert.ok((await told).every((error) => error === undefined));
    assert.equal((await on.bobHas()).posted, 250n);
    await until("the ledger to be up", () => ledger.stats().state === "up");
    assert.equal(await posted(ledger, on.reserve()), undefined);
  },
);

test(
  "answers that are lost for longer: posts are told DOWN, and what was posted is taken back",
  needsTigerBeetle,
  async () => {
    await using on = await ledgerOnALine({ patienceMs: 300 });
    const { line, ledger } = on;
    assert.equal(await posted(ledger, on.reserve()), undefined);
    const ids = Array.from({ length: 250 }, on.reserve);
    await ledger.balances();
    line.deaf = true;
    const told = Promise.all(ids.map((id) => posted(ledger, id)));
    assert.ok((await told).every((error) => error?.code === "DOWN"));
    assert.ok((await on.bobHas()).posted > 1n, "some were posted, and nobody was told");
    line.deaf = false;
    line.cut();
    await until("the ledger to be up", () => ledger.stats().state === "up");
    for (const id of ids.slice(0, 10)) assert.equal(await ledger.state(id), "voided");
    const { posted: balance, creditsPosted, debitsPosted, creditsPending } = await on.bobHas();
    assert.deepEqual([balance, creditsPosted, debitsPosted, creditsPending], [1n, 1n, 0n, 0n]);
    assert.deepEqual(await on.sums(), { posted: 0n, pending: 0n });
    assert.equal(await posted(ledger, on.reserve()), undefined);
  },
);

test(
  "a line that is lost and found under load: every post is told once, and what it was told is so",
  needsTigerBeetle,
  async () => {
    await using on = await ledgerOnALine({ patienceMs: 100, maxTransfers: 20 });
    const { line, ledger } = on;
    const outcomes = new Map<number, LedgerError | undefined>();
    let waiting = 0;
    const load = setInterval(() => {
      for (let i = 0; i < 10 && waiting < 500 && ledger.stats().state === "up"; i++) {
        const id = on.reserve();
        waiting++;
        ledger.post(id, {
          durable(error) {
            assert.ok(!outcomes.has(id), "told twice");
            outcomes.set(id, error);
            waiting--;
          },
        });
      }
    }, 10);
    const more = async (posts: number) => {
      const then = ledger.stats().posted;
      await until(`${posts} more to be posted`, () => ledger.stats().posted >= then + posts);
    };
    try {
      await more(100);
      for (let turn = 0; turn < 2; turn++) {
        line.cut();
        await more(100);
        const failed = ledger.stats().failed;
        line.deaf = true;
        await until("posts to be told that the ledger is down", () => ledger.stats().failed > failed);
        line.deaf = false;
        line.cut();
        await more(100);
      }
    } finally {
      clearInterval(load);
    }
    await until("every post to be told", () => waiting === 0);
    const states = await Promise.all(Array.from(outcomes.keys(), (id) => ledger.state(id)));
    const expected = Array.from(outcomes.values(), (error) => (error === undefined ? "posted" : "voided"));
    assert.deepEqual(states, expected);
    const done = expected.filter((state) => state === "posted").length;
    assert.ok(outcomes.size > done, `${done} of ${outcomes.size} were posted`);
    const { posted: balance, creditsPosted, creditsPending } = await on.bobHas();
    assert.deepEqual([balance, creditsPosted, creditsPending], [BigInt(done), BigInt(done), 0n]);
    assert.deepEqual(await on.sums(), { posted: 0n, pending: 0n });
  },
);
