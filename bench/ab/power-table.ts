import { duration } from "../format.ts";
import type { Verdict } from "./ab-schema.ts";
import type { Tried } from "./kept-trials.ts";

/** What was promised at defaults: this many trials of the same build, and no false alarm among them. */
const PROMISED_TRIALS = 40;
/** And this share of trials at +10 % found, each within two minutes; of fewer trials nothing can be said. */
const PROMISED = { slowerPercent: 10, share: 0.9, seconds: 120, trials: 20 };
/** Starting a command takes some seconds that no flag bounds. */
const SLACK_SECONDS = 5;

const ALARMS: ReadonlySet<Verdict> = new Set(["slower", "faster", "fail"]);

/** How often each difference was found, as a table in Markdown. */
export function powerTable(all: readonly Tried[]): string {
  const rows = effectsIn(all).map((slowerPercent) => {
    const own = all.filter((tried) => tried.slowerPercent === slowerPercent);
    const share = (verdict: Verdict) => {
      const n = own.filter((tried) => tried.verdict === verdict).length;
      return `${n} of ${own.length}`;
    };
    const seconds = own.map((tried) => tried.seconds).sort((a, b) => a - b);
    const at = (q: number) =>
      duration(Math.round(seconds[Math.max(0, Math.ceil(q * seconds.length) - 1)] ?? Number.NaN));
    const what = slowerPercent === 0 ? "the same build" : `+${slowerPercent} %`;
    const none = own.filter(({ verdict }) => verdict === "no-data" || verdict === "fail").length;
    return [
      what,
      share("slower"),
      share("faster"),
      share("same"),
      share("inconclusive"),
      `${none}`,
      at(0.5),
      at(1),
    ];
  });
  const head = [
    "service time of B",
    "slower",
    "faster",
    "same",
    "inconclusive",
    "no data",
    "median time",
    "longest",
  ];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Where trials were made, a line each: figures of several machines and commits are told to be that. */
export function provenance(all: readonly Tried[]): string {
  const counts = new Map<string, number>();
  for (const { machine, commit } of all) {
    const where = `${machine}, commit ${commit}`;
    counts.set(where, (counts.get(where) ?? 0) + 1);
  }
  return [...counts].map(([where, n]) => `${n} ${n === 1 ? "trial" : "trials"}: ${where}`).join("\n");
}

const TOO_FEW = "not enough trials to say";

export type Kept = "kept" | "NOT KEPT" | typeof TOO_FEW;

/**
 * Whether promises were kept. A trial of the same build that measured nothing is none; at +10 %, it did not find them. A
 * build that is said to fail beside itself is a false alarm as well.
 */
export function promises(all: readonly Tried[]): { readonly text: string; readonly kept: Kept }[] {
  const same = all.filter(({ slowerPercent, verdict }) => slowerPercent === 0 && verdict !== "no-data");
  const alarms = same.filter(({ verdict }) => ALARMS.has(verdict)).length;
  const slow = all.filter(({ slowerPercent }) => slowerPercent === PROMISED.slowerPercent);
  const inTime = slow.filter(
    ({ verdict, seconds }) => verdict === "slower" && seconds <= PROMISED.seconds + SLACK_SECONDS,
  ).length;
  // One alarm is one too many, however few trials there are.
  const quiet = same.length < PROMISED_TRIALS ? TOO_FEW : "kept";
  const found = inTime >= PROMISED.share * slow.length ? "kept" : "NOT KEPT";
  return [
    {
      text: `false alarms in ${same.length} trials of the same build: ${alarms}`,
      kept: alarms > 0 ? "NOT KEPT" : quiet,
    },
    {
      text: `+${PROMISED.slowerPercent} % found within 2 min: ${inTime} of ${slow.length}`,
      kept: slow.length < PROMISED.trials ? TOO_FEW : found,
    },
  ];
}

/** 0 when all promises are kept, 1 when one is not, 4 when there were too few trials to say. */
export function exitCodeOf(found: readonly { readonly kept: Kept }[]): number {
  if (found.some(({ kept }) => kept === "NOT KEPT")) return 1;
  return found.some(({ kept }) => kept === TOO_FEW) ? 4 : 0;
}

function effectsIn(all: readonly Tried[]): number[] {
  return [...new Set(all.map(({ slowerPercent }) => slowerPercent))].sort((a, b) => a - b);
}

/**
 * The order to try them in: mixed as evenly as their numbers allow, so that the machine's moods meet all of them.
 *
 * @param trials how many of each difference there are to be
 * @param done trials that were made before and are not made again; one of the same build that measured nothing says
 *   nothing, and is
 */
export function mixed(trials: ReadonlyMap<number, number>, done: readonly Tried[] = []): number[] {
  const due = [...trials].flatMap(([effect, n]) => {
    const own = done.filter(({ slowerPercent }) => slowerPercent === effect);
    const left = n - own.filter(({ verdict }) => effect > 0 || verdict !== "no-data").length;
    return Array.from({ length: Math.max(0, left) }, (_, i) => ({ effect, at: (i + 0.5) / left }));
  });
  return due.sort((a, b) => a.at - b.at || a.effect - b.effect).map(({ effect }) => effect);
}
