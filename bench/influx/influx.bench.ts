/**
 * What `--influx` costs: plimsoll's own CPU with and without it beside 10,000 packets a second, in interleaved rounds;
 * what InfluxDB has to do at that rate and at a hundredth of it; its memory and disk after some minutes.
 *
 *   npm run bench:influx                      six minutes
 *   npm run bench:influx -- --minutes 10      fifteen: the last part longer
 *   npm run bench:influx -- --rounds 1 --seconds 5
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bytes, significant } from "../format.ts";
import { ROOT } from "../paths.ts";
import { runSchema } from "../results/run-schema.ts";
import { usageOf } from "../run/usage.ts";
import { type Influxd, noInfluxd, unstartedInfluxd } from "./testing/influxd.ts";

const { values: flags } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "15" },
  },
});
const [minutes, rounds, seconds] = [flags.minutes, flags.rounds, flags.seconds].map(Number) as [
  number,
  number,
  number,
];

const PORT_BASE = "28080";
const [FAST, SLOW] = [10_000, 100];
/** What stat counts in. */
const BLOCK_BYTES = 512;
/** However high the load, a run writes no more points a second than this. */
const MOST_POINTS = 400;

interface Measured {
  /** Cores that plimsoll itself used, mean. */
  readonly benchCores: number;
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
  const without: Measured[] = [];
  const withIt: Measured[] = [];
  const slow: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    const turns = [
      async () => without.push(await run(FAST, seconds)),
      async () => withIt.push(await run(FAST, seconds, server)),
      async () => slow.push(await run(SLOW, seconds, server)),
    ];
    // Each round begins with another one, so that none always has the machine at its best.
    for (let turn = 0; turn < turns.length; turn++) await turns[(turn + round) % turns.length]?.();
  }
  const ratios = withIt.map(
    ({ benchCores }, round) => benchCores / (without[round]?.benchCores ?? Number.NaN),
  );
  row("plimsoll's CPU without --influx, 10,000 packets/s", cores(without.map((it) => it.benchCores)));
  row("plimsoll's CPU with it", cores(withIt.map((it) => it.benchCores)));
  row(
    "  ratio, median of the rounds",
    `${significant(median(ratios))}  (${ratios.map((it) => significant(it)).join(", ")})`,
  );
  const points = median(withIt.map((it) => it.points));
  row("points/s at 10,000 packets/s", significant(points));
  row("points/s at 100 packets/s", significant(median(slow.map((it) => it.points))));
  row("InfluxDB's CPU at 10,000 packets/s", cores(withIt.map((it) => it.influxCores)));
  row("InfluxDB's CPU at 100 packets/s", cores(slow.map((it) => it.influxCores)));
  if (points > MOST_POINTS) process.exitCode = 1;

  const long = await run(FAST, minutes * 60, server);
  row(`points/s over ${minutes} min`, significant(long.points));
  row(
    `InfluxDB's memory after ${minutes} min more`,
    bytes(usageOf(server.pid as number)?.rssBytes ?? Number.NaN),
  );
  row("InfluxDB's disk, all runs together", bytes(sizeOf(server.folder)));
}

/** One soak at a rate, in a process of its own. */
async function run(rate: number, lengthSeconds: number, influx?: Influxd): Promise<Measured> {
  const out = mkdtempSync(join(tmpdir(), "plimsoll-influx-bench-"));
  const busyBefore = influx ? cpuSecondsOf(influx) : 0;
  try {
    const said = await plimsoll([
      ...["run", "soak", "--profile", "smoke", "--rate", String(rate), "--seconds", String(lengthSeconds)],
      ...["--port-base", PORT_BASE, "--out", out],
      ...(influx ? ["--influx", `${influx.origin}/plimsoll`] : []),
    ]);
    const [folder = ""] = readdirSync(out);
    const { generator, startedAt, endedAt } = runSchema.parse(
      JSON.parse(readFileSync(join(out, folder, "run.json"), "utf8")),
    );
    const took = (Date.parse(endedAt ?? "") - Date.parse(startedAt)) / 1000;
    if (!generator.benchCpuCores) throw new Error(`the run has no figures about plimsoll itself: ${said}`);
    const points = Number(/InfluxDB: ([\d,]+) points/.exec(said)?.[1]?.replaceAll(",", "") ?? 0);
    if (influx && /dropped/.test(said.match(/InfluxDB:.*/)?.[0] ?? "")) throw new Error(said);
    return {
      benchCores: generator.benchCpuCores.avg,
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

function cores(values: readonly number[]): string {
  return `${significant(median(values))} cores`;
}

function row(what: string, got: string): void {
  console.log(`${what.padEnd(54)} ${got}`);
}
