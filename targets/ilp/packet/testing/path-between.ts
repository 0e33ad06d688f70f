/** A node's packet path in this process, between alice, who asks, and bob, who does as he is told; the ledger is a real one. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import {
  FrameType,
  type FrameView,
  readFrame,
  writeFrame,
  writeFulfillFrame,
  writePrepareFrame,
  writeRejectFrame,
} from "../../../../wire/btp.ts";
import { PacketType, readFulfill, readPrepare, readReject } from "../../../../wire/ilp.ts";
import type { Waiting } from "../../btp/btp.ts";
import { PeerChecks } from "../../checks/peer-checks.ts";
import { sqliteOptions } from "../../ledger/options.ts";
import { openSqliteLedger } from "../../ledger/sqlite-ledger.ts";
import { Router } from "../../routing/router.ts";
import { Telemetry } from "../../telemetry/telemetry.ts";
import { PacketPath } from "../packet-path.ts";
import { type Asker, type NextHop, Outcomes, type Peer } from "../peer.ts";

export const AMOUNT = 1_000;
/** 1 %, rounded up, and one unit. */
const FEE = { fixed: 1, ppm: 10_000 };
export const KEPT = 11;

/** What the next hop does with a packet, and what alice must be told: `paid`, or a Reject's code and who triggered it. */
export const HOPS = {
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
export type Behaviour = keyof typeof HOPS;

export const secretOf = (n: number) => createHash("sha256").update(`secret ${n}`).digest();
const conditionOf = (n: number) => createHash("sha256").update(secretOf(n)).digest();
export const NOTHING = new Uint8Array(0);

export function frame(write: (into: Uint8Array) => number): FrameView {
  const into = new Uint8Array(2_048);
  return readFrame(into.slice(0, write(into)));
}

export const prepare = (
  n: number,
  more: { destination?: string; amount?: number; expiresInMs?: number } = {},
) =>
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

/** What bob does with a packet, or how he answers it. */
type Does = Behaviour | ((waiting: Waiting) => void);

/** Beside what it needs for the next call, the path and its parts are here to be looked at. */
export async function pathOf(t: TestContext) {
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
  let does: Does = "fulfills";
  const told: FrameView[] = [];
  const out = new Uint8Array(4_096);
  const asker: Asker = {
    respond(requestId, size, write) {
      const end = write(requestId, out, 0);
      assert.equal(end, size, "as long as announced");
      const answer = readFrame(out.slice(0, end));
      told.push(answer);
      answers.set(requestId, [...(answers.get(requestId) ?? []), wordsOf(answer, requestId)]);
      return true;
    },
  };
  const bob: NextHop = {
    request(size, write, waiting, timeoutMs) {
      if (does === "DOWN" || does === "BACKPRESSURE" || does === "PENDING_FULL") return does;
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
      const now = does;
      setImmediate(() => (typeof now === "string" ? act(now, waiting, n) : now(waiting)));
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
      performance.now(),
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
    receive(n: number, message: FrameView, bob: Does = "fulfills") {
      asked = n;
      does = bob;
      path.receive(alice, asker, message);
    },
    /** The answers to alice as they were written. */
    told,
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
