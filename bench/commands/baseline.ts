import Table from "cli-table3";
import type { Command } from "commander";
import { baselineOf } from "../baseline/baseline.ts";
import type { Baseline } from "../baseline/baseline-schema.ts";
import {
  BASELINES,
  baselineFile,
  nameOf,
  readBaseline,
  readBaselines,
  writeBaseline,
} from "../baseline/store.ts";
import { partsOf, summaryOf } from "../baseline/summary.ts";
import { bytes, cores, count, latency, moment, percent, significant } from "../format.ts";
import { hostOf } from "../host/host.ts";
import { findRun, readRun, resourcesOf, windowsOf } from "../results/store.ts";
import { fromHere } from "../run/voyage.ts";

interface Flags {
  readonly dir: string;
  readonly json?: true;
}

const DIR = ["--dir <dir>", "folder of the baselines", BASELINES] as const;

export function addBaseline(program: Command): void {
  const baseline = program
    .command("baseline")
    .summary("keep a run for later ones to be compared with")
    .description(
      "Keeps runs as baselines: one for each scenario and profile, in results/baselines/, small enough to commit.",
    )
    .addHelpText(
      "after",
      `
Examples:
  npx plimsoll baseline save latest
  npx plimsoll baseline show basic-load.smoke
  npx plimsoll compare baseline latest        the latest run beside the baseline of its scenario`,
    );
  baseline
    .command("save")
    .summary("make a run the baseline of its scenario and profile")
    .description("Makes a run the baseline of its scenario and profile, in place of the one there was.")
    .argument("<run>", "a folder, the name of a run in results/, or: latest")
    .option(...DIR)
    .addHelpText("after", "\nExample:\n  npx plimsoll baseline save latest && git add results/baselines")
    .action(async (reference: string, { dir }: Flags) => {
      const folder = findRun(reference);
      const run = readRun(folder);
      const saved = await baselineOf(run, windowsOf(folder), resourcesOf(folder));
      const before = baselineFile(nameOf(saved), dir);
      const file = writeBaseline(saved, dir);
      const notes = [
        ...(before ? ["in place of the one there was"] : []),
        ...(run.verdict === "fail" ? [`its run did not hold its SLA: ${run.reasons[0]}`] : []),
        ...(run.commit?.dirty ? ["its run was of changes that are not committed"] : []),
      ];
      process.stdout.write(`${fromHere(file)}\n${notes.map((note) => `  ${note}\n`).join("")}`);
    });
  baseline
    .command("show")
    .summary("what a baseline measured, where and when")
    .description("Shows what a baseline measured, part by part, where and when.")
    .argument("<name>", "<scenario>.<profile>, or a file")
    .option(...DIR)
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx plimsoll baseline show basic-load.smoke")
    .action((name: string, { dir, json }: Flags) => {
      const found = readBaseline(name, dir);
      process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : shown(found));
    });
  baseline
    .command("list")
    .summary("the baselines there are")
    .description("Lists the baselines there are.")
    .option(...DIR)
    .option("--json", "print name, run, commit and host of each as JSON")
    .addHelpText(
      "after",
      "\nExample:\n  npx plimsoll baseline list\n\nFiles that cannot be read are left out, a line each on stderr, with exit code 2.",
    )
    .action(({ dir, json }: Flags) => {
      const { baselines, unreadable } = readBaselines(dir);
      if (json) process.stdout.write(`${JSON.stringify(baselines.map(headOf), null, 2)}\n`);
      else if (baselines.length > 0 || unreadable.length === 0) process.stdout.write(listed(baselines));
      for (const { message } of unreadable) process.stderr.write(`plimsoll: left out: ${message}\n`);
      if (unreadable[0]) process.exitCode = unreadable[0].exitCode;
    });
}

function headOf(baseline: Baseline) {
  const { blocks, ...head } = baseline;
  return { name: nameOf(baseline), ...head, blocks: blocks.length };
}

function listed(baselines: readonly Baseline[]): string {
  if (baselines.length === 0) return "there is no baseline yet: npx plimsoll baseline save latest\n";
  const here = hostOf().fingerprint;
  const table = new Table({
    head: ["baseline", "commit", "of", "machine", "p95"],
    style: { head: [], border: [] },
    colWidths: [28, 10, 12, 14, 10],
    wordWrap: true,
  });
  for (const baseline of baselines) {
    const { host, startedAt } = baseline;
    table.push([
      nameOf(baseline),
      commitText(baseline),
      startedAt.slice(0, 10),
      host.fingerprint === here ? "this one" : "another",
      latency(summaryOf(baseline.blocks).latency.percentile(95) ?? Number.NaN),
    ]);
  }
  return `${table.toString()}\n`;
}

function commitText({ commit }: Pick<Baseline, "commit">): string {
  return commit === null ? "–" : `${commit.sha.slice(0, 7)}${commit.dirty ? "+" : ""}`;
}

function shown(baseline: Baseline): string {
  const { run, host, commit, versions, startedAt, target, blockSeconds, blocks } = baseline;
  const table = new Table({
    head: ["part", "blocks", "answers/s", "failed", "p50", "p95", "p99"],
    style: { head: [], border: [] },
  });
  for (const [part, own] of partsOf(blocks)) {
    const { requestsPerSecond, failedPercent, latency: times } = summaryOf(own);
    const quantile = (percentile: number) => latency(times.percentile(percentile) ?? Number.NaN);
    table.push([
      part,
      count(own.length),
      significant(requestsPerSecond),
      percent(failedPercent),
      quantile(50),
      quantile(95),
      quantile(99),
    ]);
  }
  const { cpuCores, rssBytes } = summaryOf(blocks);
  const used = [
    ...(cpuCores === null ? [] : [cores(cpuCores)]),
    ...(rssBytes === null ? [] : [bytes(rssBytes)]),
  ];
  const lines = [
    `${nameOf(baseline)}: ${run}, ${moment(startedAt)}`,
    `  target   ${target.name} (${target.kind})${used.length > 0 ? `, ${used.join(" and ")} on average` : ""}`,
    `  commit   ${commit === null ? "none" : `${commit.sha.slice(0, 12)}${commit.dirty ? " and changes" : ""}`}`,
    `  machine  ${host.cpu}, ${host.cores} cores, ${host.os} (${host.fingerprint === hostOf().fingerprint ? "this one" : "another one"})`,
    `  with     plimsoll ${versions.plimsoll}, Node ${versions.node}, k6 ${versions.k6}`,
    `  blocks   of ${blockSeconds} s`,
  ];
  return `${lines.join("\n")}\n${table.toString()}\n`;
}
