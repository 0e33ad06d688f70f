/**
 * What each knob of the soak does: p50, p99, p99.9 and CPU with it, beside the bundled setting. All settings run in each
 * round, and are compared within it, since a shared machine is another one every few minutes; the bundled one runs several
 * times, and what it is off from itself is no effect.
 *
 *   npm run bench:knobs        25 minutes; npm run bench:knobs -- --help
 */
import { Command } from "commander";
import { Failure } from "../failure.ts";
import { count } from "../format.ts";
import { hostOf } from "../host/host.ts";
import { machineLines } from "../host/machine-line.ts";
import { ROOT } from "../paths.ts";
import { wholeNumber } from "../whole-number.ts";
import { effectsOf, orderOf, type Round } from "./effects.ts";
import { BUNDLED, KNOBS, type Knob } from "./knobs.ts";
import { bundledRow, figuresOf, KNOBS_HEADER, knobRow } from "./knobs-table.ts";
import { noiseOf } from "./noise.ts";
import { probe } from "./probe.ts";
import { progressLine } from "./progress-line.ts";
import type { Reading } from "./reading.ts";
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
    "Runs the soak with each knob turned, and prints what it does beside the bundled setting in the same round: " +
      "medians of the rounds, and ~ where they do not agree, or where the bundled setting is as far from itself. " +
      "After Ctrl-C the whole rounds are printed.",
  )
  .option("--rate <n>", "packets/s", wholeNumber(1), 10_000)
  .option("--seconds <n>", "how long each is loaded", wholeNumber(3), 15)
  .option("--rounds <n>", "how often", wholeNumber(1), 3)
  .option("--only <text,...>", "knobs whose names have one of these in them: ledger,GOGC")
  .option("--port-base <n>", "BTP port of the network, as in: plimsoll up ilp", wholeNumber(1), 3_000)
  .parse()
  .opts<Flags>();

/** The bundled setting runs again after so many knobs. */
const EVERY = 3;

interface Run {
  readonly knob: Knob;
  readonly reading: Reading;
}

await atWork(flags.portBase, bench);

async function bench(place: Workplace): Promise<void> {
  const { rate, seconds } = flags;
  const knobs = chosen(flags.only);
  console.log(await machineLines(ROOT, new Date()));
  const rounds: Run[][] = [];
  let cut: unknown;
  try {
    for (let n = 0; n < flags.rounds; n++) rounds.push(await round(n, knobs, place));
  } catch (error) {
    // Rounds that are whole say what they say, however the last one ended.
    if (rounds.length === 0) throw error;
    cut = error;
  }
  console.log(
    `${count(rate)} packets/s for ${seconds} s, medians of ${rounds.length} rounds, beside bundled in`,
  );
  console.log("the same round; times from the intended start, CPU in cores\n");
  console.log(KNOBS_HEADER);
  const effects = effectsOf(rounds.map((runs) => figuresOfRound(runs, knobs)));
  console.log(bundledRow(BUNDLED.label, effects.baseline));
  for (const [n, { label }] of knobs.entries()) console.log(knobRow(label, effects.knobs[n] ?? {}));
  const all = rounds.flat();
  const readings = all.map(({ reading }) => reading);
  for (const line of [...flaws(all), ...noiseOf(readings, hostOf().cores)]) console.log(line);
  if (cut !== undefined) throw cut;
}

function chosen(only: string | undefined): readonly Knob[] {
  if (only === undefined) return KNOBS;
  const words = only.toLowerCase().split(",");
  const found = KNOBS.filter(({ label }) => words.some((word) => label.toLowerCase().includes(word)));
  if (found.length > 0) return found;
  throw new Failure("USAGE", `no knob is named so; there are ${KNOBS.map(({ label }) => label).join(", ")}`);
}

async function round(n: number, knobs: readonly Knob[], place: Workplace): Promise<Run[]> {
  const { rate, seconds, rounds } = flags;
  const progress = progressLine(process.stderr);
  const order = orderOf(knobs.length, Math.floor((n * knobs.length) / rounds), EVERY);
  const runs: Run[] = [];
  for (const [i, at] of order.entries()) {
    const knob = at === undefined ? BUNDLED : (knobs[at] as Knob);
    progress.begin(`round ${n + 1} of ${rounds}, ${i + 1} of ${order.length}: ${knob.label}`);
    const reading = await probe({ rate, seconds, setting: knob.setting }, place).finally(progress.end);
    runs.push({ knob, reading });
  }
  return runs;
}

function figuresOfRound(runs: readonly Run[], knobs: readonly Knob[]): Round {
  const of = (wanted: Knob) =>
    runs.filter(({ knob }) => knob === wanted).map(({ reading }) => figuresOf(reading));
  return { bundled: of(BUNDLED), knobs: knobs.flatMap(of) };
}

/** Runs that broke by something else than latency: their figures are of another load than the others'. */
function flaws(runs: readonly Run[]): string[] {
  return runs.flatMap(({ knob, reading: { outcome, complaint } }) =>
    outcome === "held" || outcome === "latency"
      ? []
      : [`${knob.label}: ${outcome}${complaint === undefined ? "" : `: ${complaint}`}`.slice(0, 80)],
  );
}
