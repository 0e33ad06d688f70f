import { join } from "node:path";
import type { Command } from "commander";
import { SCENARIOS } from "../../scenarios/plans.ts";
import { Failure } from "../failure.ts";
import { INSPECTABLE } from "../profile/inspector.ts";
import { keep } from "../profile/keep.ts";
import { Profiler } from "../profile/profiler.ts";
import { stretchesOf } from "../profile/stretches.ts";
import { PROFILE_FOLDER, PROFILED } from "../results/profiled.ts";
import type { Run } from "../results/run-schema.ts";
import { writeRun } from "../results/store.ts";
import { Interrupts } from "../run/interrupts.ts";
import { fromHere, voyage } from "../run/voyage.ts";
import { targetFlags } from "./attempt.ts";
import { type LoadFlags, loadOptions } from "./load-options.ts";
import { checkEnv, planOrFailure } from "./run.ts";

interface ProfileFlags extends LoadFlags {
  readonly member?: string;
  readonly heap: boolean;
}

export function addProfile(program: Command): void {
  loadOptions(
    program
      .command("profile")
      .summary("where a target's CPU and memory go, under load")
      .description(
        "Loads a target as `run` does and samples its CPU for the longest steady stage of the load, with a heap " +
          "snapshot before and after: a flame graph, the dearest functions, and what grew. The target has to be a " +
          "Node process that this command starts. Sampling and snapshots slow it down, so there is no verdict.",
      )
      .argument("<scenario>", `what to run: ${Object.keys(SCENARIOS).join(", ")}`),
    "smoke",
  )
    .option("--member <name>", "process of a target that has several (default: its first, A of a network)")
    .option("--no-heap", "no heap snapshots: each holds the target up for a second or more")
    .addHelpText(
      "after",
      `
Examples:
  npx plimsoll profile basic-load
  npx plimsoll profile soak --member bob --no-heap
  npx plimsoll profile basic-load --target-cmd "node server.js" --url http://127.0.0.1:8200

It leaves results/<run>/profile/: flame.html, flame.svg, top.txt, and for Chrome DevTools <process>.cpuprofile and
<process>-1.heapsnapshot, -2.heapsnapshot.`,
    )
    .action(async (name: string, flags: ProfileFlags) => {
      process.exitCode = await profile(name, flags);
    });
}

async function profile(name: string, flags: ProfileFlags): Promise<number> {
  if (flags.url !== undefined && flags.targetCmd === undefined) {
    throw new Failure(
      "USAGE",
      "a server that runs already cannot be profiled: let us start it, --target-cmd",
    );
  }
  const plan = planOrFailure(name, flags);
  checkEnv([name], flags.env);
  const interrupts = new Interrupts(
    process.stderr,
    "killed; a run that was under way is left marked as incomplete",
  );
  const profiler = new Profiler({
    stretches: stretchesOf(plan),
    heap: flags.heap,
    ...(flags.member !== undefined && { member: flags.member }),
    interrupted: () => interrupts.requested,
    folder: ({ run }) => join(flags.out, run),
  });
  try {
    const { run, folder } = await voyage({
      plan,
      out: flags.out,
      screen: process.stderr,
      interrupts,
      ...(flags.url !== undefined && { url: flags.url }),
      ...(flags.env && { env: flags.env }),
      ...(flags.targetCmd !== undefined && { targetCommand: flags.targetCmd }),
      targetFlags: targetFlags(plan, flags),
      targetEnv: INSPECTABLE,
      onlooker: profiler,
    });
    writeRun(folder, notJudged(run));
    const profiled = await profiler.end();
    if (profiled === undefined) {
      if (interrupts.requested) throw new Failure("NO_DATA", "interrupted before it was profiled");
      const why = run.reasons[0] === undefined ? "" : `: ${run.reasons[0]}`;
      throw new Failure("NO_DATA", `the run ended before it was profiled${why}`);
    }
    const inFolder = join(folder.path, PROFILE_FOLDER);
    const title = `${profiled.process} under ${run.scenario} ${run.profile}`;
    process.stdout.write(
      `\n${keep(inFolder, title, profiled, run.generator.dropped.count)}\n  ${fromHere(join(inFolder, "flame.html"))}\n\n`,
    );
    return 0;
  } finally {
    interrupts.release();
  }
}

/** A run that was slowed down on purpose says nothing of the SLA, whoever reads it later. */
function notJudged(run: Run): Run {
  return {
    ...run,
    verdict: "invalid",
    exitCode: 4,
    reasons: [PROFILED],
  };
}
