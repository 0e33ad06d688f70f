import { count } from "../format.ts";
import { isFlaky } from "../results/is-flaky.ts";
import type { AbSummary, Outcome, RunSummary } from "./summary-schema.ts";
import { OUTCOMES } from "./summary-schema.ts";

/** What `--gate` exits with, the worst first. */
export const GATE: Readonly<Record<Outcome, number>> = {
  fail: 99,
  regression: 3,
  "no-data": 4,
  warn: 0,
  pass: 0,
};

const RUN_OUTCOMES: Readonly<Record<NonNullable<RunSummary["verdict"]>, Outcome>> = {
  pass: "pass",
  warn: "warn",
  fail: "fail",
  "no-data": "no-data",
  invalid: "no-data",
};

const AB_OUTCOMES: Readonly<Record<AbSummary["verdict"], Outcome>> = {
  faster: "pass",
  same: "pass",
  inconclusive: "pass",
  slower: "regression",
  fail: "fail",
  "no-data": "no-data",
};

/** What a run's own verdict comes to; one without a verdict was cut. */
export function outcomeOfRun({ verdict }: Pick<RunSummary, "verdict">): Outcome {
  return verdict === null ? "no-data" : RUN_OUTCOMES[verdict];
}

/** Why a run warns: it held only on its retry, a gate that failed is in quarantine, or a limit was crossed by a little. */
export type Warning = "flaky" | "quarantined" | "close";

export function warningOf(run: Pick<RunSummary, "verdict" | "retryOf" | "quarantined">): Warning | undefined {
  if (run.verdict !== "warn") return undefined;
  if (isFlaky(run)) return "flaky";
  return run.quarantined.length > 0 ? "quarantined" : "close";
}

/** What a run's comparison with its baseline comes to. */
export function outcomeOfDelta({ againstBaseline: delta }: Pick<RunSummary, "againstBaseline">): Outcome {
  if (delta.state !== "compared" || delta.severity === "none") return "pass";
  return delta.severity === "fail" ? "regression" : "warn";
}

export function outcomeOfAb({ verdict }: Pick<AbSummary, "verdict">): Outcome {
  return AB_OUTCOMES[verdict];
}

type Found = { readonly runs: readonly RunSummary[]; readonly ab: readonly AbSummary[] };
type Whole = Found & { readonly missing: readonly string[] };

/**
 * The worst of all verdicts: of runs, of their comparisons with baselines, and of builds held against each other. What is
 * missing was not measured.
 */
export function worstOf({ runs, ab, missing }: Whole): Outcome {
  const all = [
    ...runs.flatMap((run) => [outcomeOfRun(run), outcomeOfDelta(run)]),
    ...ab.map(outcomeOfAb),
    ...missing.map((): Outcome => "no-data"),
  ];
  return all.reduce<Outcome>((worst, one) => (weight(one) > weight(worst) ? one : worst), "pass");
}

function weight(outcome: Outcome): number {
  return OUTCOMES.indexOf(outcome);
}

/** Whether anything in a set says something of a target: a generator that was measured is no target. */
export function isMeasured({ runs, ab }: Found): boolean {
  return (
    runs.some((run) => outcomeOfRun(run) !== "no-data") || ab.some((one) => outcomeOfAb(one) !== "no-data")
  );
}

/** How an outcome is called. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  pass: "Pass",
  warn: "Warn",
  "no-data": "Not measured",
  regression: "Slower",
  fail: "Fail",
};

/** The set in a sentence, the worst first: `stress full failed its SLA; soak full is slower than its baseline.` */
export function sentenceOf({ runs, ab, missing }: Whole): string {
  const lost = missing.length > 0 ? [`without a result: ${missing.join(", ")}`] : [];
  if (!isMeasured({ runs, ab }))
    return `${["Nothing was measured: no run says anything of its target", ...lost].join("; ")}.`;
  const ofRuns = (is: Outcome, outcomeOf: (run: RunSummary) => Outcome, one: string, more: string) => {
    const found = runs.filter((run) => outcomeOf(run) === is);
    return found.length === 0 ? [] : [`${named(found)} ${found.length === 1 ? one : more}`];
  };
  const ofWarned = (is: Warning, one: string, more: string) =>
    ofRuns("warn", (run) => (warningOf(run) === is ? "warn" : "pass"), one, more);
  const ofAb = (is: Outcome, words: (one: AbSummary) => string) =>
    ab.filter((one) => outcomeOfAb(one) === is).map(words);
  const said = [
    ...ofRuns("fail", outcomeOfRun, "failed its SLA", "failed their SLA"),
    ...ofAb("fail", ({ a, b }) => `${shortName(b)} fails beside ${shortName(a)}`),
    ...ofRuns("regression", outcomeOfDelta, "is slower than its baseline", "are slower than their baselines"),
    ...ofAb("regression", ({ a, b }) => `${shortName(b)} is slower than ${shortName(a)}`),
    ...ofRuns("no-data", outcomeOfRun, "says nothing of its target", "say nothing of their targets"),
    ...ofAb("no-data", ({ a, b }) => `${shortName(b)} could not be held against ${shortName(a)}`),
    ...lost,
    ...ofWarned(
      "flaky",
      "is flaky: it held only when it was run again",
      "are flaky: they held only when run again",
    ),
    ...ofWarned("quarantined", "failed a gate in quarantine", "failed gates in quarantine"),
    ...ofWarned("close", "crossed a limit by a little", "crossed a limit by a little"),
    ...ofRuns("warn", outcomeOfDelta, "is worse than its baseline", "are worse than their baselines"),
  ];
  return `${(said.length > 0 ? said : good({ runs, ab })).join("; ")}.`;
}

function good({ runs, ab }: Found): string[] {
  const compared = runs.filter(({ againstBaseline: { state } }) => state === "compared").length;
  return [
    ...(runs.length > 0 ? [`${named(runs)} held ${runs.length === 1 ? "its" : "their"} SLA`] : []),
    ...(compared > 0 ? [`${count(compared)} compared with a baseline, none is worse by a limit`] : []),
    ...ab.map(({ a, b, verdict }) => `${shortName(b)} against ${shortName(a)}: ${verdict}`),
  ];
}

/** A build may be a whole command line; the sentence has room for its beginning. */
const MOST_NAME = 32;

export function shortName(build: string): string {
  return build.length <= MOST_NAME ? build : `${build.slice(0, MOST_NAME - 1)}…`.toWellFormed();
}

/** Runs by name while they are few. */
function named(runs: readonly RunSummary[]): string {
  const names = runs.map(({ scenario, profile }) => `${scenario} ${profile}`);
  return names.length <= 2 ? names.join(" and ") : `${count(runs.length)} runs`;
}
