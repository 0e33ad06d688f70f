import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { type Books, booksOf, difference, NOTHING_TOLD } from "./books.ts";
import type { Target } from "./target.ts";

interface Account {
  readonly debitsPosted?: number;
  readonly creditsPosted?: number;
  readonly debitsPending?: number;
  readonly creditsPending?: number;
}

const PAGE = `ilp_packets_total{peer="alice",outcome="received"} 3
ilp_packets_total{peer="alice",outcome="fulfilled"} 2
ilp_packets_total{peer="alice",outcome="rejected",code="T04"} 1
`;
const COUNTED = { received: 3, fulfilled: 2, rejected: 1 };

/** A connector whose ledger tells one of these after the other, and then the last for good; nothing is a 503. */
async function connector(t: TestContext, ...told: (Readonly<Record<string, Account>> | undefined)[]) {
  let asked = 0;
  const server = createServer(({ url }, response) => {
    if (url !== "/ledger") {
      response.end(PAGE);
      return;
    }
    const accounts = told[Math.min(asked++, told.length - 1)];
    const none = { debitsPosted: 0, creditsPosted: 0, debitsPending: 0, creditsPending: 0 };
    const texts = Object.entries(accounts ?? {}).map(([name, account]) => [
      name,
      Object.fromEntries(Object.entries({ ...none, ...account }).map(([key, n]) => [key, String(n)])),
    ]);
    response.writeHead(accounts === undefined ? 503 : 200).end(JSON.stringify(Object.fromEntries(texts)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const admin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const target = { adminUrl: admin, members: { A: { pid: 1, admin } } } as unknown as Target;
  return { target, asked: () => asked };
}

const alice = { debitsPosted: 200 };
const bob = { creditsPosted: 200 };

test("what a connector counted, and of its ledger what was paid, what is held and that it balances", async (t) => {
  const { target } = await connector(t, { alice, bob });
  assert.deepEqual((await booksOf(target)).connectors, {
    A: { ...COUNTED, paidUnits: 200, heldUnits: 0, imbalanceUnits: 0 },
  });
});

test("balances that do not add up to zero are told, to the unit, whichever side is more", async (t) => {
  for (const [debitsPosted, imbalanceUnits] of [
    [199, 1],
    [300, -100],
  ] as const) {
    const { target } = await connector(t, { alice: { debitsPosted }, bob });
    assert.equal((await booksOf(target)).connectors.A?.imbalanceUnits, imbalanceUnits);
  }
});

test("a ledger that holds something is asked until it holds nothing, on either side", async (t) => {
  const debit = { alice: { ...alice, debitsPending: 100 }, bob };
  const credit = { alice, bob: { ...bob, creditsPending: 100 } };
  const { target, asked } = await connector(t, debit, credit, { alice, bob });
  assert.equal((await booksOf(target)).connectors.A?.heldUnits, 0);
  assert.equal(asked(), 3);
});

test("a ledger that cannot be asked for a moment is asked again", async (t) => {
  const { target } = await connector(t, undefined, { alice, bob });
  const { connectors, silent } = await booksOf(target);
  assert.deepEqual([connectors.A?.paidUnits, silent], [200, []]);
});

test("the difference of two looks is what was done, but what is held and off balance is as it is now", () => {
  const books = (received: number, paidUnits: number, heldUnits: number, imbalanceUnits: number): Books => ({
    ...NOTHING_TOLD,
    connectors: { A: { received, fulfilled: received, rejected: 0, paidUnits, heldUnits, imbalanceUnits } },
  });
  assert.deepEqual(difference(books(3, 300, 100, 5), books(5, 500, 200, 5)).connectors, {
    A: { received: 2, fulfilled: 2, rejected: 0, paidUnits: 200, heldUnits: 200, imbalanceUnits: 5 },
  });
});
