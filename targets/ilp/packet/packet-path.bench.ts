/**
 * What the packet path does a second on one core, without sockets: read, all checks, route, ledger with group commit and
 * commit on disk, telemetry to a hub that takes it, frames written; and back with the Fulfill.
 *
 *     npm run bench:packet-path                   20 s; exit code 1 below the target
 *     npm run bench:packet-path -- --profile      and where its CPU goes, by stage; --help
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { count } from "../../../bench/format.ts";
import { machineLines } from "../../../bench/host/machine-line.ts";
import { ROOT } from "../../../bench/paths.ts";
import { wholeNumber } from "../../../bench/whole-number.ts";
import { profileOf, timeByStage } from "../stages/cpu-profile.ts";
import { stageTable } from "../stages/stage-table.ts";
import { ledgerStageOf, mainStageOf, NATIVE } from "../stages/stages.ts";
import { startPathUnderLoad } from "./path-under-load.ts";
import type { ProfiledPath } from "./profiled-path.ts";

interface Flags {
  readonly seconds: number;
  readonly rounds: number;
  readonly batch: number;
  readonly profile: boolean;
}

/** Packets a second of one core: of all CPU that the process uses, the ledger's thread and V8's own included. */
const TARGET = 100_000;
const WARM_UP_MS = 1_000;

const flags = new Command("npm run bench:packet-path --")
  .description(
    `Prints how many packets a second the path takes without sockets, and for how much CPU. Exit code 1 for fewer than ` +
      `${count(TARGET)} a second of CPU, all threads of the process counted.`,
  )
  .option("--seconds <n>", "of a round", wholeNumber(1), 3)
  .option("--rounds <n>", "of which the median counts", wholeNumber(1), 5)
  .option("--batch <n>", "entries of one commit, at most", wholeNumber(1, 8_192), 1_000)
  .option("--profile", "once more with V8's sampler on: CPU a packet by stage", false)
  .parse()
  .opts<Flags>();

interface Round {
  readonly perSecond: number;
  /** CPU microseconds a packet: of the path's thread, and of all threads of this process. */
  readonly pathUs: number;
  readonly allUs: number;
}

// In the checkout, not among the system's temporary files: those may be in memory, where a ledger costs nothing.
mkdirSync(join(ROOT, ".cache"), { recursive: true });
const folder = mkdtempSync(join(ROOT, ".cache", "bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
process.once("SIGINT", () => process.exit(130));

console.log(await machineLines(ROOT, new Date()));
await measure();
if (flags.profile) profile();

async function measure(): Promise<void> {
  const path = await startPathUnderLoad({ folder: workplace("measured"), maxTransfers: flags.batch });
  await path.load(WARM_UP_MS);
  const rounds: Round[] = [];
  while (rounds.length < flags.rounds) rounds.push(await round(() => path.load(flags.seconds * 1_000)));
  const { fulfilled, rejected, events, ledger, sumOfBalances, paid } = await path.close();
  const median = (of: (round: Round) => number) =>
    rounds.map(of).sort((a, b) => a - b)[rounds.length >> 1] as number;
  const [pathUs, allUs] = [median((it) => it.pathUs), median((it) => it.allUs)];
  const { batchSizes, commitMs } = ledger;
  console.log(`
${count(median((it) => it.perSecond))} packets/s; medians of ${rounds.length} rounds of ${flags.seconds} s
${us(pathUs)} us CPU a packet in the path's thread: ${count(1e6 / pathUs)} packets a second of it
${us(allUs)} us in all threads of the process, the ledger's too: ${count(1e6 / allUs)} a second of one core

fulfilled ${count(fulfilled)}, rejected ${JSON.stringify(rejected)}; events ${count(events.recorded)}, dropped ${count(events.dropped)}
commits ${count(batchSizes.count)} of ${count(batchSizes.sum / batchSizes.count)} entries, ${us(commitMs.sum / commitMs.count)} ms each, at most ${us(commitMs.max)}
sum of all balances ${sumOfBalances}; bob was paid ${count(Number(paid))} packets`);
  const perCore = 1e6 / allUs;
  if (perCore >= TARGET) return;
  console.error(
    `error: ${count(perCore)} packets a second of one core, the target is ${count(TARGET)}: look at --profile, and at other work here`,
  );
  process.exitCode = 1;
}

async function round(load: () => Promise<number>): Promise<Round> {
  const startMs = performance.now();
  const path = process.threadCpuUsage();
  const all = process.cpuUsage();
  const packets = await load();
  const each = ({ user, system }: NodeJS.CpuUsage) => (user + system) / packets;
  return {
    perSecond: (packets * 1_000) / (performance.now() - startMs),
    pathUs: each(process.threadCpuUsage(path)),
    allUs: each(process.cpuUsage(all)),
  };
}

function profile(): void {
  const profiles = workplace("profiles");
  const program = join(import.meta.dirname, "profiled-path.ts");
  const told = execFileSync(
    process.execPath,
    [
      "--cpu-prof",
      `--cpu-prof-dir=${profiles}`,
      program,
      workplace("profiled"),
      String(flags.batch),
      String(flags.seconds),
    ],
    { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  );
  const { pid, packets, cpu, ...span } = JSON.parse(told) as ProfiledPath;
  const timesOf = (thread: number) => {
    const profile = profileOf(profiles, pid, thread, span);
    if (profile === undefined) throw new Error(`thread ${thread} of ${program} left no profile of this time`);
    return timeByStage(profile, span, thread === 0 ? mainStageOf : ledgerStageOf, NATIVE);
  };
  const seconds = (span.toUs - span.fromUs) / 1e6;
  console.log(`\n${count(packets / seconds)} packets/s for ${flags.seconds} s, profiled\n`);
  const table = stageTable({ packets, seconds, mainUs: timesOf(0), ledgerUs: timesOf(1), cpu });
  for (const line of table) console.log(line);
}

function workplace(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

function us(value: number): string {
  return value.toFixed(2);
}
