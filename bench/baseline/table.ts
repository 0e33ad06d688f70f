import { bytes, cores, latency, significant } from "../format.ts";
import type { Baseline } from "./baseline-schema.ts";
import { nameOf } from "./store.ts";
import { summaryOf } from "./summary.ts";

const BEGIN = "<!-- baselines: made by npm run baseline:table, do not edit -->";
const END = "<!-- /baselines -->";
const WORDS = `## Baselines

What later runs are compared with ([how](compare.md)), the HTTP connector's too: all answers of a run together, CPU and memory of the
target, means over time. \`npm run baseline:table\` made this of results/baselines.`;

const HEAD = [
  "baseline",
  "verdict",
  "answers/s",
  "p50",
  "p95",
  "p99",
  "CPU",
  "memory",
  "commit",
  "date",
] as const;
/** Of the figures, which are read from the right. */
const FIRST_FIGURE = 2;
const LAST_FIGURE = 7;

/** Baselines as a Markdown table for each machine they were measured on. */
export function baselineTables(baselines: readonly Baseline[]): string {
  const byMachine = Map.groupBy(baselines, machineLine);
  return [...byMachine].map(([machine, own]) => `${machine}\n\n${table(own.map(row))}`).join("\n\n");
}

function machineLine({ host, versions }: Baseline): string {
  const [system] = host.os.split(" ");
  return `${host.cpu}, ${host.cores} cores, ${system} ${host.arch}; Node ${versions.node}, k6 ${versions.k6}`;
}

function row(baseline: Baseline): string[] {
  const { requestsPerSecond, latency: times, cpuCores, rssBytes } = summaryOf(baseline.blocks);
  const quantile = (percentile: number) => latency(times.percentile(percentile) ?? Number.NaN);
  const { commit } = baseline;
  return [
    nameOf(baseline),
    baseline.verdict ?? "–",
    significant(requestsPerSecond),
    quantile(50),
    quantile(95),
    quantile(99),
    cpuCores === null ? "–" : cores(cpuCores),
    rssBytes === null ? "–" : bytes(rssBytes),
    commit === null ? "–" : `${commit.sha.slice(0, 7)}${commit.dirty ? " and changes" : ""}`,
    baseline.startedAt.slice(0, 10),
  ];
}

function table(rows: readonly string[][]): string {
  const widths = HEAD.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const isFigure = (i: number) => i >= FIRST_FIGURE && i <= LAST_FIGURE;
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (isFigure(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join(" | ")} |`;
  const rule = widths.map((width, i) => (isFigure(i) ? `${"-".repeat(width - 1)}:` : "-".repeat(width)));
  return [line(HEAD), `| ${rule.join(" | ")} |`, ...rows.map(line)].join("\n");
}

/**
 * A page with a section on these baselines between its marks; at its end where it has none yet. Without baselines there are no
 * marks either, and what was between them goes.
 */
export function withBaselines(page: string, baselines: readonly Baseline[]): string {
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END, from);
  const has = from >= 0 && to >= 0;
  const before = has ? page.slice(0, from) : `${page.trimEnd()}\n\n`;
  const after = has ? page.slice(to + END.length) : "\n";
  if (baselines.length === 0) return has ? `${before.trimEnd()}\n${after.replace(/^\n/, "")}` : page;
  return `${before}${BEGIN}\n\n${WORDS}\n\n${baselineTables(baselines)}\n\n${END}${after}`;
}
