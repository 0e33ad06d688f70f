import { changeText, intervalText, overallWord } from "../compare/words.ts";
import { bytes, cores, latency, moment, percent, significant } from "../format.ts";
import { NONE, type VerdictState } from "../report/document.ts";
import { isFlaky } from "../results/is-flaky.ts";
import type { AgainstBaseline, Outcome, RunFigures, RunSummary } from "./summary-schema.ts";

/** How a summary is said, on a page, in a comment and on a terminal. */

/** What a run's verdict is called. */
export function verdictWord(run: Pick<RunSummary, "verdict" | "retryOf">): string {
  const { verdict } = run;
  if (isFlaky(run)) return "flaky";
  return verdict === null ? "not ended" : verdict === "no-data" ? "no data" : verdict;
}

type Named = Pick<RunSummary, "scenario" | "profile" | "startedAt">;

/** What each run of a set is called: its scenario and profile, and when it began where several are of the same. */
export function namesOf(runs: readonly Named[]): string[] {
  const names = runs.map(({ scenario, profile }) => `${scenario} ${profile}`);
  return names.map((name, i) => {
    if (names.indexOf(name) === names.lastIndexOf(name)) return name;
    return `${name} ${moment((runs[i] as Named).startedAt).slice(5, 16)}`;
  });
}

/** The same for a drawing, where a run that did not pass would else look like any other. */
export function drawnNames(runs: readonly (Named & Pick<RunSummary, "verdict" | "retryOf">)[]): string[] {
  return namesOf(runs).map((name, i) => {
    const run = runs[i] as Pick<RunSummary, "verdict" | "retryOf">;
    return run.verdict === "pass" ? name : `${name} (${verdictWord(run)})`;
  });
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
  itself: "the baseline",
  "other-machine": "other machine",
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
