import { duration } from "../format.ts";
import type { Verdict } from "./ab-schema.ts";

/** One trial of the method. */
export interface Tried {
  /** How much longer B's service takes, in percent; 0: the same build twice. */
  readonly slowerPercent: number;
  readonly verdict: Verdict;
  /** From the start of the command to its verdict. */
  readonly seconds: number;
}

/** What was promised at defaults: this many trials of the same build, and no false alarm among them. */
const PROMISED_TRIALS = 40;
/** And this share of trials at +10 % found, each within two minutes. */
const PROMISED = { slowerPercent: 10, share: 0.9, seconds: 120 };
/** Starting a command takes some seconds that no flag bounds. */
const SLACK_SECONDS = 5;

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

/** Whether promises were kept, a line each; none where too few were tried to say. */
export function promises(all: readonly Tried[]): { readonly text: string; readonly kept: boolean }[] {
  const same = all.filter(({ slowerPercent }) => slowerPercent === 0);
  const alarms = same.filter(({ verdict }) => verdict === "slower" || verdict === "faster").length;
  const slow = all.filter(({ slowerPercent }) => slowerPercent === PROMISED.slowerPercent);
  const inTime = slow.filter(
    ({ verdict, seconds }) => verdict === "slower" && seconds <= PROMISED.seconds + SLACK_SECONDS,
  ).length;
  const lines: { text: string; kept: boolean }[] = [];
  if (same.length >= PROMISED_TRIALS || alarms > 0)
    lines.push({
      text: `false alarms in ${same.length} trials of the same build: ${alarms}`,
      kept: alarms === 0,
    });
  if (slow.length > 0) {
    const kept = inTime >= PROMISED.share * slow.length;
    lines.push({
      text: `+${PROMISED.slowerPercent} % found within 2 min: ${inTime} of ${slow.length}`,
      kept,
    });
  }
  return lines;
}

function effectsIn(all: readonly Tried[]): number[] {
  return [...new Set(all.map(({ slowerPercent }) => slowerPercent))].sort((a, b) => a - b);
}

/** The order to try them in: mixed as evenly as their numbers allow, so that the machine's moods meet all of them. */
export function mixed(trials: ReadonlyMap<number, number>): number[] {
  const due = [...trials].flatMap(([effect, n]) =>
    Array.from({ length: n }, (_, i) => ({ effect, at: (i + 0.5) / n })),
  );
  return due.sort((a, b) => a.at - b.at || a.effect - b.effect).map(({ effect }) => effect);
}
