/**
 * What `--influx` costs: plimsoll's own CPU and the packets' latency with and without it beside 10,000 packets a second,
 * in interleaved rounds (two loads of that size at once would be too many for most machines); what InfluxDB has to do at
 * that rate and at a hundredth of it; its memory and disk at the end, when the last run of all took some minutes.
 *
 *   npm run bench:influx                      six minutes
 *   npm run bench:influx -- --minutes 10      fifteen: the last part longer
 *   npm run bench:influx -- --rounds 1 --seconds 5 --minutes 0.1 --rate 1000      whether it works
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { freeBase } from "../../targets/ilp/testing/free-base.ts";
import { bytes, count, latency, significant } from "../format.ts";
import { ROOT } from "../paths.ts";
import { runSchema } from "../results/run-schema.ts";
import { usageOf } from "../run/usage.ts";
import { type Influxd, noInfluxd, unstartedInfluxd } from "./testing/influxd.ts";

const { values: flags } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "15" },
    rate: { type: "string", default: "10000" },
  },
});
const [minutes, rounds, seconds, fast] = [flags.minutes, flags.rounds, flags.seconds, flags.rate].map(
  Number,
) as [number, number, number, number];
if (![minutes, rounds, seconds, fast].every((it) => it > 0)) {
  console.error("--minutes, --rounds, --seconds and --rate are numbers above 0");
  process.exit(2);
}

const slow = Math.ceil(fast / 100);
/** Ports of the connector; the same in every round. */
const base = String(await freeBase());
/** What stat counts in. */
const BLOCK_BYTES = 512;
/** However high the load, a run writes no more points a second than this. */
const MOST_POINTS = 400;

/** Columns of what is printed. */
const [WIDTH, CELL] = [40, 14];

interface Measured {
  /** Cores that plimsoll itself used, mean. */
  readonly benchCores: number;
  /** p99 of the packets' latency, ms; not a number where none was judged. */
  readonly p99Ms: number;
  /** Points a second of run. */
  readonly points: number;
  /** Cores of InfluxDB. */
  readonly influxCores: number;
}

if (noInfluxd) {
  console.log(noInfluxd);
  process.exit(1);
}
console.log(
  `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}, ${process.platform}; medians of ${rounds} rounds`,
);
const server = await unstartedInfluxd();
try {
  await server.start();
  await measure();
} finally {
  await server.remove();
}

async function measure(): Promise<void> {
  const [without, withIt, slowly]: [Measured[], Measured[], Measured[]] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    const turns = [
      async () => without.push(await run(fast, seconds)),
      async () => withIt.push(await run(fast, seconds, server)),
      async () => slowly.push(await run(slow, seconds, server)),
    ];
    // Each round begins with another one, so that none always has the machine at its best.
    for (let turn = 0; turn < turns.length; turn++) await turns[(turn + round) % turns.length]?.();
  }
  console.log(`${"".padEnd(WIDTH)}${"without".padEnd(CELL)}${"with it".padEnd(CELL)}ratio, of each round`);
  beside("CPU of plimsoll, cores", without, withIt, (it) => it.benchCores, significant);
  beside("latency p99 of packets", without, withIt, (it) => it.p99Ms, latency);
  const points = median(withIt.map((it) => it.points));
  console.log(`\n${"".padEnd(WIDTH)}${`at ${count(fast)}/s`.padEnd(CELL)}at ${count(slow)}/s`);
  const both = (what: string, of: (it: Measured) => number) =>
    row(what, ...[withIt, slowly].map((all) => significant(median(all.map(of)))));
  both("points a second", (it) => it.points);
  both("CPU of InfluxDB, cores", (it) => it.influxCores);
  if (points > MOST_POINTS) process.exitCode = 1;

  const long = await run(fast, minutes * 60, server);
  console.log("");
  row(`points a second over ${minutes} min`, significant(long.points));
  // Those of the rounds at both rates, and the long one.
  const runs = withIt.length + slowly.length + 1;
  const memory = usageOf(server.pid as number)?.rssBytes ?? Number.NaN;
  row(`memory of InfluxDB after all ${runs} runs`, bytes(memory));
  row(`disk of InfluxDB, all ${runs} runs together`, bytes(sizeOf(server.folder)));
}

/** One soak at a rate, in a process of its own. */
async function run(rate: number, lengthSeconds: number, influx?: Influxd): Promise<Measured> {
  const out = mkdtempSync(join(tmpdir(), "plimsoll-influx-bench-"));
  const busyBefore = influx ? cpuSecondsOf(influx) : 0;
  try {
    const said = await plimsoll([
      ...["run", "soak", "--profile", "smoke", "--rate", String(rate), "--seconds", String(lengthSeconds)],
      ...["--port-base", base, "--out", out],
      ...(influx ? ["--influx", `${influx.origin}/plimsoll`] : []),
    ]);
    const [folder = ""] = readdirSync(out);
    const { generator, sla, startedAt, endedAt } = runSchema.parse(
      JSON.parse(readFileSync(join(out, folder, "run.json"), "utf8")),
    );
    const took = (Date.parse(endedAt ?? "") - Date.parse(startedAt)) / 1000;
    if (!generator.benchCpuCores) throw new Error(`the run has no figures about plimsoll itself: ${said}`);
    const points = Number(/InfluxDB: ([\d,]+) points/.exec(said)?.[1]?.replaceAll(",", "") ?? 0);
    if (influx && /dropped/.test(said.match(/InfluxDB:.*/)?.[0] ?? "")) throw new Error(said);
    return {
      benchCores: generator.benchCpuCores.avg,
      p99Ms: sla.find(({ id }) => id === "latency-p99")?.value ?? Number.NaN,
      points: points / took,
      influxCores: influx ? (cpuSecondsOf(influx) - busyBefore) / took : 0,
    };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** What the command says on stderr; its verdict is of no interest here. */
function plimsoll(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [join(ROOT, "bench", "main.ts"), ...args], {
    cwd: ROOT,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  return new Promise((resolve) => child.once("close", () => resolve(said)));
}

function cpuSecondsOf({ pid }: Influxd): number {
  return usageOf(pid as number)?.cpuSeconds ?? Number.NaN;
}

/** Bytes that the files below a folder take on the disk: InfluxDB makes some of them larger than they are. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).blocks * BLOCK_BYTES, 0);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function row(what: string, ...values: string[]): void {
  console.log(`${what.padEnd(WIDTH)}${values.map((value) => value.padEnd(CELL)).join("")}`.trimEnd());
}

/** A figure without and with it, medians of the rounds, and the ratio that each round gave. */
function beside(
  what: string,
  without: readonly Measured[],
  withIt: readonly Measured[],
  of: (it: Measured) => number,
  text: (value: number) => string,
): void {
  const ratios = withIt.map((it, round) => of(it) / of(without[round] as Measured));
  const values = [without, withIt].map((all) => text(median(all.map(of))));
  row(what, ...values, `${significant(median(ratios))}  (${ratios.map((it) => significant(it)).join(", ")})`);
}
