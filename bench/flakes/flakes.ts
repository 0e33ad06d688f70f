/** Which gates can be trusted: those whose verdict changes while the commit does not cannot. */
import { percent } from "../format.ts";
import type { Entry, Subject } from "../history/entry.ts";
import { wilson } from "../stats/wilson.ts";

/**
 * A gate that flips in more than this share of its runs is quarantined: it is reported, and does not gate. The share that
 * was seen decides, not its interval: a gate that flips in one run of twelve would need 168 runs until that begins above 5 %
 * (Wilson), and cry wolf until then. So some are quarantined that flip less often in truth; what that can hide ends with
 * BROKEN_IN_A_ROW.
 */
export const QUARANTINE_RATE = 0.05;
/**
 * One flip is an accident, and of few runs it is a large share. These are the least that can be certain: with 2 of 10 the 95 %
 * interval of the rate begins at 5.7 %, with 1 of 10 at 1.8 %. With more runs it may begin lower: at 4.0 % with 2 of 14.
 */
export const LEAST_FLIPS = 2;
export const LEAST_RUNS = 10;
/**
 * So many failed runs in a row, whatever their commits, are no flake: a gate that fails in one run of five does that once in
 * 125 times. Quarantine ends, so that it cannot hide a gate that broke.
 */
export const BROKEN_IN_A_ROW = 3;

/** `unknown`: no run of it can tell whether it flips. */
export type GateStanding = "unknown" | "steady" | "flaky" | "quarantined" | "broken";

/** How a gate, a row of the SLA, behaved while commits stood still. */
export interface Gate {
  readonly gate: string;
  /** Runs that could tell whether it flips. */
  readonly runs: number;
  readonly flips: number;
  /** Flips over runs, 0 to 1, with its 95 % interval; null without runs. */
  readonly rate: { readonly value: number; readonly low: number; readonly high: number } | null;
  readonly standing: GateStanding;
  readonly lastFlip: { readonly run: string; readonly at: string; readonly commit: string } | null;
}

/** One judged run of a gate. */
interface Judged {
  readonly run: string;
  readonly at: string;
  readonly commit: string;
  readonly failed: boolean;
}

/** How far back evidence goes. */
export interface Period {
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** What is older says nothing of how things are. */
  readonly days: number;
}

/**
 * The runs that can say that they are of the same commit as others: of none with changes that are not committed, and not
 * outside of git.
 */
export function evidenceIn(history: readonly Entry[], period: Period): Entry[] {
  return history.filter((entry) => whyNoEvidence(entry, period) === undefined);
}

/** Why a run cannot say that; undefined for one that can. */
export function whyNoEvidence(
  { commit, gates, at }: Entry,
  { nowMs, days }: Period,
): "old" | "uncommitted" | "unjudged" | undefined {
  if (nowMs - Date.parse(at) > days * 86_400_000) return "old";
  if (commit?.dirty !== false) return "uncommitted";
  return gates === undefined ? "unjudged" : undefined;
}

/**
 * Each gate that was judged, by name. A P1 row that warns did not gate: it held.
 *
 * @param history runs of one subject (`about`), in any order
 */
export function gatesIn(history: readonly Entry[], period: Period): Gate[] {
  const byGate = new Map<string, Judged[]>();
  for (const { run, at, commit, gates = {} } of inOrder(evidenceIn(history, period))) {
    for (const [gate, state] of Object.entries(gates)) {
      const judged = { run, at, commit: commit?.sha ?? "", failed: state === "fail" };
      byGate.set(gate, [...(byGate.get(gate) ?? []), judged]);
    }
  }
  return [...byGate].map(([gate, judged]) => gateOf(gate, judged)).sort((a, b) => (a.gate < b.gate ? -1 : 1));
}

/** @param judged oldest first */
function gateOf(gate: string, judged: readonly Judged[]): Gate {
  const commits = [...Map.groupBy(judged, ({ commit }) => commit).values()].filter(tells);
  const runs = commits.reduce((sum, { length }) => sum + length, 0);
  const flips = inOrder(commits.flatMap(flipsOf));
  const rate = runs === 0 ? null : { value: flips.length / runs, ...wilson(flips.length, runs) };
  const newest = judged.slice(-BROKEN_IN_A_ROW);
  const broken = newest.length === BROKEN_IN_A_ROW && newest.every(({ failed }) => failed);
  const quarantined =
    flips.length >= LEAST_FLIPS && runs >= LEAST_RUNS && flips.length / runs > QUARANTINE_RATE;
  const last = flips.at(-1);
  const quiet = runs === 0 ? "unknown" : flips.length > 0 ? "flaky" : "steady";
  return {
    gate,
    runs,
    flips: flips.length,
    rate,
    standing: broken ? "broken" : quarantined ? "quarantined" : quiet,
    lastFlip: last ? { run: last.run, at: last.at, commit: last.commit } : null,
  };
}

/**
 * Whether the runs of a commit say anything of flips. A fail that stayed alone does not: nobody knows what a second run
 * would have come to. A pass that stayed alone does, and counts as a run without a flip: had it been a fail, it would have
 * been run again. Without those only commits that failed would count, and a gate that flips once in 200 runs would look
 * as if it did in every second.
 */
function tells(runs: readonly Judged[]): boolean {
  return runs.length > 1 || runs.every(({ failed }) => !failed);
}

/** The runs of a commit that went against most of them; of a tie the fails. Where all failed the gate is broken, not flaky. */
function flipsOf(runs: readonly Judged[]): Judged[] {
  const failed = runs.filter((run) => run.failed);
  const held = runs.filter((run) => !run.failed);
  return failed.length <= held.length ? failed : held;
}

function inOrder<T extends { readonly at: string; readonly run: string }>(runs: readonly T[]): T[] {
  return [...runs].sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || (a.run < b.run ? -1 : 1));
}

/** Of a history the runs on one machine, of one load and of one target; lines from before there were gates are of none. */
export function about({ machine, load, target }: Subject, history: readonly Entry[]): Entry[] {
  return history.filter((it) => it.machine === machine && it.load === load && it.target === target);
}

/** Why a gate does not gate. */
export interface Quarantine {
  readonly flips: number;
  readonly runs: number;
}

/** The gates in quarantine, by name. */
export function quarantined(gates: readonly Gate[]): Map<string, Quarantine> {
  return new Map(
    gates.flatMap(({ gate, standing, flips, runs }) =>
      standing === "quarantined" ? [[gate, { flips, runs }]] : [],
    ),
  );
}

/** `quarantined, does not gate: 3 flips in 12 runs (25.0 %)`. */
export function quarantineText({ flips, runs }: Quarantine): string {
  return `quarantined, does not gate: ${flips} flips in ${runs} runs (${percent((100 * flips) / runs)})`;
}
