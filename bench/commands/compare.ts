import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { Command } from "commander";
import { baselineOf } from "../baseline/baseline.ts";
import type { Baseline, Block } from "../baseline/baseline-schema.ts";
import { BASELINES, baselineFile, nameOf, readBaseline } from "../baseline/store.ts";
import { summaryOf } from "../baseline/summary.ts";
import { compare } from "../compare/compare.ts";
import { wholeLoad } from "../compare/over-time.ts";
import { DEFAULT_POLICY, readPolicy } from "../compare/policy.ts";
import { limitsText } from "../compare/words.ts";
import { Failure } from "../failure.ts";
import { findRun, type RunFolder, readRun, resourcesOf, windowsOf, writeAtomic } from "../results/store.ts";
import { oneLine } from "../results/versioned-json.ts";
import { fromHere } from "../run/voyage.ts";
import { WindowError } from "../windows/window.ts";
import { compareText } from "./compare-text.ts";

interface Flags {
  readonly policy?: string;
  readonly dir: string;
  readonly acrossMachines?: true;
  readonly json?: true;
}

export function addCompare(program: Command): void {
  program
    .command("compare")
    .summary("is a run slower than one before?")
    .description(
      "Compares a run with a baseline or with another run: latency, throughput, right answers, CPU and memory, each with a 95 % interval and a verdict.",
    )
    .argument("<before>", "a run, the name or file of a baseline, or: baseline (that of the run's scenario)")
    .argument("<after>", "a run: a folder, its name in results/, or: latest")
    .option(
      "--policy <file>",
      "YAML with limits of your own, null for none; what it leaves out is as in bench/compare/policy.yaml",
    )
    .option("--across-machines", "compare runs of two machines all the same")
    .option("--dir <dir>", "folder of the baselines", BASELINES)
    .option("--json", "print the comparison as JSON")
    .addHelpText(
      "after",
      `
Examples:
  npx plimsoll compare baseline latest               the latest run beside the baseline of its scenario
  npx plimsoll compare stress.full latest
  npx plimsoll compare results/20261121T100000Z-stress-full latest --json

A change counts when it is both significant and outside of the noise (${DEFAULT_POLICY.noise} %). By default:
${limitsText(DEFAULT_POLICY)
  .map((line) => `  ${line}`)
  .join("\n")}
Leaves compare.html, compare.json and graphs/compare-* in the folder of the run.

Exit codes: 0 same, faster, inconclusive or a warning, 3 a regression that fails, or a target that did not
            answer to the end, 4 nothing to compare, 2 wrong usage: runs of two scenarios, loads or machines,
            or files that are cut or cannot be read.`,
    )
    .action(async (first: string, second: string, flags: Flags) => {
      const policy = flags.policy === undefined ? DEFAULT_POLICY : readPolicy(flags.policy);
      const { baseline: after, folder } = await recorded(second);
      const { baseline: before, folder: other } = await referenced(first, after, flags.dir);
      const comparison = compare(before, after, { policy, acrossMachines: flags.acrossMachines === true });
      const { pagesOf } = await import("../compare/pages.ts");
      const latencies = {
        before: summaryOf(before.blocks).latency,
        after: summaryOf(after.blocks).latency,
      };
      // A baseline keeps what is compared, and no more: beside it a run is drawn of no more either.
      const overTime = other
        ? { before: await wholeLoadOf(other), after: await wholeLoadOf(folder), whole: true }
        : { before: before.blocks, after: after.blocks, whole: false };
      const page = keep(folder.path, await pagesOf(comparison, latencies, overTime));
      process.stdout.write(
        flags.json
          ? `${JSON.stringify(comparison, null, 2)}\n`
          : compareText(comparison, page && fromHere(page)),
      );
      process.exitCode = comparison.exitCode;
    });
}

/** A side of a comparison, and the run it is of where that is at hand. */
interface Referenced {
  readonly baseline: Baseline;
  readonly folder?: RunFolder;
}

/** What the first argument names: a baseline comes before a run of the same name. */
async function referenced(reference: string, after: Baseline, dir: string): Promise<Referenced> {
  if (reference === "baseline") return { baseline: readBaseline(nameOf(after), dir) };
  const isRun = basename(reference) === "run.json" || existsSync(join(reference, "run.json"));
  const isBaseline = baselineFile(reference, dir) !== undefined || /^[\w-]+\.(smoke|full)$/.test(reference);
  if (!isRun && isBaseline) return { baseline: readBaseline(reference, dir) };
  return recorded(reference);
}

async function recorded(reference: string): Promise<Required<Referenced>> {
  const folder = findRun(reference);
  return { baseline: await baselineOf(readRun(folder), windowsOf(folder), resourcesOf(folder)), folder };
}

function wholeLoadOf(folder: RunFolder): Promise<Block[]> {
  return wholeLoad(readRun(folder), windowsOf(folder), resourcesOf(folder)).catch((error: Error) => {
    // What is damaged may lie in a part that is drawn, and not compared.
    if (!(error instanceof WindowError)) throw error;
    throw new Failure("USAGE", `windows.ndjson of ${folder.id}: ${oneLine(error)}`);
  });
}

/** Where the page is; undefined when the run's folder cannot be written to, which takes nothing from the verdict. */
function keep(
  folder: string,
  files: readonly { path: string; content: string | Uint8Array }[],
): string | undefined {
  try {
    for (const { path, content } of files) writeAtomic(join(folder, path), content);
    return join(folder, "compare.html");
  } catch (error) {
    process.stderr.write(`plimsoll: no page was written: ${(error as Error).message}\n`);
    return undefined;
  }
}
