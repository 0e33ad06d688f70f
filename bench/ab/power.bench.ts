/**
 * What `plimsoll ab` finds, and how often it is wrong: the same connector twice, and beside one that works some percent longer
 * for every answer. Exits 1 when a promise is not kept: no false alarm in 40 trials, +10 % found in 9 of 10 within 2 min;
 * 4 when there were too few trials to say.
 *
 *   npm run bench:power       about 3 h; npm run bench:power -- --help
 */
import { appendFileSync } from "node:fs";
import { isAbsolute, relative, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { spin } from "../../targets/connector/spin.ts";
import { duration } from "../format.ts";
import { commitOf } from "../host/commit.ts";
import { commitWord, machineLines, machineWord } from "../host/machine-line.ts";
import { nodeFlagsOf, ROOT, targetBundle } from "../paths.ts";
import { progressLine } from "../probe/progress-line.ts";
import { atWork, Stopped, type Workplace } from "../probe/workplace.ts";
import { wholeNumber } from "../whole-number.ts";
import { compare } from "./compare.ts";
import { keptTrials, type Settings, type Tried } from "./kept-trials.ts";
import { exitCodeOf, mixed, powerTable, promises, provenance } from "./power-table.ts";
import { LEAST_SECONDS } from "./trial.ts";

interface Flags {
  readonly same: number;
  readonly trials: number;
  readonly slower: readonly number[];
  readonly ms: number;
  readonly rate: number;
  readonly seconds: number;
  readonly portBase: number;
  readonly keep?: string;
}

/** The band of `plimsoll ab` unless it is told another. */
const BAND = 0.05;

const flags = new Command("npm run bench:power --")
  .description(
    "Compares the bundled connector with itself, and with one whose service takes longer, again and again, and tells how " +
      "often each was called slower and how long that took. The service is arithmetic, the same number of rounds in every " +
      "process; B has some percent more of them. Exit code 0: no false alarm in 40 trials of the same build, and +10 % found " +
      "in 9 of 10 of at least 20 trials, each within 2 min; 1: a promise is broken; 4: not enough trials to say.",
  )
  .option("--same <n>", "trials of the same build twice", wholeNumber(0), 40)
  .option("--trials <n>", "trials of each difference", wholeNumber(0), 20)
  .option("--slower <list>", "the differences, in percent", percents, [3, 5, 10, 20])
  .option("--ms <n>", "service time of A, about, in ms of CPU", wholeNumber(1), 5)
  .option("--rate <n>", "as in plimsoll ab", wholeNumber(1), 50)
  .option("--seconds <n>", "as in plimsoll ab", wholeNumber(LEAST_SECONDS), 120)
  .option("--port-base <n>", "as in plimsoll ab", wholeNumber(1), 8_300)
  .option(
    "--keep <file>",
    "adds each trial to this file, a line of JSON, and the next time goes on where it ended, at the same --ms, --rate and --seconds",
  )
  .parse()
  .opts<Flags>();

await atWork(flags.portBase, bench);

async function bench(place: Workplace): Promise<void> {
  const { ms, rate, seconds, keep } = flags;
  const settings: Settings = { ms, rate, seconds, band: BAND };
  const all: Tried[] = keep === undefined ? [] : keptTrials(keep, settings);
  const commit = commitWord(await commitOf(ROOT, keep === undefined ? undefined : withinRoot(keep)));
  const made = { settings, machine: machineWord(), commit: commit ?? "unknown" };
  const rounds = roundsOf(ms);
  console.log(await machineLines(ROOT, new Date()));
  console.log(`A: about ${ms} ms of CPU a request, ${rounds} rounds; ${rate} requests/s to each\n`);
  const progress = progressLine(process.stderr);
  if (all.length > 0) console.log(`${all.length} trials of ${keep}\n`);
  const order = mixed(
    new Map([[0, flags.same], ...flags.slower.map((percent) => [percent, flags.trials] as const)]),
    all,
  );
  for (const [i, slowerPercent] of order.entries()) {
    progress.begin(`trial ${i + 1} of ${order.length}`);
    const tried = { ...(await trial(place, slowerPercent, rounds).finally(progress.end)), ...made };
    all.push(tried);
    if (keep !== undefined) appendFileSync(keep, `${JSON.stringify(tried)}\n`);
    console.log(`+${slowerPercent} %: ${tried.verdict} after ${duration(tried.seconds)}${tried.said}`);
  }
  const found = promises(all);
  console.log(`\n${provenance(all)}\n\n${powerTable(all)}\n`);
  for (const { text, kept } of found) console.log(`${text}, ${kept}`);
  process.exitCode = exitCodeOf(found);
}

/** A file as the checkout knows it; undefined where it lies outside. */
function withinRoot(file: string): string | undefined {
  const path = relative(ROOT, resolve(file));
  return path.startsWith("..") || isAbsolute(path) ? undefined : path;
}

async function trial(
  place: Workplace,
  slowerPercent: number,
  rounds: number,
): Promise<Pick<Tried, "slowerPercent" | "verdict" | "seconds"> & { said: string }> {
  if (place.interrupts.requested) throw new Stopped();
  const startMs = performance.now();
  const { ab } = await compare({
    ...flags,
    a: connector(rounds),
    b: connector(Math.round(rounds * (1 + slowerPercent / 100))),
    scenario: "basic-load",
    band: BAND,
    cwd: ROOT,
    out: place.folder,
    interrupts: place.interrupts,
    say: () => {},
    on: { onRound: () => {}, onBlock: () => {}, onLook: () => {} },
  });
  if (place.interrupts.requested) throw new Stopped();
  const seconds = (performance.now() - startMs) / 1000;
  const found = ab.looks.at(-1)?.metrics.map(({ metric, ratio }) => `${metric} ${ratio.toFixed(3)}`);
  const said = found ? ` (${found.join(", ")})` : `: ${ab.reasons[0]}`;
  return { slowerPercent, verdict: ab.verdict, seconds, said };
}

/** The bundled connector as `plimsoll run` starts it, with so much to work for each answer. */
function connector(rounds: number): string {
  const words = [process.execPath, ...nodeFlagsOf("connector"), targetBundle("connector")];
  const own = ["--port-base", "{port}", "--admin-port", "0", "--grpc-port", "0", "--variants", "full"];
  const program = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  return `exec ${program} ${own.join(" ")} --exit-with-parent --fault spin=${rounds}`;
}

/** Rounds that take about so long on a core of this machine; over many, because the clock of CPU time may go in steps. */
function roundsOf(ms: number): number {
  const some = 2_000_000;
  const times = 50;
  spin(some);
  const before = process.cpuUsage();
  for (let i = 0; i < times; i++) spin(some);
  const { user, system } = process.cpuUsage(before);
  return Math.round((some * times * ms) / ((user + system) / 1000) / 1000) * 1000;
}

function percents(text: string): number[] {
  const list = text.split(",").map(Number);
  if (!list.every((percent) => percent > 0 && percent <= 1000))
    throw new InvalidArgumentError("It looks like 3,5,10.");
  return list;
}
