/**
 * How many packets a second our codecs read and write beside `ilp-packet` and `btp-packet`, and what a Prepare costs in
 * k6's VM. Rounds in random order, ratios within a round: on a shared machine nothing else holds. Exits with 1 when a
 * target is missed.
 *
 *     npm run bench:wire -- [--rounds 15] [--ms 60]      needs the built k6 (.cache/k6 or K6_BIN); half a minute
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import * as btpPacket from "btp-packet";
import * as ilpPacket from "ilp-packet";
import {
  FrameType,
  FrameView,
  forwardPrepare,
  readFrame,
  relayFrame,
  sizeOfIlpFrame,
  writeFrame,
  writeFulfillFrame,
  writePrepareFrame,
} from "./btp.ts";
import {
  FulfillView,
  PrepareView,
  RejectView,
  readFulfill,
  readPrepare,
  readReject,
  sizeOfPacket,
  writeFulfill,
  writePrepare,
  writeReject,
} from "./ilp.ts";
import { runInK6 } from "./testing/k6.ts";

const { values: flags } = parseArgs({
  options: { rounds: { type: "string", default: "15" }, ms: { type: "string", default: "60" } },
});
const rounds = Number(flags.rounds);
const blockMs = Number(flags.ms);

/** Ratio that every row and every sum must reach, and microseconds a frame may take in k6. */
const TARGET_RATIO = 3;
const TARGET_K6_US = 15;

/** Inputs differ from call to call, so that nothing is computed once and kept. */
const VARIANTS = 64;
const MASK = VARIANTS - 1;

// Every block adds what it read to this, so that no reading can be left out as useless.
let sink = 0;

const prepares = Array.from({ length: VARIANTS }, (_, i) => ({
  amount: BigInt(1_000_000 + i * 7919),
  expiresAtMs: 1_790_000_000_000 + i * 1237,
  condition: Buffer.alloc(32, i),
  destination: `test.connector${i & 7}.receiver.${i}`,
  data: Buffer.alloc(64, i),
}));
const prepareBytes = prepares.map((prepare) => {
  const into = Buffer.alloc(sizeOfPacket(prepare));
  writePrepare(prepare, into);
  return into;
});
const theirPrepares = prepares.map(({ amount, expiresAtMs, condition, destination, data }) => ({
  amount: String(amount),
  expiresAt: new Date(expiresAtMs),
  executionCondition: condition,
  destination,
  data,
}));
const rejects = Array.from({ length: VARIANTS }, (_, i) => ({
  code: "T04",
  triggeredBy: `test.connector${i & 7}`,
  message: "insufficient liquidity",
  data: Buffer.alloc(0),
}));
const rejectBytes = rejects.map((reject) => {
  const into = Buffer.alloc(sizeOfPacket(reject));
  writeReject(reject, into);
  return into;
});
const frameBytes = prepares.map((prepare, i) => {
  const into = Buffer.alloc(sizeOfIlpFrame(sizeOfPacket(prepare)));
  writePrepareFrame(i, prepare, into);
  return into;
});
const fulfills = prepares.map(({ condition }) => ({ fulfillment: condition, data: Buffer.alloc(0) }));
const fulfillBytes = fulfills.map((fulfill) => {
  const into = Buffer.alloc(sizeOfPacket(fulfill));
  writeFulfill(fulfill, into);
  return into;
});
const fulfillFrames = fulfills.map((fulfill, i) => {
  const into = Buffer.alloc(sizeOfIlpFrame(sizeOfPacket(fulfill)));
  writeFulfillFrame(i, fulfill, into);
  return into;
});
const ourMessages = prepareBytes.map((data, requestId) => ({
  type: FrameType.message,
  requestId,
  entries: [{ name: "ilp", contentType: 0, data }],
}));
const theirEntries = prepareBytes.map((data) => [{ protocolName: "ilp", contentType: 0, data }]);

const into = new Uint8Array(2048);
const frame = new FrameView();
const prepareView = new PrepareView();
const fulfillView = new FulfillView();
const rejectView = new RejectView();

/** One operation: ours, and the same with what others have. */
interface Contest {
  readonly what: string;
  readonly against: "ilp-packet" | "btp-packet" | "both";
  /** The sum it counts into. Nothing for what a packet that is fulfilled never meets. */
  readonly sum?: string;
  readonly ours: (i: number) => void;
  readonly theirs: (i: number) => void;
}

/** Reads every field, as views, bigint and string: no less than the oracle makes of it. */
function readAllOf(view: PrepareView): void {
  sink += Number(view.amount & 1n) + view.expiresAtMs + view.condition.length;
  sink += view.destination.length + view.data.length;
}

const contests: readonly Contest[] = [
  {
    what: "read a Prepare, every field",
    against: "ilp-packet",
    sum: "ilp-packet: read a Prepare and its Fulfill",
    ours: (i) => readAllOf(readPrepare(prepareBytes[i & MASK]!, prepareView)),
    theirs: (i) => {
      sink += ilpPacket.deserializeIlpPrepare(prepareBytes[i & MASK]!).data.length;
    },
  },
  {
    what: "write a Prepare",
    against: "ilp-packet",
    sum: "ilp-packet: write a Prepare and its Fulfill",
    ours: (i) => {
      sink += writePrepare(prepares[i & MASK]!, into);
    },
    theirs: (i) => {
      sink += ilpPacket.serializeIlpPrepare(theirPrepares[i & MASK]!).length;
    },
  },
  {
    what: "read a Fulfill, every field",
    against: "ilp-packet",
    sum: "ilp-packet: read a Prepare and its Fulfill",
    ours: (i) => {
      const { fulfillment, data } = readFulfill(fulfillBytes[i & MASK]!, fulfillView);
      sink += fulfillment.length + data.length;
    },
    theirs: (i) => {
      sink += ilpPacket.deserializeIlpFulfill(fulfillBytes[i & MASK]!).fulfillment.length;
    },
  },
  {
    what: "write a Fulfill",
    against: "ilp-packet",
    sum: "ilp-packet: write a Prepare and its Fulfill",
    ours: (i) => {
      sink += writeFulfill(fulfills[i & MASK]!, into);
    },
    theirs: (i) => {
      sink += ilpPacket.serializeIlpFulfill(fulfills[i & MASK]!).length;
    },
  },
  {
    what: "read a Reject, every field",
    against: "ilp-packet",
    ours: (i) => {
      const { code, triggeredBy, message, data } = readReject(rejectBytes[i & MASK]!, rejectView);
      sink += code.length + triggeredBy.length + message.length + data.length;
    },
    theirs: (i) => {
      sink += ilpPacket.deserializeIlpReject(rejectBytes[i & MASK]!).message.length;
    },
  },
  {
    what: "write a Reject",
    against: "ilp-packet",
    ours: (i) => {
      sink += writeReject(rejects[i & MASK]!, into);
    },
    theirs: (i) => {
      sink += ilpPacket.serializeIlpReject(rejects[i & MASK]!).length;
    },
  },
  {
    what: "read a frame, its ILP packet",
    against: "btp-packet",
    sum: "btp-packet: read a frame",
    ours: (i) => {
      const { bytes, ilpStart, ilpEnd } = readFrame(frameBytes[i & MASK]!, frame);
      sink += bytes.subarray(ilpStart, ilpEnd).length;
    },
    theirs: (i) => {
      const [primary] = btpPacket.deserialize(frameBytes[i & MASK]!).data.protocolData;
      sink += primary!.protocolName === "ilp" ? primary!.data.length : 0;
    },
  },
  {
    what: "read a frame, every entry",
    against: "btp-packet",
    ours: (i) => {
      sink += readFrame(frameBytes[i & MASK]!, frame).entries[0]!.data.length;
    },
    theirs: (i) => {
      sink += btpPacket.deserialize(frameBytes[i & MASK]!).data.protocolData[0]!.data.length;
    },
  },
  {
    what: "write a frame around a packet",
    against: "btp-packet",
    sum: "btp-packet: write a frame",
    ours: (i) => {
      sink += writeFrame(ourMessages[i & MASK]!, into);
    },
    theirs: (i) => {
      sink += btpPacket.serializeMessage(i & MASK, theirEntries[i & MASK]!).length;
    },
  },
  {
    what: "read a frame and its Prepare",
    against: "both",
    sum: "both: read a Prepare in its frame",
    ours: (i) => {
      const bytes = frameBytes[i & MASK]!;
      readFrame(bytes, frame);
      readAllOf(readPrepare(bytes, prepareView, frame.ilpStart, frame.ilpEnd));
    },
    theirs: (i) => {
      const { data } = btpPacket.deserialize(frameBytes[i & MASK]!).data.protocolData[0]!;
      sink += ilpPacket.deserializeIlpPrepare(data).data.length;
    },
  },
  {
    what: "write a Prepare in its frame",
    against: "both",
    sum: "both: write a Prepare in its frame",
    ours: (i) => {
      sink += writePrepareFrame(i & MASK, prepares[i & MASK]!, into);
    },
    theirs: (i) => {
      const data = ilpPacket.serializeIlpPrepare(theirPrepares[i & MASK]!);
      sink += btpPacket.serializeMessage(i & MASK, [{ protocolName: "ilp", contentType: 0, data }]).length;
    },
  },
  {
    // What a connector does: read, look at amount, expiry and destination, send on with others.
    what: "read and forward a Prepare",
    against: "both",
    sum: "both: forward a Prepare and relay its Fulfill",
    ours: (i) => {
      const bytes = frameBytes[i & MASK]!;
      readFrame(bytes, frame);
      const { amountNumber, expiresAtMs, destination } = readPrepare(
        bytes,
        prepareView,
        frame.ilpStart,
        frame.ilpEnd,
      );
      sink += destination.length;
      sink += forwardPrepare(frame, prepareView, i & MASK, amountNumber - 1, expiresAtMs - 1000, into);
    },
    theirs: (i) => {
      const { data } = btpPacket.deserialize(frameBytes[i & MASK]!).data.protocolData[0]!;
      const read = ilpPacket.deserializeIlpPrepare(data);
      const next = ilpPacket.serializeIlpPrepare({
        ...read,
        amount: String(BigInt(read.amount) - 1n),
        expiresAt: new Date(read.expiresAt.getTime() - 1000),
      });
      sink += btpPacket.serializeMessage(i & MASK, [
        { protocolName: "ilp", contentType: 0, data: next },
      ]).length;
    },
  },
  {
    what: "read and relay a Fulfill",
    against: "both",
    sum: "both: forward a Prepare and relay its Fulfill",
    ours: (i) => {
      sink += relayFrame(readFrame(fulfillFrames[i & MASK]!, frame), i & MASK, into);
    },
    theirs: (i) => {
      const { data } = btpPacket.deserialize(fulfillFrames[i & MASK]!).data.protocolData[0]!;
      sink += ilpPacket.deserializeIlpFulfill(data).fulfillment.length;
      sink += btpPacket.serializeResponse(i & MASK, [{ protocolName: "ilp", contentType: 0, data }]).length;
    },
  },
];

/** Calls a second of CPU time, over one block: time that others have of the core does not count. */
function block(work: (i: number) => void): number {
  const until = performance.now() + blockMs;
  const start = process.cpuUsage();
  let calls = 0;
  while (performance.now() < until) {
    for (let i = 0; i < 500; i++) work(calls + i);
    calls += 500;
  }
  const { user, system } = process.cpuUsage(start);
  return (calls * 1e6) / (user + system);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

const spread = (values: readonly number[], digits: number) =>
  `(${Math.min(...values).toFixed(digits)}-${Math.max(...values).toFixed(digits)})`;

function verdict(met: boolean): string {
  if (!met) process.exitCode = 1;
  return met ? "met" : "MISSED";
}

const speeds = contests.map(() => ({ ours: [] as number[], theirs: [] as number[] }));
for (const { ours, theirs } of contests) for (const work of [ours, theirs, ours, theirs]) block(work); // warm-up
for (let round = 1; round <= rounds; round++) {
  process.stderr.write(`\rround ${round} of ${rounds}`);
  for (const n of shuffled(contests.map((_, n) => n))) {
    // Both of a pair right after each other, either of them first: what disturbs one is likely to disturb the other.
    const { ours, theirs } = contests[n]!;
    for (const side of shuffled(["ours", "theirs"] as const)) {
      speeds[n]![side].push(block(side === "ours" ? ours : theirs));
    }
  }
}
process.stderr.write(`\r${" ".repeat(30)}\r`);

console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`);
console.log(
  `Prepare of ${prepareBytes[0]!.length} bytes, ${frameBytes[0]!.length} in its frame; ${rounds} rounds of ${blockMs} ms, interleaved; CPU time\n`,
);
console.log(
  `${"".padEnd(32)}${"a second".padStart(11)}  ${"ns".padStart(5)}  ${"against".padEnd(11)}${"a second".padStart(10)}  ${"ratio (range)".padEnd(18)}>= ${TARGET_RATIO}x`,
);
const perSecond = (values: readonly number[]) => Math.round(median(values)).toLocaleString("en");
for (const [n, { what, against }] of contests.entries()) {
  const { ours, theirs } = speeds[n]!;
  const ratios = ours.map((speed, i) => speed / theirs[i]!);
  console.log(
    `${what.padEnd(32)}${perSecond(ours).padStart(11)}  ${(1e9 / median(ours)).toFixed(0).padStart(5)}  ` +
      `${against.padEnd(11)}${perSecond(theirs).padStart(10)}  ` +
      `${`${median(ratios).toFixed(1)}x ${spread(ratios, 1)}`.padEnd(18)}${verdict(median(ratios) >= TARGET_RATIO)}`,
  );
}

// A load has as many of each part of a sum: so the times add, and their ratio is that of packets a second.
console.log(`\n${"".padEnd(48)}${"ratio (range)".padEnd(24)}>= ${TARGET_RATIO}x`);
for (const sum of new Set(contests.flatMap((contest) => contest.sum ?? []))) {
  const parts = speeds.filter((_, n) => contests[n]!.sum === sum);
  const time = (side: "ours" | "theirs", round: number) =>
    parts.reduce((total, part) => total + 1 / part[side][round]!, 0);
  const ratios = Array.from({ length: rounds }, (_, round) => time("theirs", round) / time("ours", round));
  const ratio = median(ratios);
  console.log(
    `${sum.padEnd(48)}${`${ratio.toFixed(1)}x ${spread(ratios, 1)}`.padEnd(24)}${verdict(ratio >= TARGET_RATIO)}`,
  );
}

const inK6 = (await runInK6("encode-in-k6.ts")) as Record<string, number[]>;
console.log(`\n${"in k6's VM, one VU".padEnd(32)}${"us a frame (range)".padStart(24)}`);
for (const [what, us] of Object.entries(inK6)) {
  const measured = `${median(us).toFixed(1)} ${spread(us, 1)}`.padStart(24);
  const target = ["template", "stamped"].includes(what)
    ? `  < ${TARGET_K6_US} us  ${verdict(median(us) < TARGET_K6_US)}`
    : "";
  console.log(`${what.padEnd(32)}${measured}${target}`);
}
if (sink === 0) throw new Error("nothing was read");
