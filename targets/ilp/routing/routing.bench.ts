/**
 * What a route lookup costs: with one address again and again, with more addresses than the cache holds, and with many
 * routes. CPU time, median of rounds.
 *
 *     node targets/ilp/routing/routing.bench.ts [--rounds 9] [--ms 60]
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { checkAddress } from "../../../wire/address.ts";
import { Router } from "./router.ts";

const { values: flags } = parseArgs({
  options: { rounds: { type: "string", default: "9" }, ms: { type: "string", default: "60" } },
});
const rounds = Number(flags.rounds);
const blockMs = Number(flags.ms);

/** What a lookup may cost in a packet path of 10 us. */
const TARGET_NS = 200;

// Every lookup adds to this, so that none can be left out as useless.
let sink = 0;

/** Destinations as they lie in packets: each in bytes of its own. */
function destinations(count: number, make: (i: number) => string) {
  return Array.from({ length: count }, (_, i) => {
    const address = make(i);
    const bytes = Buffer.from(`${"-".repeat(60)}${address}${"-".repeat(64)}`);
    const [destinationStart, destinationEnd] = [60, 60 + address.length];
    return {
      bytes,
      destinationStart,
      destinationEnd,
      destinationHash: checkAddress(bytes, destinationStart, destinationEnd),
    };
  });
}

const few = new Router(
  ["test.a", "test.b", "test.c", "test.d", "test.e.bob"].map((prefix) => ({ prefix, peer: prefix })),
);
const many = new Router(
  Array.from({ length: 100_000 }, (_, i) => ({ prefix: `test.n${i % 317}.r${i}`, peer: `p${i}` })),
);

const cases = [
  { what: "5 routes, one address", router: few, packets: destinations(64, () => "test.e.bob.soak") },
  { what: "5 routes, 64 addresses", router: few, packets: destinations(64, (i) => `test.e.bob.${i}`) },
  {
    what: "5 routes, 16,384 addresses",
    router: few,
    packets: destinations(16_384, (i) => `test.e.bob.connection-${i * 7919}`),
  },
  {
    what: "100,000 routes, 64 addresses",
    router: many,
    packets: destinations(64, (i) => `test.n${i % 317}.r${i}.bob`),
  },
  {
    what: "100,000 routes, 16,384 addresses",
    router: many,
    packets: destinations(16_384, (i) => `test.n${i % 317}.r${i}.bob`),
  },
  { what: "5 routes, one that is nowhere", router: few, packets: destinations(64, () => "test.f.bob.soak") },
];

/** Nanoseconds of CPU time a lookup takes, over one block: time that others have of the core does not count. */
function block({ router, packets }: (typeof cases)[number]): number {
  const mask = packets.length - 1;
  const until = performance.now() + blockMs;
  const start = process.cpuUsage();
  let calls = 0;
  while (performance.now() < until) {
    for (let i = 0; i < 1000; i++) sink += router.lookup(packets[(calls + i) & mask]!) === undefined ? 1 : 2;
    calls += 1000;
  }
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1000) / calls;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

for (const one of cases) for (let i = 0; i < 3; i++) block(one); // warm-up
const ns = cases.map((): number[] => []);
for (let round = 0; round < rounds; round++) for (const [n, one] of cases.entries()) ns[n]!.push(block(one));

console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`);
console.log(
  `${rounds} rounds of ${blockMs} ms, CPU time; ns a lookup: median (range), at most ${TARGET_NS}\n`,
);
for (const [n, { what }] of cases.entries()) {
  const values = ns[n]!;
  const met = median(values) <= TARGET_NS;
  if (!met) process.exitCode = 1;
  const range = `(${Math.min(...values).toFixed(0)}-${Math.max(...values).toFixed(0)})`;
  console.log(
    `${what.padEnd(36)}${median(values).toFixed(0).padStart(6)} ${range.padEnd(12)} ${met ? "met" : "MISSED"}`,
  );
}
if (sink === 0) throw new Error("nothing was looked up");
