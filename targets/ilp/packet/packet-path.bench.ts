/**
 * What the packet path does a second on one core, without sockets: read, all checks, route, ledger with group commit and
 * commit on disk, telemetry to a hub that takes it, frames written; and back with the Fulfill.
 *
 *     node targets/ilp/packet/packet-path.bench.ts [--seconds 3] [--rounds 5] [--batch 1000]
 */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { type FrameView, PrepareTemplate, readFrame, writeFulfillFrame } from "../../../wire/btp.ts";
import type { Waiting } from "../btp/btp.ts";
import { PeerChecks } from "../checks/peer-checks.ts";
import { sqliteOptions } from "../ledger/options.ts";
import { openSqliteLedger } from "../ledger/sqlite-ledger.ts";
import { Router } from "../routing/router.ts";
import { Telemetry } from "../telemetry/telemetry.ts";
import { PacketPath, type PeerRoute } from "./packet-path.ts";
import { type Asker, type NextHop, Outcomes, type Peer } from "./peer.ts";

const { values: flags } = parseArgs({
  options: {
    seconds: { type: "string", default: "3" },
    rounds: { type: "string", default: "5" },
    batch: { type: "string", default: "1000" },
  },
});

/** Packets whose bytes differ; the path sees each again and again. */
const FRAMES = 4_096;
/** Packets that come in one turn of the event loop, and as many Fulfills in the next. */
const PER_TURN = 64;
/** Packets under way, at most: what 100,000 a second are in 20 ms. */
const UNDER_WAY = 2_000;
const UNITS = 2 ** 50;

const folder = mkdtempSync(join(tmpdir(), "plimsoll-path-bench-"));
const hub = new Worker(
  `import(process.env.HUB).then(async ({ startHub }) => require("node:worker_threads").parentPort.postMessage((await startHub({ port: 0 })).url))`,
  { eval: true, env: { ...process.env, HUB: new URL("../telemetry/hub.ts", import.meta.url).href } },
);
const hubUrl = await new Promise<string>((resolve) => hub.once("message", resolve));
const ledger = await openSqliteLedger(
  sqliteOptions.parse({
    kind: "sqlite",
    file: join(folder, "ledger.db"),
    maxTransfers: Number(flags.batch),
    keepSettled: 100_000,
  }),
);
const telemetry = new Telemetry({
  nodeId: "A",
  hub: hubUrl,
  batchMs: 100,
  batchEvents: 1_000,
  queue: 65_536,
});

const out = Buffer.alloc(65_536);
let answered = 0;
const alice: Asker & NextHop = {
  respond: (requestId, _size, write) => {
    write(requestId, out, 0);
    answered++;
    return true;
  },
  request: () => "DOWN",
};
/** The next hop: remembers who waits, and answers in a later turn. */
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
let sent = 0;
/** Which frame each waiting packet came in: requests are answered in their order. */
let toAnswer = 0;

function turn(): void {
  for (let i = 0; i < PER_TURN && sent - answered < UNDER_WAY; i++) {
    path.receive(from, alice, prepares[sent++ % FRAMES]!);
  }
  const due = waiting.length > PER_TURN ? waiting.splice(0, PER_TURN) : waiting.splice(0);
  for (const who of due) who.onAnswer(fulfills[toAnswer++ % FRAMES]!);
}

async function round(ms: number) {
  const startMs = performance.now();
  const sinceAnswered = answered;
  const main = process.threadCpuUsage();
  const all = process.cpuUsage();
  while (performance.now() - startMs < ms) {
    turn();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  const seconds = (performance.now() - startMs) / 1_000;
  const mainS = sumS(process.threadCpuUsage(main));
  const packets = answered - sinceAnswered;
  return {
    perSecond: packets / seconds,
    perCoreSecond: packets / mainS,
    mainUs: (mainS * 1e6) / packets,
    othersUs: ((sumS(process.cpuUsage(all)) - mainS) * 1e6) / packets,
  };
}

const sumS = ({ user, system }: { user: number; system: number }) => (user + system) / 1e6;

await round(1_000);
const rounds: Awaited<ReturnType<typeof round>>[] = [];
for (let n = 0; n < Number(flags.rounds); n++) rounds.push(await round(Number(flags.seconds) * 1_000));
while (path.held > 0) await new Promise<void>((resolve) => setImmediate(resolve));

const median = (pick: (of: (typeof rounds)[number]) => number) =>
  rounds.map(pick).sort((a, b) => a - b)[rounds.length >> 1]!;
const { fulfilled, rejected } = from.outcomes;
const counts = telemetry.counts();
const stats = ledger.stats();
const batchSize = stats.batchSizes;
console.log(`packet path, ${cpus()[0]?.model} x${cpus().length}, Node ${process.version}; medians of ${rounds.length}
  ${count(median((it) => it.perSecond))} packets/s here, ${count(median((it) => it.perCoreSecond))} a second of one core (target: 100,000)
  ${median((it) => it.mainUs).toFixed(2)} us a packet in the path's thread, ${median((it) => it.othersUs).toFixed(2)} us elsewhere (ledger thread, hub, garbage)
  fulfilled ${count(fulfilled)}, rejected ${JSON.stringify(rejected)}, events ${count(counts.recorded)}, dropped ${count(counts.dropped)}
  ledger: batches ${JSON.stringify(batchSize)}`);

await telemetry.close();
const balances = await ledger.balances();
const sum = [...balances.values()].reduce((all, { posted }) => all + posted, 0n);
console.log(
  `  sum of all balances ${sum}, bob has ${balances.get("bob")?.posted}, ${count(fulfilled)} were fulfilled`,
);
await ledger.close();
await hub.terminate();
rmSync(folder, { recursive: true, force: true });

function frames(): { prepares: FrameView[]; fulfills: FrameView[] } {
  const expiresAtMs = Date.now() + 600_000;
  const template = new PrepareTemplate({
    amount: 100,
    expiresAtMs,
    condition: new Uint8Array(32),
    destination: "test.bob.wallet.1",
    data: new Uint8Array(64),
  });
  const into = Buffer.alloc(1_024);
  const all = Array.from({ length: FRAMES }, (_, n) => {
    const fulfillment = createHash("sha256").update(`secret ${n}`).digest();
    const condition = createHash("sha256").update(fulfillment).digest();
    const prepare = readFrame(new Uint8Array(template.frame(n, 100, expiresAtMs, condition)));
    const end = writeFulfillFrame(n, { fulfillment, data: new Uint8Array(0) }, into, 0);
    return { prepare, fulfill: readFrame(Uint8Array.prototype.slice.call(into, 0, end)) };
  });
  return { prepares: all.map(({ prepare }) => prepare), fulfills: all.map(({ fulfill }) => fulfill) };
}

function count(n: number): string {
  return Math.round(n).toLocaleString("en");
}
