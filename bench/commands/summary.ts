import { join } from "node:path";
import type { Command } from "commander";
import { BASELINES } from "../baseline/store.ts";
import { DEFAULT_POLICY, readPolicy } from "../compare/policy.ts";
import { Failure } from "../failure.ts";
import { versionOfPlimsoll } from "../host/versions.ts";
import { RESULTS, writeAtomic } from "../results/store.ts";
import { fromHere } from "../run/voyage.ts";
import { gather } from "../summary/gather.ts";
import { summarize } from "../summary/summarize.ts";
import { summaryText } from "./summary-text.ts";

interface Flags {
  readonly results: string;
  readonly dir: string;
  readonly ab: readonly string[];
  readonly missing: readonly string[];
  readonly policy?: string;
  readonly out: string;
  readonly gate?: true;
  readonly json?: true;
}

export function addSummary(program: Command): void {
  program
    .command("summary")
    .summary("one report of a set of runs, and what to do next")
    .description(
      "Makes one report of a set of runs: verdicts, latency, throughput, resources, the delta to each baseline, the trend " +
        "of the last 30 days, what to do next; and a comment for a pull request.",
    )
    .argument(
      "[runs...]",
      "folders, names in results/, or: latest (default: the newest of each scenario and profile)",
    )
    .option("--results <dir>", "folder of the runs; their history is in history/ there", RESULTS)
    .option("--dir <dir>", "folder of the baselines", BASELINES)
    .option("--ab <file>", "ab.json of two builds that were compared; may be given again", listed, [])
    .option(
      "--missing <what>",
      "what should be in the set and left no result; it is named, and not measured; may be given again",
      listed,
      [],
    )
    .option(
      "--policy <file>",
      "YAML with limits of your own; what it leaves out is as in bench/compare/policy.yaml",
    )
    .option("--out <dir>", "folder of the report", join(RESULTS, "summary"))
    .option("--gate", "exit with the code of the worst that was found")
    .option("--json", "print the summary as JSON")
    .addHelpText(
      "after",
      `
Examples:
  npx plimsoll summary
  npx plimsoll summary latest --gate
  npx plimsoll summary --ab results/20261121T100000Z-ab-basic-load/ab.json --out out

Leaves benchmark-report.md, benchmark-results.json, benchmark-graphs.png, report.html and comment.md (for a pull
request; its first line is the verdict) in --out.

Exit codes: 0 when the report was made, 4 when no run says anything of its target, 2 wrong usage, or files that
            cannot be read. With --gate the worst of the set, in this order: 99 an SLA was crossed, 3 slower than
            a baseline or another build, 4 a run measured nothing or its generator, or is missing, else 0.`,
    )
    .action(async (runs: string[], flags: Flags) => {
      process.exitCode = await summary(runs, flags);
    });
}

function listed(one: string, before: readonly string[]): string[] {
  return [...before, one];
}

async function summary(
  runs: readonly string[],
  { results, dir, ab, missing, policy, out, gate, json }: Flags,
): Promise<number> {
  const limits = policy === undefined ? DEFAULT_POLICY : readPolicy(policy);
  const gathered = await gather(runs, limits, { results, dir, abFiles: ab });
  const found = summarize(gathered, versionOfPlimsoll(), missing);
  // Charts are a large import; nothing that fails early needs them.
  const { filesOf } = await import("../summary/files.ts");
  const files = await filesOf(found, gathered, out);
  try {
    for (const { path, content } of files) writeAtomic(join(out, path), content);
  } catch (error) {
    throw new Failure("USAGE", `cannot write a report to ${out}: ${(error as Error).message}`);
  }
  const written = files.map(({ path }) => fromHere(join(out, path)));
  process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : summaryText(found, written));
  if (!found.measured) return 4;
  return gate ? found.exitCode : 0;
}
