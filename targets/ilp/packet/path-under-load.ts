/**
 * A packet path in this process, under as much load as it takes, for its benchmark: no sockets but telemetry's, a ledger on
 * disk, a sender and a next hop that are a few lines each. The hub is a process of its own, as in a network.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type FrameView, PrepareTemplate, readFrame, writeFulfillFrame } from "../../../wire/btp.ts";
import type { Waiting } from "../btp/btp.ts";
import { PeerChecks } from "../checks/peer-checks.ts";
import type { LedgerStats } from "../ledger/ledger.ts";
import { sqliteOptions } from "../ledger/options.ts";
import { openSqliteLedger } from "../ledger/sqlite-ledger.ts";
import { Router } from "../routing/router.ts";
import { Telemetry, type TelemetryCounts } from "../telemetry/telemetry.ts";
import { PacketPath, type PeerRoute } from "./packet-path.ts";
import { type Asker, type NextHop, Outcomes, type Peer } from "./peer.ts";

/** Packets whose bytes differ; the path sees each again and again. */
const FRAMES = 4_096;
/** Packets that come in one turn of the event loop, and as many Fulfills in the next. */
const PER_TURN = 64;
/** Packets under way, at most: what 100,000 a second are in 20 ms. */
const UNDER_WAY = 2_000;
const UNITS = 2 ** 50;
const AMOUNT = 100;

export interface LoadOptions {
  /** Where the ledger's file goes: its disk is part of what is measured. */
  readonly folder: string;
  /** Entries of one commit, at most. */
  readonly maxTransfers: number;
}

/** What the load came to when all of it was over. */
export interface Books {
  readonly fulfilled: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly events: TelemetryCounts;
  readonly ledger: LedgerStats;
  /** Over all accounts: zero. */
  readonly sumOfBalances: bigint;
  /** Of the next hop, in packets. */
  readonly paid: bigint;
}

export interface PathUnderLoad {
  /** Loads the path for so long, and says how many packets were answered meanwhile. */
  load(ms: number): Promise<number>;
  /** Waits for what is under way, then lets go of everything. */
  close(): Promise<Books>;
}

export async function startPathUnderLoad({ folder, maxTransfers }: LoadOptions): Promise<PathUnderLoad> {
  const hub = await startHubProcess();
  const file = join(folder, "ledger.db");
  const ledger = await openSqliteLedger(
    sqliteOptions.parse({ kind: "sqlite", file, maxTransfers, keepSettled: 100_000 }),
  );
  const telemetry = new Telemetry({
    nodeId: "A",
    hub: hub.url,
    batchMs: 100,
    batchEvents: 1_000,
    queue: 65_536,
  });

  const out = Buffer.alloc(65_536);
  let answered = 0;
  let sent = 0;
  /** Called at the next answer, when there is nothing to do until then. */
  let goOn: (() => void) | undefined;
  const alice: Asker & NextHop = {
    respond: (requestId, _size, write) => {
      write(requestId, out, 0);
      answered++;
      goOn?.();
      return true;
    },
    request: () => "DOWN",
  };
  /** The next hop remembers who waits, and answers in a later turn. */
  const waiting: Waiting[] = [];
  const bob: NextHop = {
    request: (_size, write, who) => {
      write(waiting.length, out, 0);
      waiting.push(who);
      return undefined;
    },
  };

  const limits = {
    rate: { ratePerSecond: 1e9, burst: 1e9 },
    maxAmount: 1_000_000,
    velocity: { amount: UNITS, windowMs: 1_000 },
    held: { packets: 1e6, amount: UNITS },
    creditLimit: UNITS,
  };
  const peer = async (name: string, hop: NextHop): Promise<Peer> => ({
    name,
    hop,
    checks: new PeerChecks(limits, performance.now()),
    account: await ledger.account(name),
    telemetryId: telemetry.peer(name),
    outcomes: new Outcomes(),
  });
  const from = await peer("alice", alice);
  const to = await peer("bob", bob);
  const routes: PeerRoute[] = Array.from({ length: 100 }, (_, n) => ({
    prefix: `test.n${n}`,
    peer: "bob",
    to,
  }));
  const path = new PacketPath({
    address: "test.a",
    router: new Router([...routes, { prefix: "test.bob", peer: "bob", to }]),
    ledger,
    feeAccount: await ledger.account("fees"),
    telemetry,
    expiry: { marginMs: 1_000, minMs: 500, holdMs: 30_000 },
    fee: { fixed: 0, ppm: 0 },
  });

  const { prepares, fulfills } = frames();
  /** Which frame each waiting packet came in: requests are answered in their order. */
  let toAnswer = 0;

  /** One turn of the event loop; false when there was nothing to do but to wait for the disk. */
  function turn(): boolean {
    const due = waiting.splice(0, PER_TURN);
    let received = 0;
    for (; received < PER_TURN && sent - answered < UNDER_WAY; received++)
      path.receive(from, alice, prepares[sent++ % FRAMES]!);
    for (const who of due) who.onAnswer(fulfills[toAnswer++ % FRAMES]!);
    return received > 0 || due.length > 0;
  }

  /** Waits as a connector does, without CPU. */
  async function nextAnswer(): Promise<void> {
    await new Promise<void>((resolve) => (goOn = resolve));
    goOn = undefined;
  }

  const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

  return {
    async load(ms) {
      const untilMs = performance.now() + ms;
      const before = answered;
      while (performance.now() < untilMs) {
        if (turn()) await nextTurn();
        else await nextAnswer();
      }
      return answered - before;
    },
    async close() {
      for (; waiting.length > 0; await nextTurn())
        for (const who of waiting.splice(0, PER_TURN)) who.onAnswer(fulfills[toAnswer++ % FRAMES]!);
      while (path.held > 0) await nextAnswer();
      const balances = await ledger.balances();
      const books: Books = {
        fulfilled: from.outcomes.fulfilled,
        rejected: from.outcomes.rejected,
        events: telemetry.counts(),
        ledger: ledger.stats(),
        sumOfBalances: [...balances.values()].reduce((sum, { posted }) => sum + posted, 0n),
        paid: balances.get("bob")!.posted / BigInt(AMOUNT),
      };
      await telemetry.close();
      await ledger.close();
      hub.process.stdin?.end();
      return books;
    },
  };
}

/** It ends when its input does, so that it never outlives this process. */
async function startHubProcess(): Promise<{ readonly url: string; readonly process: ChildProcess }> {
  const program = `import { startHub } from ${JSON.stringify(new URL("../telemetry/hub.ts", import.meta.url).href)};
    console.log((await startHub({ port: 0 })).url);
    process.stdin.resume().on("end", () => process.exit());`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [url] = (await once(createInterface(child.stdout), "line")) as [string];
  return { url, process: child };
}

function frames(): { readonly prepares: readonly FrameView[]; readonly fulfills: readonly FrameView[] } {
  const expiresAtMs = Date.now() + 600_000;
  const template = new PrepareTemplate({
    amount: AMOUNT,
    expiresAtMs,
    condition: new Uint8Array(32),
    destination: "test.bob.wallet.1",
    data: new Uint8Array(64),
  });
  const into = Buffer.alloc(1_024);
  const all = Array.from({ length: FRAMES }, (_, n) => {
    const fulfillment = createHash("sha256").update(`secret ${n}`).digest();
    const condition = createHash("sha256").update(fulfillment).digest();
    const prepare = readFrame(new Uint8Array(template.frame(n, AMOUNT, expiresAtMs, condition)));
    const end = writeFulfillFrame(n, { fulfillment, data: new Uint8Array(0) }, into, 0);
    return { prepare, fulfill: readFrame(Uint8Array.prototype.slice.call(into, 0, end)) };
  });
  return { prepares: all.map(({ prepare }) => prepare), fulfills: all.map(({ fulfill }) => fulfill) };
}
