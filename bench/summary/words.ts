import { changeText, intervalText, overallWord } from "../compare/words.ts";
import { bytes, cores, latency, percent, significant } from "../format.ts";
import { NONE, type VerdictState } from "../report/document.ts";
import type { AgainstBaseline, Outcome, RunFigures, RunSummary } from "./summary-schema.ts";

/** How a summary is said, on a page, in a comment and on a terminal. */

/** What a run's verdict is called. */
export function verdictWord({ verdict }: Pick<RunSummary, "verdict">): string {
  return verdict === null ? "incomplete" : verdict === "no-data" ? "no data" : verdict;
}

/** The sign and colour of an outcome. */
export const STATES: Readonly<Record<Outcome, VerdictState>> = {
  pass: "pass",
  warn: "warn",
  "no-data": "no-data",
  regression: "fail",
  fail: "fail",
};

const DELTA_WORDS = {
  none: "no baseline",
  itself: "is the baseline",
  "other-machine": "another machine",
  "not-compared": "not compared",
} as const;

/** A run against its baseline in a word or two. */
export function deltaWord(delta: AgainstBaseline): string {
  return delta.state === "compared" ? overallWord(delta) : DELTA_WORDS[delta.state];
}

/** The change that people ask first, p95: `+12.3 % (+8.1 to +16 %)`. */
export function deltaText(delta: AgainstBaseline): string {
  const row = delta.state === "compared" ? delta.rows.find(({ id }) => id === "latency-p95") : undefined;
  return row ? `p95 ${changeText(row.ratio)} (${intervalText(row)} %)` : "";
}

const some = (value: number | null, text: (value: number) => string) => (value === null ? NONE : text(value));

/** The figures of a run, a cell each; a rate has no unit, because it may be of requests or of packets. */
export function figureTexts({ ratePerSecond, failedPercent, ...figures }: RunFigures) {
  return {
    rate: some(ratePerSecond, (value) => significant(value)),
    p50: some(figures.p50Ms, latency),
    p95: some(figures.p95Ms, latency),
    p99: some(figures.p99Ms, latency),
    failed: some(failedPercent, percent),
    cpu: some(figures.cpuCoresMean, cores),
    memory: some(figures.rssBytesMax, bytes),
  };
}
