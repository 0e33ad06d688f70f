/**
 * The knee of the Interledger connector: the highest rate that holds p99 < 10 ms for 20 s, and what CPU each process takes
 * there. Exits 1 when it is below what was promised.
 *
 *   npm run bench:knee        5 to 15 minutes; npm run bench:knee -- --help
 */
import { Command } from "commander";
import { count } from "../format.ts";
import { hostOf } from "../host/host.ts";
import { machineLines } from "../host/machine-line.ts";
import { ROOT } from "../paths.ts";
import { wholeNumber } from "../whole-number.ts";
import { findKnee } from "./knee-search.ts";
import { KNEE_HEADER, kneeRow, kneeSentence } from "./knee-table.ts";
import { noiseOf } from "./noise.ts";
import { probe } from "./probe.ts";
import { progressLine } from "./progress-line.ts";
import type { Reading } from "./reading.ts";
import { atWork, type Workplace } from "./workplace.ts";

/** Packets a second that were promised, and hoped for, of two shared cores. */
const PROMISED = 15_000;
const HOPED = 20_000;
const NEARNESS = 500;

interface Flags {
  readonly from: number;
  readonly step: number;
  readonly most: number;
  readonly seconds: number;
  readonly portBase: number;
}

const flags = new Command("npm run bench:knee --")
  .description(
    "Finds the highest rate at which the soak holds: p99 < 10 ms from the intended start, at least 99.5 % of " +
      "the rate sent, every packet fulfilled. Goes up in steps, then halves what is between, to 500 packets/s; " +
      "one that does not hold is tried once more, and the answer has to hold in 2 of 3 tries. k6, connector, ledger, receiver and hub share this machine.",
  )
  .option("--from <n>", "packets/s to begin with", wholeNumber(1), 10_000)
  .option("--step <n>", "packets/s between rates on the way up", wholeNumber(1), 2_500)
  .option("--most <n>", "no higher rate is tried", wholeNumber(1), 40_000)
  .option("--seconds <n>", "how long a rate has to hold", wholeNumber(3), 20)
  .option("--port-base <n>", "BTP port of the network, as in: plimsoll up ilp", wholeNumber(1), 3_000)
  .parse()
  .opts<Flags>();

await atWork(flags.portBase, bench);

async function bench(place: Workplace): Promise<void> {
  const { from, step, most, seconds } = flags;
  console.log(await machineLines(ROOT, new Date()));
  console.log(`p99 < 10 ms for ${seconds} s; times in ms from the intended start, CPU in cores`);
  console.log("late: how late k6 sent, p99, which is part of the latency; other: all other work\n");
  console.log(KNEE_HEADER);
  const progress = progressLine(process.stderr);
  const readings = new Map<number, Reading[]>();
  let lastRate: number | undefined;
  const knee = await findKnee({ from, step, most, nearness: NEARNESS }, async (rate) => {
    const before = readings.get(rate) ?? [];
    progress.begin(`${count(rate)}/s for ${seconds} s${before.length > 0 ? ", once more" : ""}`);
    const reading = await probe({ rate, seconds }, place).finally(progress.end);
    console.log(kneeRow(rate, reading, rate === lastRate));
    readings.set(rate, [...before, reading]);
    lastRate = rate;
    return reading.outcome === "held";
  });
  const held = knee.held ?? 0;
  const hostCores = hostOf().cores;
  console.log(`\n${kneeSentence(knee, readings, hostCores)}`);
  for (const [what, rate] of [
    ["promised", PROMISED],
    ["hoped for", HOPED],
  ] as const)
    console.log(`${what}: ${count(rate)}, ${held >= rate ? "met" : "MISSED"}`);
  for (const line of noiseOf([...readings.values()].flat(), hostCores)) console.log(line);
  if (held < PROMISED) process.exitCode = 1;
}
