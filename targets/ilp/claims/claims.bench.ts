/**
 * What Ed25519 signatures cost a node: a second and in CPU time of the event loop, made on it, in the threads of
 * {@link Signatures}, and, to compare, by node:crypto's own callbacks; then what so many signing jobs do to the event loop
 * and to the packets of a real node beside them, whose sender and receiver are in a thread of their own.
 *
 *     node targets/ilp/claims/claims.bench.ts [--rounds 7] [--seconds 1] [--peers 100] [--rate 1000] [--threads 1,2,4]
 */
import { generateKeyPairSync, sign, verify } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createHistogram } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs, promisify } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import pino from "pino";
import { EventLoopDelay } from "../../event-loop-delay.ts";
import { parseConfig } from "../config/config.ts";
import { startNode } from "../node/node.ts";
import { startReceiver } from "../receiver/receiver.ts";
import { startSender } from "../testing/sender.ts";
import { writeTerms } from "./claim.ts";
import { openSignatures } from "./signatures.ts";
import { A_ON_B, BOOKS } from "./testing/agreement.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    seconds: { type: "string", default: "1" },
    peers: { type: "string", default: "100" },
    rate: { type: "string", default: "1000" },
    threads: { type: "string", default: "1,2,4" },
  },
});
const rounds = Number(flags.rounds);
const seconds = Number(flags.seconds);
const peers = Number(flags.peers);
const rate = Number(flags.rate);
const threadCounts = flags.threads.split(",").map(Number);

/** Event-loop delays are remembered for two seconds. */
if (!(seconds > 0 && seconds <= 2)) throw new RangeError("--seconds is above 0, and 2 at most");

/** A claim of each peer, and one on it, in so many milliseconds: the default of a node. */
const EVERY_MS = 100;

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const terms = writeTerms({
  ...A_ON_B,
  booksId: BOOKS,
  nonce: 1_790_000_000_000n,
  amount: 1_000_000n,
});
const signature = new Uint8Array(sign(null, terms, privateKey));

/** A way to have a signature made, and one to have it verified. */
interface Way {
  readonly sign: () => unknown;
  readonly verify: () => unknown;
}

const inline: Way = {
  sign: () => sign(null, terms, privateKey),
  verify: () => verify(null, terms, publicKey, signature),
};

async function main(): Promise<void> {
  console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`);
  const pools = await Promise.all(threadCounts.map((threads) => openSignatures(threads)));
  const pooled = pools.map((pool, i): { n: string; way: Way } => ({
    n: `${threadCounts[i]} thread${threadCounts[i] === 1 ? "" : "s"}`,
    way: {
      sign: () => pool.sign(privateKey, terms),
      verify: () => pool.verify(publicKey, terms, signature),
    },
  }));
  const [signLater, verifyLater] = [promisify(sign), promisify(verify)];
  const callback: Way = {
    sign: () => signLater(null, terms, privateKey),
    verify: () => verifyLater(null, terms, publicKey, signature),
  };
  await cost([
    { what: "on the event loop", way: inline, atOnce: 1 },
    ...pooled.flatMap(({ n, way }) =>
      [1, 4, 16, 64].map((atOnce) => ({ what: `${n}, ${atOnce} at once`, way, atOnce })),
    ),
    { what: "node:crypto's callbacks, 1 at once", way: callback, atOnce: 1 },
    { what: "node:crypto's callbacks, 16 at once", way: callback, atOnce: 16 },
  ]);
  await load([
    { what: "no claims", way: undefined, spread: true },
    { what: "spread, on the event loop", way: inline, spread: true },
    ...pooled.map(({ n, way }) => ({ what: `spread, ${n}`, way, spread: true })),
    { what: "all due at once, on the event loop", way: inline, spread: false },
    ...pooled.map(({ n, way }) => ({ what: `all due at once, ${n}`, way, spread: false })),
  ]);
  await Promise.all(pools.map((pool) => pool.close()));
}

/** Signatures a second, and what each costs the event loop. */
async function cost(cases: readonly { what: string; way: Way; atOnce: number }[]): Promise<void> {
  const BLOCK = 2_048;
  const block = async (job: () => unknown, atOnce: number) => {
    const startMs = performance.now();
    const cpu = process.threadCpuUsage();
    for (let done = 0; done < BLOCK; done += atOnce) await Promise.all(Array.from({ length: atOnce }, job));
    const { user, system } = process.threadCpuUsage(cpu);
    return { perSecond: (BLOCK / (performance.now() - startMs)) * 1_000, loopUs: (user + system) / BLOCK };
  };
  console.log(`\nmedians of ${rounds} blocks of ${BLOCK}; us: CPU time of the event loop, each`);
  console.log(row("", "signed/s", "us", "verified/s", "us"));
  for (const { what, way, atOnce } of cases) {
    await block(way.sign, atOnce); // warm-up
    const [made, checked]: Awaited<ReturnType<typeof block>>[][] = [[], []];
    for (let round = 0; round < rounds; round++) {
      made!.push(await block(way.sign, atOnce));
      checked!.push(await block(way.verify, atOnce));
    }
    const cells = [made!, checked!].flatMap((all) => [
      count(median(all.map(({ perSecond }) => perSecond))),
      median(all.map(({ loopUs }) => loopUs)).toFixed(1),
    ]);
    console.log(row(what, ...cells));
  }
}

/** A node under packets, and on its event loop jobs to sign and to verify, as many as claims of so many peers would be. */
async function load(
  cases: readonly { what: string; way: Way | undefined; spread: boolean }[],
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-claims-bench-"));
  const yaml = `
nodeId: A
ilpAddress: test.a
btp: { port: 0 }
peers:
  - { name: alice, listens: true, token: alice, creditLimit: 1000000000000 }
  - { name: bob, listens: true, token: bob }
routes: [{ prefix: test.a.bob, peer: bob }]
ledger: { kind: sqlite, file: ${join(folder, "a.db")}, maxTransfers: 1000 }
telemetry: { hub: off }
`;
  const node = await startNode(parseConfig(yaml, "bench"), pino({ level: "silent" }));
  const packets = new Worker(new URL(import.meta.url), {
    workerData: { url: `ws://127.0.0.1:${node.btp.port}` },
  });
  await once(packets, "message");
  console.log(
    `\n${peers} peers, to sign and to verify for each in ${EVERY_MS} ms, ${count((2 * peers * 1_000) / EVERY_MS)} jobs/s; ${count(rate)} packets/s; medians of ${rounds} x ${seconds} s; times in ms`,
  );
  console.log(row("", "loop p99", "max", "packet p50", "p99", "jobs/s"));
  const results = cases.map((): number[][] => []);
  for (let round = 0; round < rounds; round++)
    for (const [n, { way, spread }] of cases.entries()) {
      const loop = watchLoop();
      packets.postMessage(seconds * 1_000);
      const claims = way && startClaims(way, spread);
      const [[p50, p99]] = (await once(packets, "message")) as [[number, number]];
      const perSecond = (claims?.stop() ?? 0) / seconds;
      const { p99: p99Loop, max } = loop.stop();
      results[n]!.push([p99Loop, max, p50, p99, perSecond]);
      await delay(200); // what is under way for this case is not to fall into the next
    }
  for (const [n, { what }] of cases.entries()) {
    const [p99Loop, max, p50, p99, perSecond] = [0, 1, 2, 3, 4].map((at) =>
      median(results[n]!.map((all) => all[at]!)),
    );
    const ms = [p99Loop, max, p50, p99].map((value) => value!.toFixed(1));
    console.log(row(what, ...ms, count(perSecond!)));
  }
  packets.postMessage(0);
  await once(packets, "exit");
  await node.close();
  rmSync(folder, { recursive: true });
}

/** The delay of this event loop from now on. */
function watchLoop() {
  const delay = new EventLoopDelay(performance.now());
  let timer: NodeJS.Timeout;
  const look = () => {
    timer = setTimeout(look, Math.ceil(delay.look(performance.now())));
  };
  look();
  return {
    stop() {
      clearTimeout(timer);
      return delay.read(performance.now());
    },
  };
}

/** Claims of all peers, each at its own time, as far as a timer's millisecond goes, or all in the same turn. */
function startClaims(way: Way, spread: boolean): { stop(): number } {
  const startMs = performance.now();
  let due = 0;
  let done = 0;
  // As in a node: the next claim of a peer, or on it, waits for the one before.
  const both = [way.sign, way.verify];
  const busy = both.map(() => new Set<number>());
  const claim = async (peer: number, job: () => unknown, busy: Set<number>) => {
    if (busy.has(peer)) return;
    busy.add(peer);
    await job();
    busy.delete(peer);
    done++;
  };
  const timer = setInterval(
    () => {
      const untilNow = ((performance.now() - startMs) / EVERY_MS) * peers;
      for (; due + 1 <= untilNow; due++)
        for (const [n, job] of both.entries()) void claim(due % peers, job, busy[n]!);
    },
    spread ? 1 : EVERY_MS,
  );
  return {
    stop() {
      clearInterval(timer);
      return done;
    },
  };
}

/** The thread of the sender and the receiver: sends at an even rate when told for how long, and tells the round trips. */
async function packetThread(): Promise<void> {
  const { url } = workerData as { url: string };
  const receiver = await startReceiver({ url, token: "bob", address: "test.a.bob", secret: "plimsoll" });
  const sender = await startSender(url, "alice");
  while (!receiver.up || !sender.up) await delay(5);
  const run = async (runMs: number) => {
    const roundTrips = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 });
    const under: Promise<void>[] = [];
    const startMs = performance.now();
    for (let n = 0; n < (rate * runMs) / 1_000; ) {
      await delay(1);
      for (; n < ((performance.now() - startMs) * rate) / 1_000; n++) {
        const intendedMs = startMs + (n * 1_000) / rate;
        under.push(
          sender.send({ destination: "test.a.bob.1", amount: 100 }).then(({ kind }) => {
            if (kind !== "fulfill") throw new Error(`a packet got ${kind}`);
            roundTrips.record(Math.max(1, Math.round((performance.now() - intendedMs) * 1_000)));
          }),
        );
      }
    }
    await Promise.all(under);
    return [roundTrips.percentile(50) / 1_000, roundTrips.percentile(99) / 1_000];
  };
  await run(500); // warm-up
  parentPort!.on("message", async (runMs: number) => {
    if (runMs > 0) parentPort!.postMessage(await run(runMs));
    else {
      await Promise.all([receiver.close(), sender.close()]);
      parentPort!.close();
    }
  });
  parentPort!.postMessage("ready");
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function count(n: number): string {
  return Math.round(n).toLocaleString("en");
}

function row(what: string, ...cells: readonly string[]): string {
  return what.padEnd(38) + cells.map((cell) => cell.padStart(12)).join("");
}

await (isMainThread ? main() : packetThread());
