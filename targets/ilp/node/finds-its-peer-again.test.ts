/**
 * A peer that goes away and comes back, with packets flowing: alice - A - B - bob, and B goes. How connects are spaced (a
 * back-off with jitter) is shown in ../btp/down-and-up.test.ts.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { sums } from "../ledger/testing/waiting.ts";
import { Flow } from "../testing/flow.ts";
import { startSender } from "../testing/sender.ts";
import { until } from "../testing/until.ts";
import { type Node, startNode } from "./node.ts";
import { configOf, fileBetween, fulfillingReceiver, silent } from "./testing/node-between.ts";

const AMOUNT = 100;

test("packets for a peer that is away are refused with T01, and fulfilled again when it is back", async () => {
  await using opened = new AsyncDisposableStack();
  const folder = opened.adopt(mkdtempSync(join(tmpdir(), "plimsoll-peers-")), (path) =>
    rmSync(path, { recursive: true }),
  );
  let port = 0;
  /** B, each time on the same port and the same books. */
  const startB = () => {
    const alices = { name: "A", listens: true, token: "a-b-token", creditLimit: 1e15 };
    const bobs = { name: "bob", listens: true, token: "bob-token" };
    return startNode(
      configOf({
        ...fileBetween(join(folder, "b.db")),
        nodeId: "B",
        ilpAddress: "test.b",
        btp: { port },
        peers: [alices, bobs],
        routes: [{ prefix: "test.b.bob", peer: "bob" }],
      }),
      silent,
    );
  };
  let b: Node = await startB();
  opened.defer(() => b.close());
  port = b.btp.port!;
  const url = `ws://127.0.0.1:${port}`;
  const a = opened.adopt(
    await startNode(
      configOf({
        ...fileBetween(join(folder, "a.db")),
        peers: [
          { name: "alice", listens: true, token: "alice-token", creditLimit: 1e15 },
          { name: "B", dial: url, token: "a-b-token" },
        ],
        routes: [{ prefix: "test.b", peer: "B" }],
      }),
      silent,
    ),
    (node) => node.close(),
  );
  const bob = opened.adopt(await fulfillingReceiver(url, "bob-token"), (it) => it.close());
  const alice = opened.adopt(await startSender(`ws://127.0.0.1:${a.btp.port}`, "alice-token"), (it) =>
    it.close(),
  );
  const toB = a.btp.sessions.get("B")!;
  const allUp = () => alice.up && toB.up && b.btp.sessions.get("bob")!.up && bob.up;
  await until("all to be connected", allUp);

  const flow = new Flow(alice, "test.b.bob.wallet");
  const away = flow.part();
  await until("packets to be fulfilled", () => (away.ends.fulfill ?? 0) >= 200);
  // At once, as if it had died: what is under way gets no answer any more.
  await b.btp.close(0);
  await b.close();
  await until("packets to be refused", () => (away.ends["T01 test.a"] ?? 0) >= 200);
  await until("A to have tried to connect again", () => toB.counters.connectFailures >= 2);
  assert.equal(toB.up, false);

  b = await startB();
  await until("all to be connected again", allUp);
  const back = flow.part();
  await until("packets to be fulfilled again", () => (back.ends.fulfill ?? 0) >= 200);
  await flow.stop();

  // While bob was not yet back at B, B has said so itself.
  const { fulfill, "T01 test.a": lost, "T01 test.b": withoutBob = 0, ...others } = away.ends;
  assert.deepEqual(others, {});
  assert.equal(fulfill! + lost! + withoutBob, away.sent);
  assert.deepEqual(back.ends, { fulfill: back.sent });
  assert.deepEqual([toB.counters.ups, toB.counters.unexpectedAnswers, alice.strayAnswers], [2, 0, 0]);

  const paid = BigInt(flow.fulfilled * AMOUNT);
  const balances = await a.ledger.balances();
  const atB = balances.get("peer:B");
  assert.deepEqual([balances.get("peer:alice")?.posted, atB?.posted], [-paid, paid]);
  assert.deepEqual([a.path.held, atB?.creditsPending], [0, 0n]);
  assert.equal((await sums(a.ledger)).posted, 0n);
  // B may have paid bob for packets whose Fulfill it could not pass on any more: its own books add up all the same.
  assert.ok((await b.ledger.balances()).get("peer:bob")!.posted >= paid);
  assert.equal((await sums(b.ledger)).posted, 0n);
});
