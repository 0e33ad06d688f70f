/**
 * What a ledger does a second, and what it costs: the packet path (its calls, its callbacks) and the rest of the process,
 * which is the ledger's own thread. A packet is one reserve and, a tick later, one post.
 *
 *     node targets/ilp/ledger/ledger.bench.ts [--seconds 3] [--rates 10000,20000] [--folder .] [--keep 1000000]
 *       [--tigerbeetle 127.0.0.1:3000]
 *
 * The folder is where SQLite's file goes: its disk is what is measured. With the address of a TigerBeetle (of each replica,
 * with commas) it is measured in the same run; what is written there stays there.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { LedgerError, type LedgerStats } from "./ledger.ts";
import { openLedger } from "./open-ledger.ts";
import { type LedgerOptions, sqliteOptions, tigerBeetleOptions } from "./options.ts";
import { openSqliteLedger, type SqliteStats } from "./sqlite-ledger.ts";

const { values: flags } = parseArgs({
  options: {
    seconds: { type: "string", default: "3" },
    rates: { type: "string", default: "10000,20000" },
    folder: { type: "string", default: tmpdir() },
    keep: { type: "string", default: "1000000" },
    tigerbeetle: { type: "string" },
  },
});
const runMs = Number(flags.seconds) * 1_000;
const folder = mkdtempSync(join(flags.folder, "plimsoll-ledger-bench-"));

const HOLD_MS = 30_000;
const ACCOUNTS = 4;
/** A tick of the paced load, as a busy connector has them. */
const TICK_MS = 1;

/** One packet under way: what a connector's own record would be. */
class Packet {
  id = 0;
  postedAtMs = 0;
  readonly done: (packet: Packet) => void;
  constructor(done: (packet: Packet) => void) {
    this.done = done;
  }
  durable(error?: Error): void {
    if (error !== undefined) throw error;
    this.done(this);
  }
}

interface Path {
  /** Reserves one packet. */
  start(): void;
  /** Posts what was reserved. */
  settle(): void;
  underWay(): number;
  /** Resolves after the batch that ends next. */
  somethingDone(): Promise<void>;
}

interface Measured {
  readonly packets: number;
  readonly seconds: number;
  /** CPU seconds of this thread, and of the rest of the process: the ledger's thread (or its client's) and what collects garbage. */
  readonly pathCpu: number;
  readonly ledgerCpu: number;
  readonly postMs: RecordableHistogram;
  readonly ledger: LedgerStats & Partial<SqliteStats>;
  /** Of SQLite's file and its log. */
  readonly fileBytes: number | undefined;
}

/** The options of one measurement's ledger. */
type Of = (maxTransfers: number, maxDelayMs: number) => LedgerOptions;

const sqlite: Of = (maxTransfers, maxDelayMs) =>
  sqliteOptions.parse({
    kind: "sqlite",
    file: join(folder, `${randomUUID()}.db`),
    maxTransfers,
    maxDelayMs,
    keepSettled: Number(flags.keep),
  });

const tigerBeetle =
  (addresses: readonly string[]): Of =>
  (maxTransfers, maxDelayMs) =>
    tigerBeetleOptions.parse({
      kind: "tigerbeetle",
      addresses,
      namespace: `bench.${randomUUID()}`,
      maxTransfers,
      maxDelayMs,
    });

async function measure(
  options: LedgerOptions,
  drive: (path: Path, untilMs: number) => Promise<void>,
): Promise<Measured> {
  await using opened = new AsyncDisposableStack();
  const ledger = await openLedger(options);
  opened.defer(() => ledger.close());
  const accounts: number[] = [];
  for (let i = 0; i < ACCOUNTS; i++) accounts.push(await ledger.account(`test.peer${i}`));
  const postMs = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 });
  const free: Packet[] = [];
  let reserved: Packet[] = [];
  let under = 0;
  let tell: (() => void) | undefined;
  let packets = 0;
  const done = (packet: Packet) => {
    postMs.record(Math.max(1, Math.round((performance.now() - packet.postedAtMs) * 1_000)));
    under--;
    packets++;
    free.push(packet);
    if (tell !== undefined) {
      setImmediate(tell);
      tell = undefined;
    }
  };
  const path: Path = {
    start() {
      const packet = free.pop() ?? new Packet(done);
      const n = packets & (ACCOUNTS - 1);
      packet.id = ledger.reserve(accounts[n]!, accounts[(n + 1) & 3]!, 1_000 + n, Date.now() + HOLD_MS);
      under++;
      reserved.push(packet);
    },
    settle() {
      const nowMs = performance.now();
      for (const packet of reserved) {
        packet.postedAtMs = nowMs;
        ledger.post(packet.id, packet);
      }
      reserved = [];
    },
    underWay: () => under,
    somethingDone: () =>
      new Promise((resolve) => {
        tell = resolve;
      }),
  };
  await drive(path, performance.now() + 300); // warm-up
  postMs.reset();
  packets = 0;
  const startMs = performance.now();
  const process0 = process.cpuUsage();
  const thread0 = process.threadCpuUsage();
  await drive(path, startMs + runMs);
  const thread = process.threadCpuUsage(thread0);
  const all = process.cpuUsage(process0);
  const seconds = (performance.now() - startMs) / 1_000;
  const pathCpu = (thread.user + thread.system) / 1e6;
  const measured = {
    packets,
    seconds,
    pathCpu,
    ledgerCpu: (all.user + all.system) / 1e6 - pathCpu,
    postMs,
    ledger: ledger.stats(),
    fileBytes:
      options.kind === "sqlite"
        ? statSync(options.file).size + statSync(`${options.file}-wal`).size
        : undefined,
  };
  path.settle();
  return measured;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function line(name: string, measured: Measured): void {
  const { packets, seconds, pathCpu, ledgerCpu, postMs, ledger, fileBytes } = measured;
  const ms = (percentile: number) => (postMs.percentile(percentile) / 1_000).toFixed(1).padStart(6);
  const { batchSizes, checkpointMs } = ledger;
  console.log(
    [
      name.padEnd(24),
      Math.round(packets / seconds)
        .toLocaleString("en")
        .padStart(10),
      (batchSizes.sum / batchSizes.count).toFixed(0).padStart(7),
      ((pathCpu / packets) * 1e9).toFixed(0).padStart(7),
      ((ledgerCpu / packets) * 1e6).toFixed(2).padStart(8),
      (ledgerCpu / seconds).toFixed(2).padStart(6),
      ms(50),
      ms(99),
      ms(99.9),
      (checkpointMs === undefined
        ? "-"
        : `${(checkpointMs.sum / Math.max(1, checkpointMs.count)).toFixed(1)}/${checkpointMs.max.toFixed(1)}`
      ).padStart(11),
      (fileBytes === undefined ? "-" : (fileBytes / 1e6).toFixed(0)).padStart(5),
    ].join(" "),
  );
}

console.log(
  `${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}, SQLite in ${flags.folder}`,
);
console.log(`a packet is a reserve and a post: two entries; ${flags.seconds} s each\n`);
console.log(
  [
    "entries a commit, delay".padEnd(24),
    "packets/s".padStart(10),
    "batch".padStart(7),
    "path ns".padStart(7),
    "ledger us".padStart(8),
    "core".padStart(5),
    "p50".padStart(6),
    "p99".padStart(6),
    "p99.9".padStart(6),
    "checkpoint".padStart(11),
    "MB".padStart(5),
  ].join(" "),
);

/** As many as it takes: always a few batches under way, and nobody runs in circles while they are written. */
async function saturate(path: Path, untilMs: number, most: number): Promise<void> {
  while (performance.now() < untilMs) {
    while (path.underWay() < most) path.start();
    path.settle();
    await path.somethingDone();
  }
  while (path.underWay() > 0) await path.somethingDone();
}

async function pace(path: Path, untilMs: number, rate: number): Promise<void> {
  const startMs = performance.now();
  let started = 0;
  while (performance.now() < untilMs) {
    path.settle();
    const due = Math.floor(((performance.now() - startMs) / 1_000) * rate);
    for (; started < due; started++) path.start();
    await pause(TICK_MS);
  }
  path.settle();
  while (path.underWay() > 0) await path.somethingDone();
}

type Commit = readonly [maxTransfers: number, maxDelayMs: number];

async function table(of: Of, saturated: readonly Commit[], paced: readonly Commit[]): Promise<void> {
  for (const [most, delayMs] of saturated) {
    const measured = await measure(of(most, delayMs), (path, untilMs) =>
      saturate(path, untilMs, Math.max(64, 4 * most)),
    );
    line(`at most ${most}, ${delayMs} ms`, measured);
  }
  for (const rate of flags.rates.split(",").map(Number))
    for (const [most, delayMs] of paced) {
      const name = `${rate.toLocaleString("en")}/s, ${most}, ${delayMs} ms`;
      try {
        line(name, await measure(of(most, delayMs), (path, untilMs) => pace(path, untilMs, rate)));
      } catch (error) {
        if (!(error instanceof LedgerError && error.code === "FULL")) throw error;
        console.log(`${name.padEnd(24)} more than it takes: ${error.message}`);
      }
    }
}

await table(
  sqlite,
  [
    [1, 2],
    [100, 2],
    [1_000, 2],
  ],
  [
    [100, 1],
    [100, 2],
    [1_000, 2],
  ],
);
if (flags.tigerbeetle !== undefined) {
  console.log(`\nTigerBeetle at ${flags.tigerbeetle}`);
  const commits: Commit[] = [
    [100, 10],
    [1_000, 2],
  ];
  await table(tigerBeetle(flags.tigerbeetle.split(",")), commits, commits);
}

/** The calls alone: blocks of packets that fit the queue, and the block's callbacks, in CPU time of this thread. */
async function callCost(): Promise<readonly [reserve: number, post: number, told: number]> {
  const ledger = await openSqliteLedger(
    sqliteOptions.parse({
      kind: "sqlite",
      file: join(folder, "calls.db"),
      maxTransfers: 8_192,
      maxDelayMs: 100,
    }),
  );
  const [a, b] = [await ledger.account("test.a"), await ledger.account("test.b")];
  const BLOCK = 4_000;
  const ids = new Array<number>(BLOCK).fill(0);
  const times: [number, number, number][] = [];
  for (let round = 0; round < 60; round++) {
    let left = BLOCK;
    const told = Promise.withResolvers<void>();
    const waiting = {
      durable() {
        if (--left === 0) told.resolve();
      },
    };
    const expiresAtMs = Date.now() + HOLD_MS;
    const t0 = performance.now();
    for (let i = 0; i < BLOCK; i++) ids[i] = ledger.reserve(a, b, 1_000 + i, expiresAtMs);
    const t1 = performance.now();
    for (let i = 0; i < BLOCK; i++) ledger.post(ids[i]!, waiting);
    const t2 = performance.now();
    const cpu = process.threadCpuUsage();
    await told.promise;
    const { user, system } = process.threadCpuUsage(cpu);
    times.push([(t1 - t0) * 1e6, (t2 - t1) * 1e6, (user + system) * 1e3]);
  }
  await ledger.close();
  const median = (n: 0 | 1 | 2) => times.map((time) => time[n] / BLOCK).sort((x, y) => x - y)[30]!;
  return [median(0), median(1), median(2)];
}

const [reserveNs, postNs, toldNs] = await callCost();
console.log(
  `\nthe calls alone: reserve ${reserveNs.toFixed(0)} ns, post ${postNs.toFixed(0)} ns, being told ${toldNs.toFixed(0)} ns; ` +
    `together ${(reserveNs + postNs + toldNs).toFixed(0)} ns a packet`,
);

rmSync(folder, { recursive: true });
console.log(`
batch: entries a commit. path: CPU of the calls and callbacks, a packet. ledger: CPU of its thread, a packet and as cores.
p50 to p99.9: from post() until it is durable, ms. checkpoint: mean/longest, ms. MB: the file and its log at the end.`);
