/**
 * What each knob of the soak does: p50, p99, p99.9 and CPU with it, beside the bundled setting. All settings run in each
 * round, and are compared within it, since a shared machine is another one every few minutes.
 *
 *   npm run bench:knobs        15 minutes; npm run bench:knobs -- --help
 */
import { Command } from "commander";
import { Failure } from "../failure.ts";
import { count } from "../format.ts";
import { hostOf } from "../host/host.ts";
import { machineLines } from "../host/machine-line.ts";
import { ROOT } from "../paths.ts";
import { effectsOf } from "./effects.ts";
import { BUNDLED, KNOBS, type Knob } from "./knobs.ts";
import { figuresOf, KNOBS_HEADER, knobRow } from "./knobs-table.ts";
import { noiseOf } from "./noise.ts";
import { probe } from "./probe.ts";
import { progressLine } from "./progress-line.ts";
import type { Reading } from "./reading.ts";
import { wholeNumber } from "./whole-number.ts";
import { atWork, type Workplace } from "./workplace.ts";

interface Flags {
  readonly rate: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly only?: string;
  readonly portBase: number;
}

const flags = new Command("npm run bench:knobs --")
  .description(
    "Runs the soak with each knob turned, and prints what it does beside the bundled setting in the same round. " +
      "Medians of the rounds; ~ where they do not agree on more or less. After Ctrl-C the whole rounds are printed.",
  )
  .option("--rate <n>", "packets/s", wholeNumber(1), 10_000)
  .option("--seconds <n>", "how long each is loaded", wholeNumber(3), 15)
  .option("--rounds <n>", "how often", wholeNumber(1), 3)
  .option("--only <text,...>", "knobs whose names have one of these in them: ledger,GOGC")
  .option("--port-base <n>", "BTP port of the network, as in: plimsoll up ilp", wholeNumber(1), 3_000)
  .parse()
  .opts<Flags>();

await atWork(flags.portBase, bench);

async function bench(place: Workplace): Promise<void> {
  const { rate, seconds, rounds } = flags;
  const settings = [BUNDLED, ...chosen(flags.only)];
  console.log(await machineLines(ROOT, new Date()));
  const done: Reading[][] = [];
  let cut: unknown;
  try {
    for (let n = 0; n < rounds; n++) done.push(await round(n, settings, place));
  } catch (error) {
    // Rounds that are whole say what they say, however the last one ended.
    if (done.length === 0) throw error;
    cut = error;
  }
  console.log(`${count(rate)} packets/s for ${seconds} s, medians of ${done.length} rounds;`);
  console.log("times from the intended start, CPU in cores, and against bundled in its round\n");
  console.log(KNOBS_HEADER);
  const effects = effectsOf(done.map((readings) => readings.map(figuresOf)));
  for (const [n, { label }] of settings.entries()) console.log(knobRow(label, effects[n] ?? {}, n === 0));
  for (const line of [...flaws(settings, done), ...noiseOf(done.flat(), hostOf().cores)]) console.log(line);
  if (cut !== undefined) throw cut;
}

function chosen(only: string | undefined): readonly Knob[] {
  if (only === undefined) return KNOBS;
  const words = only.toLowerCase().split(",");
  const found = KNOBS.filter(({ label }) => words.some((word) => label.toLowerCase().includes(word)));
  if (found.length > 0) return found;
  throw new Failure("USAGE", `no knob is named so; there are ${KNOBS.map(({ label }) => label).join(", ")}`);
}

/** Every setting once; each round begins with another, so that none always has the same neighbour in time. */
async function round(n: number, settings: readonly Knob[], place: Workplace): Promise<Reading[]> {
  const { rate, seconds, rounds } = flags;
  const progress = progressLine(process.stderr);
  const first = Math.floor((n * settings.length) / rounds);
  const readings: Reading[] = [];
  for (let i = 0; i < settings.length; i++) {
    const at = (first + i) % settings.length;
    const { label, setting } = settings[at] as Knob;
    progress.begin(`round ${n + 1} of ${rounds}, ${i + 1} of ${settings.length}: ${label}`);
    readings[at] = await probe({ rate, seconds, setting }, place).finally(progress.end);
  }
  return readings;
}

/** Runs that broke by something else than latency: their figures are of another load than the others'. */
function flaws(settings: readonly Knob[], rounds: readonly (readonly Reading[])[]): string[] {
  return settings.flatMap(({ label }, n) => {
    const broken = rounds
      .map((readings) => (readings[n] as Reading).outcome)
      .filter((outcome) => outcome !== "held" && outcome !== "latency");
    return broken.length === 0
      ? []
      : [`${label}: ${broken.join(", ")} in ${broken.length} of ${rounds.length}`];
  });
}
