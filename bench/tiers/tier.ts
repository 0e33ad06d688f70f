/**
 * Runs a tier: scenarios and what comes after them, one after the other, as CI does.
 *
 *   npm run tier:1        smoke, on every push; npm run tier:1 -- --help
 *   npm run tier:2        comprehensive, before a merge
 *   npm run tier:3        full, at night: two hours
 */
import { join, resolve } from "node:path";
import { Argument, Command, CommanderError } from "commander";
import { Failure } from "../failure.ts";
import { ROOT } from "../paths.ts";
import { progressLine } from "../probe/progress-line.ts";
import { RESULTS } from "../results/store.ts";
import { Interrupts } from "../run/interrupts.ts";
import { baseOf } from "./base.ts";
import { makeRoom, runTier } from "./run-tier.ts";
import { outcomeText, planText, tierText } from "./text.ts";
import { stepsOf, TIER_NAMES, TIERS, type TierName } from "./tiers.ts";
import { worstOf } from "./worst.ts";

interface Flags {
  readonly base?: string;
  readonly results: string;
  readonly dryRun?: true;
}

const program = new Command("node bench/tiers/tier.ts")
  .description(
    "Runs a tier of scenarios as CI does, all of them even when one fails, then sums them up in <results>/summary. " +
      `1: ${TIERS["1"].title}. 2: ${TIERS["2"].title}. 3: ${TIERS["3"].title}.`,
  )
  .addArgument(new Argument("<tier>", "which").choices(TIER_NAMES))
  .option("--base <ref>", "tier 2: compare HEAD with this commit (default: where this branch left main)")
  .option("--results <dir>", "folder that gets a folder for each run", RESULTS)
  .option("--dry-run", "list the steps and how long each should take")
  .addHelpText(
    "after",
    `
Examples:
  npm run tier:1
  npm run tier:2 -- --base main
  npm run tier:3 -- --results /tmp/tonight

Exit code: the worst of the steps. What was found out comes first: 99 SLA crossed, 3 regression, 4 nothing measured,
           1 a fault of ours, 2 wrong usage; 130 after Ctrl-C.`,
  )
  .exitOverride()
  .configureOutput({
    outputError: (text, write) =>
      write(`${text.replace(/^error: /, "tier: ")}(npm run tier:1 -- --help shows what there is)\n`),
  })
  .allowExcessArguments()
  .action(async (tier: TierName, flags: Flags, { args }: Command) => {
    // npm run names the tier itself: what the user typed comes behind it.
    const [, extra] = args;
    if (extra !== undefined)
      throw new Failure(
        "USAGE",
        `"${extra}" is one word too many: a tier takes flags only (npm run tier:${tier} -- --help shows them)`,
      );
    process.exitCode = await sail(tier, flags);
  });

async function sail(tier: TierName, { base: named, results: folder, dryRun }: Flags): Promise<number> {
  const results = resolve(folder);
  const compares = TIERS[tier].steps.some(({ argv }) => argv.includes("{base}"));
  if (named !== undefined && !compares)
    throw new Failure("USAGE", `tier ${tier} compares no commits: no --base`);
  const base = compares ? await baseOf(named, ROOT) : undefined;
  const ref = base && "ref" in base ? base.ref : undefined;
  const steps = stepsOf(tier, results, ref);
  if (base)
    process.stderr.write(
      `ab: ${"ref" in base ? `HEAD against ${base.name}` : `left out, ${base.leftOut}`}\n`,
    );
  if (dryRun) {
    process.stdout.write(planText(tier, steps));
    return 0;
  }
  const logs = join(results, `tier-${tier}`);
  makeRoom(results, logs);
  const interrupts = new Interrupts(process.stderr, "killed");
  const hint = () => process.stderr.write("\nstopping; Ctrl-C again to hurry, a third kills everything\n");
  process.once("SIGINT", hint);
  const progress = progressLine(process.stderr);
  try {
    const outcomes = await runTier({
      steps,
      results,
      logs,
      program: [process.execPath, join(ROOT, "bench", "main.ts")],
      interrupts,
      on: {
        begin: (step, n, of) => progress.begin(`${n}/${of} ${step.title}`),
        end: (outcome) => {
          progress.end();
          process.stderr.write(`${outcomeText(outcome)}\n`);
        },
      },
    });
    const worst = interrupts.requested ? 130 : worstOf(outcomes.map(({ exitCode }) => exitCode ?? 0));
    process.stdout.write(tierText(tier, outcomes, results, worst));
    return worst;
  } finally {
    progress.end();
    process.off("SIGINT", hint);
    interrupts.release();
  }
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof Failure) {
    process.stderr.write(`tier: ${error.message}\n`);
    process.exitCode = error.exitCode;
  } else throw error;
}
