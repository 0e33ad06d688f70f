import { z } from "zod";
import { duration } from "../format.ts";
import { VERDICTS, type Verdict } from "./ab-schema.ts";

/** One trial of the method; a line of the file that trials are kept in. */
export const triedSchema = z.object({
  /** How much longer B's service takes, in percent; 0: the same build twice. */
  slowerPercent: z.number(),
  verdict: z.enum(VERDICTS),
  /** From the start of the command to its verdict. */
  seconds: z.number(),
});

export type Tried = z.infer<typeof triedSchema>;

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

/**
 * Whether promises were kept, a line each; none where too few were tried to say. A trial that measured nothing is none. A build
 * that is said to fail beside itself is a false alarm as well.
 */
export function promises(all: readonly Tried[]): { readonly text: string; readonly kept: boolean }[] {
  const trials = all.filter(({ verdict }) => verdict !== "no-data");
  const same = trials.filter(({ slowerPercent }) => slowerPercent === 0);
  const alarms = same.filter(({ verdict }) => ALARMS.has(verdict)).length;
  const slow = trials.filter(({ slowerPercent }) => slowerPercent === PROMISED.slowerPercent);
  const inTime = slow.filter(
    ({ verdict, seconds }) => verdict === "slower" && seconds <= PROMISED.seconds + SLACK_SECONDS,
  ).length;
  const lines: { text: string; kept: boolean }[] = [];
  if (same.length >= PROMISED_TRIALS || alarms > 0)
    lines.push({
      text: `false alarms in ${same.length} trials of the same build: ${alarms}`,
      kept: alarms === 0,
    });
  if (slow.length >= PROMISED.trials)
    lines.push({
      text: `+${PROMISED.slowerPercent} % found within 2 min: ${inTime} of ${slow.length}`,
      kept: inTime >= PROMISED.share * slow.length,
    });
  return lines;
}

function effectsIn(all: readonly Tried[]): number[] {
  return [...new Set(all.map(({ slowerPercent }) => slowerPercent))].sort((a, b) => a - b);
}

/**
 * The order to try them in: mixed as evenly as their numbers allow, so that the machine's moods meet all of them.
 *
 * @param trials how many of each difference there are to be
 * @param done trials that were made before and are not made again
 */
export function mixed(trials: ReadonlyMap<number, number>, done: readonly Tried[] = []): number[] {
  const due = [...trials].flatMap(([effect, n]) => {
    const left = n - done.filter(({ slowerPercent }) => slowerPercent === effect).length;
    return Array.from({ length: Math.max(0, left) }, (_, i) => ({ effect, at: (i + 0.5) / left }));
  });
  return due.sort((a, b) => a.at - b.at || a.effect - b.effect).map(({ effect }) => effect);
}
