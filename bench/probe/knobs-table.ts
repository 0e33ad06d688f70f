import { significant } from "../format.ts";
import type { Effect, Figures } from "./effects.ts";
import type { Reading } from "./reading.ts";

/** The columns, by the name of each figure. */
const COLUMNS = ["p50 ms", "p99 ms", "p99.9 ms", "CPU A", "CPU bob", "CPU k6"] as const;
const LABEL_WIDTH = 19;
/** Of a column: a space, a value, and what it is against the bundled one. */
const WIDTHS = { value: 4, change: 5, cell: 10 };

export function figuresOf({ p50Ms, p99Ms, p999Ms, cores }: Reading): Figures {
  const { A = Number.NaN, bob = Number.NaN, k6 = Number.NaN } = cores;
  return {
    "p50 ms": p50Ms,
    "p99 ms": p99Ms,
    "p99.9 ms": p999Ms,
    "CPU A": A,
    "CPU bob": bob,
    "CPU k6": k6,
  };
}

export const KNOBS_HEADER =
  " ".repeat(LABEL_WIDTH) +
  COLUMNS.map((name) => ` ${name}`.padEnd(WIDTHS.cell))
    .join("")
    .trimEnd();

/** A row of at most 80 columns; the first setting is what the others are compared with, and has no changes. */
export function knobRow(label: string, effects: Readonly<Record<string, Effect>>, isFirst: boolean): string {
  const cells = COLUMNS.map((name) => {
    const effect = effects[name];
    if (effect === undefined) return "–".padStart(WIDTHS.cell);
    const value = name.startsWith("CPU") ? effect.value.toFixed(2) : significant(effect.value);
    const change = isFirst ? "" : changeOf(effect);
    return `${value.padStart(WIDTHS.value)}${change.padStart(WIDTHS.change)}`.padStart(WIDTHS.cell);
  });
  return `${label.padEnd(LABEL_WIDTH)}${cells.join("")}`.trimEnd();
}

/** `+12%`, from twice as much on `x2.1`, and `~` where the rounds do not agree on more or less. */
function changeOf({ ratio, agreed }: Effect): string {
  if (!agreed) return "~";
  if (ratio >= 1.995) return `x${significant(ratio, ratio < 100 ? 2 : 3)}`;
  const percent = Math.round((ratio - 1) * 100);
  return percent > 0 ? `+${percent}%` : `${percent}%`;
}
