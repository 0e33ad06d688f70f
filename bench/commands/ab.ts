import { join } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { createLogUpdate } from "log-update";
import { abScenarios, compare } from "../ab/compare.ts";
import { LEAST_SECONDS, MOST_SECONDS, shapeOf } from "../ab/trial.ts";
import { RESULTS } from "../results/store.ts";
import { Interrupts } from "../run/interrupts.ts";
import { fromHere } from "../run/voyage.ts";
import { wholeNumber } from "../whole-number.ts";
import { abText, lookText, progressText } from "./ab-text.ts";

interface Flags {
  readonly scenario: string;
  readonly rate: number;
  readonly seconds: number;
  readonly band: number;
  readonly start?: string;
  readonly portBase: number;
  readonly out: string;
  readonly json?: true;
}

/** Requests a second to each build: enough to compare, and few enough for both of some ms of CPU on two cores. */
const RATE = 50;
const SECONDS = 120;
const BAND_PERCENT = 5;
const PORT_BASE = 8300;

export function addAb(program: Command): void {
  program
    .command("ab")
    .summary("load two builds at the same time: is B slower than A?")
    .description(
      "Loads two builds at the same time, from one schedule, so that a noisy machine is noisy to both; compares them second " +
        "by second, on several fresh pairs of processes, and stops as soon as it is decided. Exits 3 when B is slower, 0 when " +
        "it is faster, the same, or it cannot be told; 99 when B dies or fails, 4 when there is nothing to compare.",
    )
    .argument("<A>", 'a git ref, or a command that serves at $PORT (or {port}): "node server.mjs"')
    .argument("<B>", "the same; A once more is a trial of the method")
    .option("--scenario <name>", `whose call is made: ${abScenarios().join(", ")}`, "basic-load")
    .option("--rate <n>", "requests a second to each build", wholeNumber(1, 100_000), RATE)
    .option(
      "--seconds <n>",
      "the most it may take, beside checking out, installing and bundling; no round begins that would not end in it",
      wholeNumber(LEAST_SECONDS, MOST_SECONDS),
      SECONDS,
    )
    .addOption(
      new Option("--band <percent>", "differences up to this are called the same")
        .argParser(percent)
        // Kept as a share, and told as the user types it.
        .default(BAND_PERCENT / 100, `${BAND_PERCENT}`),
    )
    .option(
      "--start <command>",
      "how a git ref is started in its checkout, at $PORT (default: its bundled connector)",
    )
    .option(
      "--port-base <n>",
      "ports of the builds: this one and 50 above it",
      wholeNumber(1, 65_000),
      PORT_BASE,
    )
    .option("--out <dir>", "folder that gets a folder for each run", RESULTS)
    .option("--json", "print ab.json on stdout in one line; the rest goes to stderr")
    .addHelpText(
      "after",
      `
Examples:
  npx plimsoll ab main HEAD                                 the bundled connector of two commits
  npx plimsoll ab main HEAD --start "npm start"             any server of this repository
  npx plimsoll ab "node old.mjs --port {port}" "node new.mjs --port {port}" --rate 200
  npx plimsoll ab HEAD $(git stash create)                  what you have not committed yet
  npx plimsoll ab HEAD HEAD                                 the same build twice: what does the method say?`,
    )
    .action(async (a: string, b: string, flags: Flags) => {
      process.exitCode = await ab(a, b, flags);
    });
}

async function ab(a: string, b: string, { out, json, ...flags }: Flags): Promise<number> {
  const screen = process.stderr;
  const interrupts = new Interrupts(screen, "killed");
  const shape = shapeOf(flags.seconds);
  const line = liveLine(screen);
  try {
    const { ab, folder } = await compare({
      ...flags,
      a,
      b,
      out,
      cwd: process.cwd(),
      interrupts,
      say: line.say,
      on: {
        onRound: (round) => line.draw(`round ${round + 1} of at most ${shape.rounds}: both builds start`),
        onBlock: (blocks) => line.draw(progressText(blocks, shape)),
        onLook: (look) => line.say(lookText(look)),
      },
    });
    line.end();
    if (json) process.stdout.write(`${JSON.stringify(ab)}\n`);
    (json ? screen : process.stdout).write(abText(ab, fromHere(join(folder.path, "report.html"))));
    return ab.exitCode;
  } finally {
    line.end();
    interrupts.release();
  }
}

/** A line that is drawn over on a terminal; elsewhere only what is said for good is written. */
function liveLine(screen: NodeJS.WriteStream) {
  const update = screen.isTTY ? createLogUpdate(screen, { showCursor: true }) : undefined;
  return {
    draw: (text: string) => update?.(text.slice(0, (screen.columns || 80) - 1)),
    say: (text: string) => {
      update?.clear();
      screen.write(`${text}\n`);
    },
    end: () => update?.clear(),
  };
}

function percent(text: string): number {
  const value = Number(text.replace(/\s*%$/, ""));
  if (!(value > 0 && value <= 100)) throw new InvalidArgumentError("It is a percentage above 0: 5");
  return value / 100;
}
