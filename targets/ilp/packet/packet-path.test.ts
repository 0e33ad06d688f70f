import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  FrameType,
  type FrameView,
  readFrame,
  writeFrame,
  writeFulfillFrame,
  writePrepareFrame,
  writeRejectFrame,
} from "../../../wire/btp.ts";
import { PacketType, readFulfill, readPrepare, readReject } from "../../../wire/ilp.ts";
import type { Waiting } from "../btp/btp.ts";
import { PeerChecks } from "../checks/peer-checks.ts";
import { sqliteOptions } from "../ledger/options.ts";
import { openSqliteLedger } from "../ledger/sqlite-ledger.ts";
import { Router } from "../routing/router.ts";
import { epochMs } from "../telemetry/event.ts";
import { Telemetry } from "../telemetry/telemetry.ts";
import { PacketPath } from "./packet-path.ts";
import { type Asker, type NextHop, Outcomes, type Peer } from "./peer.ts";

const AMOUNT = 1_000;
/** 1 %, rounded up, and one unit. */
const FEE = { fixed: 1, ppm: 10_000 };
const KEPT = 11;

/** What the next hop does with a packet, and what alice must be told: `paid`, or a Reject's code and who triggered it. */
const HOPS = {
  fulfills: "paid",
  rejects: "F99 test.bob",
  "fulfills something else": "F05 test.a",
  "answers with no packet": "T00 test.a",
  "answers with a BTP Error": "T00 test.a",
  "answers with half a Fulfill": "T00 test.a",
  "does not answer": "R00 test.a",
  "loses its link": "T01 test.a",
  DOWN: "T01 test.a",
  BACKPRESSURE: "T03 test.a",
  PENDING_FULL: "T04 test.a",
} as const;
type Behaviour = keyof typeof HOPS;

const secretOf = (n: number) => createHash("sha256").update(`secret ${n}`).digest();
const conditionOf = (n: number) => createHash("sha256").update(secretOf(n)).digest();
const NOTHING = new Uint8Array(0);

function frame(write: (into: Uint8Array) => number): FrameView {
  const into = new Uint8Array(2_048);
  return readFrame(into.slice(0, write(into)));
}

const prepare = (n: number, more: { destination?: string; amount?: number; expiresInMs?: number } = {}) =>
  frame((into) =>
    writePrepareFrame(
      n,
      {
        amount: more.amount ?? AMOUNT,
        expiresAtMs: Date.now() + (more.expiresInMs ?? 20_000),
        condition: conditionOf(n),
        destination: more.destination ?? "test.bob.wallet",
        data: new Uint8Array(8),
      },
      into,
    ),
  );

/** A node's packet path between alice, who asks, and bob, who does as he is told. */
async function pathOf(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-path-"));
  const ledger = await openSqliteLedger(sqliteOptions.parse({ kind: "sqlite", file: join(folder, "l.db") }));
  const telemetry = new Telemetry({
    nodeId: "A",
    hub: undefined,
    batchMs: 100,
    batchEvents: 100,
    queue: 128,
  });
  t.after(async () => {
    await Promise.all([ledger.close(), telemetry.close()]);
    rmSync(folder, { recursive: true, force: true });
  });
  const answers = new Map<number, string[]>();
  let behaviour: Behaviour = "fulfills";
  const out = new Uint8Array(4_096);
  const asker: Asker = {
    respond(requestId, size, write) {
      const end = write(requestId, out, 0);
      assert.equal(end, size, "as long as announced");
      const told = answers.get(requestId) ?? [];
      answers.set(requestId, [...told, wordsOf(readFrame(out.slice(0, end)), requestId)]);
      return true;
    },
  };
  const bob: NextHop = {
    request(size, write, waiting, timeoutMs) {
      if (behaviour === "DOWN" || behaviour === "BACKPRESSURE" || behaviour === "PENDING_FULL")
        return behaviour;
      const end = write(4_711, out, 0);
      assert.equal(end, size);
      const sent = readFrame(out.slice(0, end));
      const { amountNumber, expiresAtMs } = readPrepare(sent.bytes, undefined, sent.ilpStart, sent.ilpEnd);
      assert.equal(amountNumber, AMOUNT - KEPT);
      // The test's clock counts whole milliseconds, the connector's fractions of them.
      const most = 19_000 + 2;
      assert.ok(
        timeoutMs > 18_000 && timeoutMs < most && expiresAtMs < Date.now() + most,
        `a margin is kept: ${timeoutMs} ms`,
      );
      const n = asked;
      const now = behaviour;
      setImmediate(() => act(now, waiting, n));
      return undefined;
    },
  };
  let asked = 0;
  const peer = async (name: string, hop: NextHop): Promise<Peer> => ({
    name,
    hop,
    checks: new PeerChecks(
      {
        rate: { ratePerSecond: 1e6, burst: 1e6 },
        maxAmount: 1e6,
        held: { packets: 1_000, amount: 1e9 },
        creditLimit: 1e9,
      },
      epochMs(),
    ),
    account: await ledger.account(name),
    telemetryId: telemetry.peer(name),
    outcomes: new Outcomes(),
  });
  const [alice, to] = [await peer("alice", { request: () => "DOWN" }), await peer("bob", bob)];
  const path = new PacketPath({
    address: "test.a",
    router: new Router([
      { prefix: "test.bob", peer: "bob", to },
      { prefix: "test.alice", peer: "alice", to: alice },
    ]),
    ledger,
    feeAccount: await ledger.account("fees"),
    telemetry,
    expiry: { marginMs: 1_000, minMs: 500, holdMs: 30_000 },
    fee: FEE,
  });
  return {
    path,
    ledger,
    telemetry,
    alice,
    to,
    /** Receives a packet under a number, while bob behaves so. */
    receive(n: number, message: FrameView, does: Behaviour = "fulfills") {
      asked = n;
      behaviour = does;
      path.receive(alice, asker, message);
    },
    /** What alice was told of each packet; waits until none is under way. */
    async answers() {
      const deadline = Date.now() + 5_000;
      while (path.held > 0 && Date.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
      assert.equal(path.held, 0);
      return answers;
    },
  };
}

function act(behaviour: Behaviour, waiting: Waiting, n: number): void {
  const reject = { code: "F99", triggeredBy: "test.bob", message: "no", data: NOTHING };
  const fulfill = (fulfillment: Uint8Array) =>
    frame((into) => writeFulfillFrame(4_711, { fulfillment, data: NOTHING }, into));
  switch (behaviour) {
    case "fulfills":
      waiting.onAnswer(fulfill(secretOf(n)));
      break;
    case "rejects":
      waiting.onAnswer(frame((into) => writeRejectFrame(4_711, reject, into)));
      break;
    case "fulfills something else":
      waiting.onAnswer(fulfill(secretOf(n + 1)));
      break;
    case "answers with no packet":
      waiting.onAnswer(
        frame((into) => writeFrame({ type: FrameType.response, requestId: 1, entries: [] }, into)),
      );
      break;
    case "answers with a BTP Error": {
      const error = {
        type: FrameType.error,
        requestId: 1,
        code: "F00",
        name: "NotAcceptedError",
        triggeredAtMs: Date.now(),
        data: NOTHING,
        entries: [],
      };
      waiting.onAnswer(frame((into) => writeFrame(error, into)));
      break;
    }
    case "answers with half a Fulfill": {
      const whole = fulfill(secretOf(n));
      whole.bytes[whole.ilpStart + 1] = 60;
      waiting.onAnswer(whole);
      break;
    }
    case "does not answer":
      waiting.onFailure("TIMED_OUT");
      break;
    case "loses its link":
      waiting.onFailure("LINK_LOST");
      break;
  }
}

function wordsOf({ type, bytes, ilpStart, ilpEnd }: FrameView, n: number): string {
  assert.equal(type, FrameType.response);
  if (bytes[ilpStart] === PacketType.fulfill) {
    const { fulfillment } = readFulfill(bytes, undefined, ilpStart, ilpEnd);
    assert.deepEqual(Buffer.from(fulfillment), secretOf(n));
    return "paid";
  }
  const { code, triggeredBy } = readReject(bytes, undefined, ilpStart, ilpEnd);
  return `${code} ${triggeredBy}`;
}

test("each packet gets exactly one answer, and the books say the same as the answers, whatever the next hop does", async (t) => {
  const node = await pathOf(t);
  const behaviours = Object.keys(HOPS) as Behaviour[];
  const TIMES = 20;
  for (let n = 0; n < behaviours.length * TIMES; n++) {
    node.receive(n, prepare(n), behaviours[n % behaviours.length]);
  }
  const answers = await node.answers();
  for (let n = 0; n < behaviours.length * TIMES; n++) {
    const behaviour = behaviours[n % behaviours.length]!;
    assert.deepEqual(answers.get(n), [HOPS[behaviour]], `${behaviour}: ${n}`);
  }
  const balances = await node.ledger.balances();
  const posted = (name: string) => balances.get(name)?.posted;
  assert.equal(posted("alice"), BigInt(-AMOUNT * TIMES));
  assert.equal(posted("bob"), BigInt((AMOUNT - KEPT) * TIMES));
  assert.equal(posted("fees"), BigInt(KEPT * TIMES));
  for (const [name, { debitsPending, creditsPending }] of balances) {
    assert.deepEqual([debitsPending, creditsPending], [0n, 0n], `${name} holds nothing`);
  }
  const { checks, outcomes } = node.alice;
  assert.deepEqual(
    [checks.credit.balance, checks.credit.pending, checks.holds.packets],
    [AMOUNT * TIMES, 0, 0],
  );
  assert.equal(node.to.checks.credit.balance, -(AMOUNT - KEPT) * TIMES);
  const rejected = Object.values(outcomes.rejected).reduce((sum, n) => sum + n, 0);
  assert.equal(outcomes.fulfilled + rejected, outcomes.received);
  const latencies = [node.path.latencyMs.fulfilled.read(), node.path.latencyMs.rejected.read()];
  assert.deepEqual(
    latencies.map(({ count }) => count),
    [outcomes.fulfilled, rejected],
  );
});

for (const [what, told, message] of [
  ["no route", "F02 test.a", () => prepare(1, { destination: "test.carol" })],
  ["a route back to the sender", "F02 test.a", () => prepare(1, { destination: "test.alice.x" })],
  ["a greater amount than the peer's packets may have", "F08 test.a", () => prepare(1, { amount: 1e6 + 1 })],
  ["an expiry in the past", "R00 test.a", () => prepare(1, { expiresInMs: -1 })],
  ["too little time for the next hop", "R02 test.a", () => prepare(1, { expiresInMs: 1_400 })],
  ["an amount that the fee eats", "R01 test.a", () => prepare(1, { amount: 1 })],
  [
    "a Fulfill where a Prepare belongs",
    "F01 test.a",
    () => frame((into) => writeFulfillFrame(1, { fulfillment: secretOf(1), data: NOTHING }, into)),
  ],
] as const) {
  test(`${what} is refused with ${told.slice(0, 3)} and holds nothing`, async (t) => {
    const node = await pathOf(t);
    node.receive(1, message());
    assert.deepEqual((await node.answers()).get(1), [told]);
    assert.equal(node.ledger.stats().reserved, 0);
  });
}

test("a ledger that is closed refuses with T00, and what it had taken is answered", async (t) => {
  const node = await pathOf(t);
  node.receive(1, prepare(1));
  const answers = await node.answers();
  assert.deepEqual(answers.get(1), ["paid"]);
  await node.ledger.close();
  node.receive(2, prepare(2));
  assert.deepEqual((await node.answers()).get(2), ["T00 test.a"]);
});

test("telemetry tells when a packet went on, not when it came: what lies between is the connector's own time", async (t) => {
  const node = await pathOf(t);
  const received = t.mock.method(node.telemetry, "received");
  const sent = t.mock.method(node.telemetry, "sent");
  node.receive(1, prepare(1));
  await node.answers();
  const [, , , , receivedAtMs = 0] = received.mock.calls[0]?.arguments ?? [];
  const [, , , , sentAtMs = 0] = sent.mock.calls[0]?.arguments ?? [];
  assert.ok(receivedAtMs > 0 && sentAtMs > receivedAtMs, `${receivedAtMs}, then ${sentAtMs}`);
});
