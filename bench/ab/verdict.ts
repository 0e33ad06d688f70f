import { BUILDS, type Build } from "../../scenarios/lib/duet.ts";
import { percent, significant } from "../format.ts";
import type { Verdict } from "./ab-schema.ts";
import type { Look, Metric, MetricLook } from "./look.ts";
import type { RoundEnd } from "./round.ts";
import type { Figures } from "./summary.ts";

export const METRIC_NAMES: Readonly<Record<Metric, string>> = {
  "latency-mean": "latency, mean",
  "latency-p50": "latency, p50",
  cpu: "CPU a request",
};

/** More failed requests of a build than this, and its speed says nothing: an error is quick. */
export const MOST_FAILED = 0.01;
/** Characters of somebody else's words that are repeated. */
const MOST_SAID = 200;
const TOO_BUSY = "the builds or this machine are too slow for it; a lower --rate";
/** More arrivals than this that k6 could not make, and what was measured is no longer one schedule for both. */
const MOST_DROPPED = 0.05;
/** A change of memory that is worth a word. */
const MEMORY_BAND = 0.3;
/** A build busier than this waits for itself, and latency grows faster than what a request costs. */
const BUSY = 0.7;

export interface Finding {
  readonly verdict: Verdict;
  readonly exitCode: number;
  readonly reasons: readonly string[];
  readonly notes: readonly string[];
}

export interface RoundResult extends RoundEnd {
  /** Share of each build's requests that failed, 0 to 1. */
  readonly failed: Readonly<Record<Build, number>>;
  /** Arrivals that were due in its blocks. */
  readonly asked: number;
}

export interface Measured {
  readonly a: Figures;
  readonly b: Figures;
  /** Seconds that were measured. */
  readonly seconds: number;
  readonly looks: readonly Look[];
  readonly ends: readonly RoundResult[];
  readonly interrupted: boolean;
  /** There will be no more rounds. */
  readonly over: boolean;
  /** Rounds take so long here that a look needs this much. */
  readonly secondsNeeded: number;
  /** Why a round could not be. */
  readonly broken?: string;
  readonly band: number;
}

const EXIT_CODES: Readonly<Record<Verdict, number>> = {
  slower: 3,
  faster: 0,
  same: 0,
  inconclusive: 0,
  fail: 99,
  "no-data": 4,
};

/** What a trial came to. Of builds that die or fail, and of a load that was not made, no word on speed. */
export function findingOf(measured: Measured): Finding {
  const trouble = troubleOf({ ...measured, over: true });
  const [verdict, reasons] = trouble ?? speedOf(measured);
  return { verdict, exitCode: EXIT_CODES[verdict], reasons, notes: trouble ? [] : notesOf(measured) };
}

/**
 * A reason not to go on. B that breaks is a failure; without a sound A there is nothing to compare with. Requests also fail
 * where other work leaves the builds no time, so B fails only when it does so in two rounds in turn and A in neither.
 */
export function troubleOf({
  a,
  b,
  ends,
  seconds,
  interrupted,
  over,
  broken,
}: Measured): [Verdict, string[]] | undefined {
  if (interrupted) return ["no-data", ["interrupted before it was decided"]];
  if (broken !== undefined) return ["no-data", [`round ${ends.length + 1} could not be: ${broken}`]];
  for (const { died, k6Error, dropped, asked } of ends) {
    if (died) {
      const how = died.how.signal ?? `exit code ${died.how.exitCode}`;
      const said = died.said === "" ? "" : `: ${died.said.slice(0, MOST_SAID)}`;
      return [
        died.build === "b" ? "fail" : "no-data",
        [`${letter(died.build)} died under the load (${how})${said}`],
      ];
    }
    if (k6Error !== undefined) return ["no-data", [k6Error]];
    if (dropped > MOST_DROPPED * asked)
      return ["no-data", [`k6 could not make ${dropped} of ${asked} arrivals: ${TOO_BUSY}`]];
  }
  const at = ends.findIndex((end) => BUILDS.some((build) => fails(end, build)));
  const [one, next] = [ends[at], ends[at + 1]];
  if (one && (next || over)) return failing(one, next);
  for (const [name, { requests }] of [
    ["A", a],
    ["B", b],
  ] as const)
    if (requests === 0) return ["no-data", [`nothing was measured of ${name} in ${seconds} s`]];
  return undefined;
}

function fails({ failed }: RoundResult, build: Build): boolean {
  return failed[build] > MOST_FAILED;
}

function failing(one: RoundResult, next: RoundResult | undefined): [Verdict, string[]] {
  const shares = (build: Build) =>
    [one, ...(next ? [next] : [])].map(({ failed }) => percent(100 * failed[build])).join(", then ");
  const both = `requests failed: of A ${shares("a")}, of B ${shares("b")}; no word on speed`;
  const said = [...new Set([...one.complaints, ...(next?.complaints ?? [])])].map((it) =>
    it.slice(0, MOST_SAID),
  );
  const rounds = (build: Build) => [one, next].filter((end) => end && fails(end, build)).length;
  if (rounds("b") === 2 && rounds("a") === 0) return ["fail", [both, ...said]];
  return ["no-data", [both, ...said, `perhaps ${TOO_BUSY}`]];
}

function speedOf({ looks, ends, band, secondsNeeded }: Measured): [Verdict, string[]] {
  const last = looks.at(-1);
  if (!last && ends.length === 1)
    return [
      "no-data",
      [`the time was over after one round, and two are the least: --seconds ${secondsNeeded}`],
    ];
  if (!last) return ["no-data", ["too little was measured to look at it"]];
  const within = `within ${Number((100 * band).toFixed(2))} %`;
  if (last.decision === "same") return ["same", [`B is as fast as A, ${within}`]];
  if (last.decision !== "open") {
    const found = last.metrics.filter(({ decision }) => decision === last.decision).map(sentence);
    const where = `on each of ${last.rounds} fresh pairs of processes`;
    return [last.decision, [`B is ${last.decision} ${where}: ${found.join("; ")}`]];
  }
  return [
    "inconclusive",
    [
      `after ${ends.length} rounds it is neither clear that B differs from A, nor that it is the same ${within}`,
    ],
  ];
}

/** `latency, mean +9.4 % (+7.1 to +11.8 %)` */
export function sentence({ metric, ratio, low, high }: MetricLook): string {
  return `${METRIC_NAMES[metric]} ${signedPercent(ratio)} (${spread({ low, high })})`;
}

/** `+7.1 to +11.8 %` */
export function spread({ low, high }: { low: number; high: number }): string {
  return `${signedPercent(low).replace(" %", "")} to ${signedPercent(high)}`;
}

/** A ratio as what it adds: 1.094 is `+9.4 %`. */
export function signedPercent(ratio: number): string {
  const added = 100 * (ratio - 1);
  const digits = Math.abs(added) >= 100 ? 0 : 1;
  const text = added.toFixed(digits);
  return `${Number(text) > 0 ? "+" : ""}${text.replace("-", "−")} %`;
}

function notesOf({ a, b, seconds }: Measured): string[] {
  const notes: string[] = [];
  if (a.rssBytes && b.rssBytes && Math.abs(Math.log(b.rssBytes / a.rssBytes)) > Math.log1p(MEMORY_BAND))
    notes.push(
      `memory of B is ${significant(b.rssBytes / a.rssBytes)} times that of A; it is not part of the verdict`,
    );
  for (const [name, { cpuMsPerRequest, requests }] of Object.entries({ A: a, B: b })) {
    const cores = ((cpuMsPerRequest ?? 0) * requests) / 1000 / seconds;
    if (cores > BUSY)
      notes.push(
        `${name} was busy ${significant(cores)} of a core: at a lower --rate latency is nearer to what a request costs`,
      );
  }
  if (a.cpuMsPerRequest === null || b.cpuMsPerRequest === null) notes.push("CPU time could not be read here");
  return notes;
}

export function letter(build: Build): string {
  return build.toUpperCase();
}
