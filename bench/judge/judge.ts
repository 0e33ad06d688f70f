import { type Quarantine, quarantineText } from "../flakes/flakes.ts";
import { limitInUnit, measuredBeside, opSign } from "../format.ts";
import type { Findings, RetryOf, Run, SlaResult, Verdict } from "../results/run-schema.ts";
import { type ConnectorBooks, conservation, NO_BOOKS } from "./conservation.ts";
import type { Evidence } from "./evidence.ts";
import { forwarding } from "./forwarding.ts";
import { type GeneratorFacts, generatorHealth, heldUp } from "./generator.ts";
import { knee } from "./knee.ts";
import { ladder } from "./ladder.ts";
import { recovery } from "./recovery.ts";
import { judgeSla, type TargetSeen } from "./sla.ts";
import { type Watched, watched } from "./watched.ts";

/** The exit code of each verdict; 99 is k6's own for a crossed threshold. */
export const EXIT_CODES: Readonly<Record<Verdict, number>> = {
  pass: 0,
  warn: 0,
  fail: 99,
  "no-data": 4,
  invalid: 4,
};

/** Of a run that was cut the figures are kept, but say nothing of the limits. */
const PART = "part of a run is not judged";

export interface Facts extends GeneratorFacts, TargetSeen, Watched {
  /** Set when the target ended before the load did. */
  readonly died: Run["target"]["died"];
  readonly books?: ConnectorBooks;
  /** Ctrl-C: how many seconds of the plan were run. */
  readonly interruptedAfterSeconds?: number;
  /** k6 itself failed: its own words. */
  readonly k6Error?: string;
  /** Rows, by their ids, that do not gate. */
  readonly quarantine?: ReadonlyMap<string, Quarantine>;
  /** The run that failed and is repeated by this one. */
  readonly retryOf?: Omit<RetryOf, "ownVerdict">;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly exitCode: number;
  readonly reasons: string[];
  readonly retryOf?: RetryOf;
  readonly sla: SlaResult[];
  readonly findings: Findings;
  readonly generator: Run["generator"];
}

/**
 * The verdict over a run: a pure function of what was seen. What makes the numbers worthless comes before what they
 * say; a dead or stalled target comes before a generator that suffered from it.
 */
export function judge(evidence: Evidence, facts: Facts): Judgement {
  const part = facts.interruptedAfterSeconds !== undefined || facts.k6Error !== undefined;
  const findings: Findings = {
    ...optional("knee", knee(evidence)),
    ...optional("ladder", ladder(evidence)),
    ...optional(
      "recovery",
      evidence.plan.sla.some(({ stat }) => stat === "recovery") ? recovery(evidence) : undefined,
    ),
    // What was under way when a run was cut is in nobody's books.
    ...optional("conservation", part ? undefined : conservation(evidence, facts.books ?? NO_BOOKS)),
    ...optional("overhead", evidence.overhead?.result()),
    ...optional("forwarding", forwarding(evidence)),
  };
  const sla = evidence.plan.sla
    .map((row) => judgeSla(row, evidence, findings, facts))
    .concat(watched(evidence, facts))
    .map((row): SlaResult => (part ? { ...row, state: "not-applicable", note: PART } : row))
    .map((row): SlaResult => {
      const quarantine = row.state === "fail" ? facts.quarantine?.get(row.id) : undefined;
      return quarantine ? { ...row, quarantine } : row;
    });
  const generator = generatorHealth(evidence, facts);
  const { verdict, reasons } = verdictOf(evidence, facts, sla, generator);
  if (reasons.length > 0) reasons.push(...noiseOf(generator, facts.cores));
  return {
    exitCode: facts.k6Error ? 1 : EXIT_CODES[verdict],
    ...repeated(verdict, reasons, facts.retryOf),
    sla,
    findings,
    generator,
  };
}

/** A run that holds where the same failed just before is no plain pass; one that measures nothing hides no fail. */
function repeated(
  verdict: Verdict,
  reasons: string[],
  first: Facts["retryOf"],
): Pick<Judgement, "verdict" | "reasons" | "retryOf"> & Partial<Pick<Judgement, "exitCode">> {
  if (first === undefined) return { verdict, reasons };
  const retryOf = { ...first, ownVerdict: verdict };
  const was = `${first.verdict}${first.reasons[0] === undefined ? "" : ` (${first.reasons[0]})`}`;
  if (EXIT_CODES[verdict] === 0)
    return {
      verdict: "warn",
      reasons: [`flaky: ${first.run} was ${was}, and its retry ${verdict}`, ...reasons],
      retryOf,
    };
  if (first.verdict === "fail" && verdict !== "fail")
    return {
      verdict: "fail",
      exitCode: EXIT_CODES.fail,
      reasons: [`${first.run} was ${was}; it stands, because its retry measured nothing`, ...reasons],
      retryOf,
    };
  return { verdict, reasons: [...reasons, `a retry: ${first.run} before it was ${was}`], retryOf };
}

/** Other work that took this share or more of the machine may be why a limit was crossed. */
const NOISY_SHARE = 0.2;
/** So may a host that took this share or more: a hundredth of the time is all that a p99 leaves out. */
const STOLEN_SHARE = 0.01;

/** What a reader of a bad verdict should know of the machine; nothing when the run had it to itself. */
export function noiseOf(
  { otherCpuCores, stolenCpuCores }: Pick<Run["generator"], "otherCpuCores" | "stolenCpuCores">,
  cores: number,
): string[] {
  const noise: string[] = [];
  if (otherCpuCores && otherCpuCores.avg >= NOISY_SHARE * cores)
    noise.push(
      `other work on this machine used ${otherCpuCores.avg.toFixed(1)} of its ${cores} cores meanwhile`,
    );
  if (stolenCpuCores && stolenCpuCores.avg >= STOLEN_SHARE * cores)
    noise.push(
      `the host of this machine kept ${((100 * stolenCpuCores.avg) / cores).toFixed(1)} % of its CPU time for others meanwhile (steal)`,
    );
  return noise;
}

function verdictOf(
  evidence: Evidence,
  facts: Facts,
  sla: readonly SlaResult[],
  generator: Run["generator"],
): { verdict: Verdict; reasons: string[] } {
  const crossed = sla.filter(({ state, quarantine }) => state === "fail" && !quarantine).map(describe);
  const warned = sla.filter(({ state, quarantine }) => state === "warn" || quarantine).map(describe);
  const empty = sla
    .filter(({ state }) => state === "no-data")
    .map((row) => (row.note === undefined ? `no samples for ${row.title}` : `undecided: ${describe(row)}`));
  if (facts.k6Error !== undefined) return { verdict: "invalid", reasons: [facts.k6Error] };
  if (facts.interruptedAfterSeconds !== undefined) {
    const seconds = facts.interruptedAfterSeconds.toFixed(0);
    return { verdict: "invalid", reasons: [`interrupted after ${seconds} s: ${PART}`] };
  }
  if (facts.died) {
    const { exitCode, signal, atSeconds } = facts.died;
    const how = signal ? `was killed by ${signal}` : `ended with exit code ${exitCode}`;
    return { verdict: "fail", reasons: [`the target ${how} after ${atSeconds.toFixed(0)} s`, ...crossed] };
  }
  if ((evidence.fold.requests({ scenario: evidence.plan.scenario }) ?? 0) === 0) {
    const { count } = generator.dropped;
    const instead =
      count > 0 ? `; k6 dropped ${count.toLocaleString("en")} arrivals: too much for this machine` : "";
    return {
      verdict: "no-data",
      reasons: [`no request was made after the warm-up, so nothing was measured${instead}`],
    };
  }
  // Where plimsoll stood still as well, the machine did: nobody can say that it was the target.
  if (generator.dropped.blame === "target" && !heldUp(generator)) {
    const { count, byTarget } = generator.dropped;
    const of = byTarget === count ? "" : ` of ${count.toLocaleString("en")} that k6 dropped`;
    const why = `the target stalled: ${byTarget.toLocaleString("en")} arrivals${of} found every VU waiting`;
    return { verdict: "fail", reasons: [why, ...generator.reasons, ...crossed] };
  }
  if (!generator.healthy) return { verdict: "invalid", reasons: [...generator.reasons, ...crossed] };
  if (crossed.length > 0) return { verdict: "fail", reasons: [...crossed, ...warned, ...empty] };
  if (empty.length > 0) return { verdict: "no-data", reasons: [...empty, ...warned] };
  if (warned.length > 0) return { verdict: "warn", reasons: warned };
  return { verdict: "pass", reasons: [] };
}

function describe({ title, value, op, limit, unit, note, state, quarantine }: SlaResult): string {
  const what = value === null ? (note ?? "no samples") : measuredBeside(value, limit, unit);
  const how = note !== undefined && value !== null && state !== "pass" ? ` (${note})` : "";
  const why = quarantine ? `; ${quarantineText(quarantine)}` : "";
  return `${title} ${what}, limit ${opSign(op)} ${limitInUnit(limit, unit)}${how}${why}`;
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Partial<Record<K, V>>);
}
