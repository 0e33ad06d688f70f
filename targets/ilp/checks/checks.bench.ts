/**
 * What the checks of a packet cost, each and all together, from a Prepare in its bytes to a fulfilled packet. CPU time,
 * median of rounds.
 *
 *     node targets/ilp/checks/checks.bench.ts [--rounds 9] [--ms 60]
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { PrepareView, readPrepare, sizeOfPrepare, writePrepare } from "../../../wire/ilp.ts";
import { AmountLimit } from "./amount-limit.ts";
import { CreditLine } from "./credit-line.ts";
import { checkExpiry, forwardedExpiry } from "./expiry.ts";
import { checkFee, feeOf } from "./fee.ts";
import { Holds } from "./holds.ts";
import { PeerChecks } from "./peer-checks.ts";
import { TokenBucket } from "./token-bucket.ts";
import { Velocity } from "./velocity.ts";

const { values: flags } = parseArgs({
  options: { rounds: { type: "string", default: "9" }, ms: { type: "string", default: "60" } },
});
const rounds = Number(flags.rounds);
const blockMs = Number(flags.ms);

/** What all checks together may cost in a packet path of 10 us. */
const TARGET_NS = 500;

// Everything adds to this, so that nothing can be left out as useless.
let sink = 0;

/** A clock that goes on by the 10 us a packet takes. */
let nowMs = 1_790_000_000_000;

const MASK = 63;
const prepares = Array.from({ length: MASK + 1 }, (_, i) => {
  const prepare = {
    amount: 100 + i,
    expiresAtMs: nowMs + 1e9,
    condition: new Uint8Array(32),
    destination: "test.bob",
    data: new Uint8Array(64),
  };
  const bytes = new Uint8Array(sizeOfPrepare(prepare));
  writePrepare(prepare, bytes);
  return readPrepare(bytes, new PrepareView());
});

const most = Number.MAX_SAFE_INTEGER;
const bucket = new TokenBucket({ ratePerSecond: 200_000, burst: 1000 }, nowMs);
const empty = new TokenBucket({ ratePerSecond: 0.001, burst: 1 }, nowMs);
const amounts = new AmountLimit(1_000_000);
const small = new AmountLimit(1);
const velocity = new Velocity({ amount: most, windowMs: 1000 });
const holds = new Holds({ packets: 20_000, amount: most });
const credit = new CreditLine(most);
const expiry = { marginMs: 1000, minMs: 1000, holdMs: 30_000 };
const fee = { fixed: 1, ppm: 500 };
const peer = new PeerChecks(
  {
    rate: { ratePerSecond: 200_000, burst: 1000 },
    maxAmount: 1_000_000,
    velocity: { amount: most, windowMs: 1000 },
    held: { packets: 20_000, amount: most },
    creditLimit: most,
  },
  nowMs,
);

const one = (value: unknown) => (value === undefined ? 1 : 2);

const cases: readonly { what: string; work: (prepare: PrepareView) => void; all?: true }[] = [
  { what: "token bucket", work: () => (sink += one(bucket.take(nowMs))) },
  { what: "token bucket, refused", work: () => (sink += one(empty.take(nowMs))) },
  { what: "amount limit", work: (prepare) => (sink += one(amounts.check(prepare))) },
  { what: "amount limit, refused", work: (prepare) => (sink += one(small.check(prepare))) },
  {
    what: "velocity",
    work: ({ amountNumber }) => {
      sink += one(velocity.check(amountNumber, nowMs));
      velocity.add(amountNumber, nowMs);
    },
  },
  {
    what: "holds",
    work: ({ amountNumber }) => {
      sink += one(holds.check(amountNumber));
      holds.hold(amountNumber);
      holds.fulfilled(amountNumber);
    },
  },
  {
    what: "credit line",
    work: ({ amountNumber }) => {
      sink += one(credit.check(amountNumber));
      credit.hold(amountNumber);
      credit.unpaid(amountNumber);
    },
  },
  {
    what: "expiry",
    work: ({ expiresAtMs }) => {
      sink += one(checkExpiry(expiry, expiresAtMs, nowMs)) + forwardedExpiry(expiry, expiresAtMs, nowMs);
    },
  },
  {
    what: "fee",
    work: ({ amountNumber }) => {
      const kept = feeOf(fee, amountNumber);
      sink += one(checkFee(amountNumber, kept)) + kept;
    },
  },
  {
    what: "all, and its end",
    all: true,
    work: (prepare) => {
      const amount = prepare.amountNumber;
      const kept = feeOf(fee, amount);
      sink += one(
        peer.check(prepare, nowMs) ??
          checkExpiry(expiry, prepare.expiresAtMs, nowMs) ??
          checkFee(amount, kept),
      );
      sink += kept + forwardedExpiry(expiry, prepare.expiresAtMs, nowMs);
      peer.accept(amount, nowMs);
      peer.fulfilled(amount);
    },
  },
];

/** Nanoseconds of CPU time a call takes, over one block: time that others have of the core does not count. */
function block(work: (prepare: PrepareView) => void): number {
  const until = performance.now() + blockMs;
  const start = process.cpuUsage();
  let calls = 0;
  while (performance.now() < until) {
    for (let i = 0; i < 1000; i++) {
      nowMs += 0.01;
      work(prepares[i & MASK]!);
    }
    calls += 1000;
  }
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1000) / calls;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

for (const { work } of cases) for (let i = 0; i < 3; i++) block(work); // warm-up
const ns = cases.map((): number[] => []);
for (let round = 0; round < rounds; round++)
  for (const [n, { work }] of cases.entries()) ns[n]!.push(block(work));

console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`);
console.log(`${rounds} rounds of ${blockMs} ms, CPU time; ns a packet: median (range)\n`);
for (const [n, { what, all }] of cases.entries()) {
  const values = ns[n]!;
  const range = `(${Math.min(...values).toFixed(0)}-${Math.max(...values).toFixed(0)})`;
  const met = median(values) <= TARGET_NS;
  if (all && !met) process.exitCode = 1;
  const verdict = all ? `at most ${TARGET_NS}: ${met ? "met" : "MISSED"}` : "";
  console.log(
    `${what.padEnd(24)}${median(values).toFixed(0).padStart(6)} ${range.padEnd(12)} ${verdict}`.trimEnd(),
  );
}
if (sink === 0) throw new Error("nothing was checked");
