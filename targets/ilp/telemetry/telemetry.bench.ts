/**
 * What an event costs the node that records it, and what the hub makes of a load of them: how long an event takes to its
 * subscriber beyond the batch's time, how long a heartbeat of a second subscriber waits, and what the hub's process costs.
 *
 *     node targets/ilp/telemetry/telemetry.bench.ts [--rounds 9] [--ms 60] [--seconds 5]
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { BatchEncoder } from "./batch-encoder.ts";
import { type Batch, epochMs } from "./event.ts";
import { EventRing } from "./event-ring.ts";
import { startHub } from "./hub.ts";
import { Telemetry } from "./telemetry.ts";
import { subscribe } from "./testing/sockets.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "9" },
    ms: { type: "string", default: "60" },
    seconds: { type: "string", default: "5" },
    hub: { type: "boolean", default: false },
  },
});

/** What an event may cost in a packet path of 10 us, and what a heartbeat may wait (NFR3). */
const TARGET_NS = 500;
const TARGET_PONG_MS = 100;

async function bench(rounds: number, blockMs: number, seconds: number): Promise<void> {
  console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`);
  console.log(`${rounds} rounds of ${blockMs} ms, CPU time; ns an event: median (range)\n`);
  record(rounds, blockMs);
  console.log(
    `\nhub in its own process, ${seconds} s a row; ms from recording to the subscriber, and for a heartbeat`,
  );
  for (const [nodes, perSecond, batchMs] of [
    [5, 400, 100],
    [5, 400, 50],
    [1, 40_000, 100],
  ] as const)
    await load(nodes, perSecond, batchMs, seconds);
}

function record(rounds: number, blockMs: number): void {
  const ring = new EventRing(65_536);
  const encoder = new BatchEncoder("A");
  const peers = ["alice", "connector-b"].map((name) => encoder.peer(name));
  const packets = Array.from({ length: 64 }, (_, i) =>
    Uint8Array.from({ length: 143 }, (_, n) => (i * 31 + n * 7) & 255),
  );
  let bytes = 0;
  let events = 0;

  /** A thousand events, as a batch has them. */
  const fill = (clock: () => number) => {
    for (let i = 0; i < 1000; i++)
      ring.packet(i % 5, packets[i & 63]!, 35, peers[i & 1]!, 100 + i, clock(), 0);
  };
  const empty = () => {
    ring.head = ring.tail;
  };
  const encode = () => {
    const before = ring.waiting;
    bytes += encoder.encode(ring, 1000, events, 0).length;
    events += before - ring.waiting;
  };
  const fixed = () => 1_790_000_000_000.123;
  const cases = [
    { what: "record", clock: fixed, drain: empty },
    { what: "record, its time taken for it alone", clock: epochMs, drain: empty },
    { what: "record and encode", clock: fixed, drain: encode, target: true },
  ];
  const block = ({ clock, drain }: (typeof cases)[number]): number => {
    const until = performance.now() + blockMs;
    const start = process.cpuUsage();
    let calls = 0;
    for (; performance.now() < until; calls += 1000) {
      fill(clock);
      drain();
    }
    const { user, system } = process.cpuUsage(start);
    return ((user + system) * 1000) / calls;
  };
  for (const one of cases) for (let i = 0; i < 3; i++) block(one); // warm-up
  const ns = cases.map((): number[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [n, one] of cases.entries()) ns[n]!.push(block(one));
  for (const [n, { what, target }] of cases.entries()) {
    const values = ns[n]!.toSorted((a, b) => a - b);
    const median = values[values.length >> 1]!;
    const range = `(${values[0]!.toFixed(0)}-${values.at(-1)!.toFixed(0)})`;
    const verdict = target ? `at most ${TARGET_NS}: ${met(median <= TARGET_NS)}` : "";
    console.log(
      `${what.padEnd(38)}${median.toFixed(0).padStart(6)} ${range.padEnd(12)} ${verdict}`.trimEnd(),
    );
  }
  console.log(`${(bytes / events).toFixed(0)} bytes an event`);
}

async function load(nodes: number, perSecond: number, batchMs: number, seconds: number): Promise<void> {
  const child = fork(import.meta.filename, ["--hub"]);
  const [{ url }] = (await once(child, "message")) as [{ url: string }];
  const sources = Array.from({ length: nodes }, (_, i) => {
    const telemetry = new Telemetry({
      ...{ nodeId: `N${i}`, hub: url, batchMs, batchEvents: 1000, queue: 65_536 },
    });
    return { telemetry, peer: telemetry.peer("alice") };
  });
  const latenciesMs: number[] = [];
  const reader = await subscribe(url);
  reader.socket.removeAllListeners("message");
  reader.socket.on("message", (data) => {
    const nowMs = epochMs();
    const { events } = JSON.parse(String(data)) as Batch;
    for (const { timestamp } of events) latenciesMs.push(nowMs - timestamp);
  });
  const pongsMs: number[] = [];
  const heart = await subscribe(url);
  heart.socket.removeAllListeners("message");
  heart.socket.on("message", (data) => {
    const text = String(data);
    if (text.startsWith('{"pong":')) pongsMs.push(epochMs() - (JSON.parse(text) as { pong: number }).pong);
  });
  const condition = new Uint8Array(32);
  const startMs = performance.now();
  let recorded = 0;
  let pinged = 0;
  while (performance.now() - startMs < seconds * 1000) {
    const elapsedMs = performance.now() - startMs;
    for (; recorded < (elapsedMs * perSecond * nodes) / 1000; recorded++) {
      const { telemetry, peer } = sources[recorded % nodes]!;
      telemetry.received(condition, 0, peer, 100, epochMs());
    }
    for (; pinged < elapsedMs / 20; pinged++) heart.socket.send(JSON.stringify({ ping: epochMs() }));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const used = once(child, "message");
  child.send("usage");
  const [{ cpu, rss }] = (await used) as [{ cpu: NodeJS.CpuUsage; rss: number }];
  await Promise.all(sources.map(({ telemetry }) => telemetry.close()));
  for (const { socket } of [reader, heart]) socket.terminate();
  child.kill();
  await once(child, "exit");
  console.log(
    `${nodes} x ${perSecond.toLocaleString("en")} events/s, batches of ${batchMs} ms`.padEnd(44) +
      `p50 ${at(latenciesMs, 0.5)}, p95 ${at(latenciesMs, 0.95)}; heartbeat p95 ${at(pongsMs, 0.95)}, max ${at(pongsMs, 1)}, ` +
      `under ${TARGET_PONG_MS}: ${met(quantile(pongsMs, 0.95) < TARGET_PONG_MS)}; ${latenciesMs.length} of ${recorded}; ` +
      `hub ${((cpu.user + cpu.system) / 1e6 / seconds).toFixed(2)} core, ${(rss / 2 ** 20).toFixed(0)} MB`,
  );
}

function met(isMet: boolean): string {
  if (!isMet) process.exitCode = 1;
  return isMet ? "met" : "MISSED";
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!;
}

function at(values: readonly number[], share: number): string {
  return quantile(values, share).toFixed(1);
}

if (flags.hub) {
  const hub = await startHub({ port: 0 });
  process.send?.({ url: hub.url });
  process.on("message", () => process.send?.({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss() }));
} else await bench(Number(flags.rounds), Number(flags.ms), Number(flags.seconds));
