import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { z } from "zod";
import { abSchema } from "../ab/ab-schema.ts";
import { ROOT } from "../paths.ts";
import { isFlaky } from "../results/is-flaky.ts";
import { runSchema } from "../results/run-schema.ts";
import { Child } from "../run/child.ts";
import type { Interrupts } from "../run/interrupts.ts";
import type { Step } from "./tiers.ts";

/** How a step went. */
export interface Outcome {
  readonly step: Step;
  /** Undefined when it was not run any more. */
  readonly exitCode: number | undefined;
  /** In a word or two. */
  readonly verdict: string;
  readonly seconds: number;
  /** What it printed. */
  readonly log: string;
  /** Folders of the runs it made. */
  readonly runs: readonly string[];
  /** The comparison it made. */
  readonly ab?: string;
}

export interface Surroundings {
  /** What takes a step's argv: Node and the command. */
  readonly program: readonly [string, ...string[]];
  /** Folder of the runs. */
  readonly results: string;
  readonly interrupts: Interrupts;
}

/** A run that failed is made once more in CI; whoever takes longer than that hangs. */
const MOST_TIMES = 3;
const START_SECONDS = 60;
/** After it was asked to end. */
const GRACE_MS = 30_000;
/** After it was asked a second time, when it only removes what it made: worktrees and temporary folders. */
const TIDY_MS = 5_000;

const madeRun = runSchema.pick({ run: true, verdict: true, retryOf: true });
const madeAb = abSchema.pick({ id: true, verdict: true });

/**
 * Runs a step to its end, quietly: what it prints goes to its log, but for the JSON lines of `run` and `ab`, which say what they
 * made. Ctrl-C asks it to end, a second one to hurry.
 */
export async function runStep(
  step: Step,
  log: string,
  { program, results, interrupts }: Surroundings,
): Promise<Outcome> {
  const [command, ...first] = program;
  const startedMs = performance.now();
  const file = openSync(log, "a");
  const made: { runs: string[]; ab?: string; verdict?: string } = { runs: [] };
  let late = false;
  try {
    const child = new Child(command, [...first, ...step.argv], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", file],
    });
    const timers: NodeJS.Timeout[] = [];
    const hurry = () => {
      child.signal("SIGTERM");
      timers.push(setTimeout(() => child.signal("SIGKILL"), TIDY_MS));
    };
    interrupts.onFirst(() => child.signal("SIGTERM"));
    interrupts.onSecond(hurry);
    const limit = setTimeout(
      () => {
        late = true;
        child.signal("SIGTERM");
        timers.push(setTimeout(hurry, GRACE_MS));
      },
      (step.seconds * MOST_TIMES + START_SECONDS) * 1_000,
    );
    try {
      for await (const line of createInterface({ input: child.process.stdout as Readable })) {
        const run = step.argv[0] === "run" ? read(madeRun, line) : undefined;
        const ab = step.argv[0] === "ab" ? read(madeAb, line) : undefined;
        if (run) made.runs.push(join(results, run.run));
        if (ab) made.ab = join(results, ab.id, "ab.json");
        if (run) made.verdict = isFlaky(run) ? "flaky" : (run.verdict ?? undefined);
        else if (ab) made.verdict = ab.verdict;
        else writeSync(file, `${line}\n`);
      }
      const { exitCode, signal } = await child.ended;
      const code = late ? 1 : (exitCode ?? 1);
      const lacks = code === 4 && step.mayLackData === true;
      const word = late ? "too slow" : lacks ? "no data yet" : (made.verdict ?? signal ?? wordOf(step, code));
      return {
        step,
        exitCode: lacks ? 0 : code,
        verdict: word,
        seconds: (performance.now() - startedMs) / 1_000,
        log,
        runs: made.runs,
        ...(made.ab !== undefined && { ab: made.ab }),
      };
    } finally {
      clearTimeout(limit);
      for (const timer of timers) clearTimeout(timer);
      interrupts.onFirst(() => {});
      interrupts.onSecond(undefined);
    }
  } finally {
    closeSync(file);
  }
}

/** A step that Ctrl-C came before. */
export function notRun(step: Step, log: string): Outcome {
  return { step, exitCode: undefined, verdict: "not run", seconds: 0, log, runs: [] };
}

function read<T>(schema: z.ZodType<T>, line: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** What a step that gates on others' runs found in them. */
const GATED: Readonly<Record<number, string>> = { 99: "fail", 3: "regression", 4: "no data" };

/** Of steps that print no verdict of their own. A gate that closes is no step that broke. */
function wordOf({ argv }: Step, code: number): string {
  if (code === 0) return "done";
  const found = argv.includes("--gate") ? GATED[code] : undefined;
  return found === undefined ? "failed" : `gate: ${found}`;
}
