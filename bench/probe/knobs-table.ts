import { significant } from "../format.ts";
import type { Baseline, Effect, Figures } from "./effects.ts";
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

/** The row that the others are compared with: its values, and how far its own runs were from each other. */
export function bundledRow(label: string, baseline: Readonly<Record<string, Baseline>>): string {
  return rowOf(label, (name) => {
    const of = baseline[name];
    return of && [textOf(name, of.value), spreadOf(of)];
  });
}

/** A knob's row: its values, and how far they are from the bundled setting's. */
export function knobRow(label: string, effects: Readonly<Record<string, Effect>>): string {
  return rowOf(label, (name) => {
    const of = effects[name];
    return of && [textOf(name, of.value), changeOf(of)];
  });
}

/** At most 80 columns. */
function rowOf(
  label: string,
  cellOf: (column: (typeof COLUMNS)[number]) => readonly [value: string, change: string] | undefined,
): string {
  const cells = COLUMNS.map((name) => {
    const [value, change] = cellOf(name) ?? ["–", ""];
    return `${value.padStart(WIDTHS.value)}${change.padStart(WIDTHS.change)}`.padStart(WIDTHS.cell);
  });
  return `${label.padEnd(LABEL_WIDTH)}${cells.join("")}`.trimEnd();
}

/** At most four letters: no comma among a thousand milliseconds. */
function textOf(column: string, value: number): string {
  if (column.startsWith("CPU")) return value.toFixed(2);
  return value < 999.5 ? significant(value) : value.toFixed(0);
}

/** `±4%`: the furthest of its runs. */
function spreadOf({ low, high }: Baseline): string {
  const off = Math.max(high - 1, 1 - low);
  return off < 9.995 ? `±${Math.round(100 * off)}%` : `±x${significant(off, 2)}`;
}

/** `+12%`, from twice as much on `x2.1`, and `~` where it is no more than the machine's own doing. */
function changeOf({ ratio, seen }: Effect): string {
  if (!seen) return "~";
  if (ratio >= 1.995) return `x${significant(ratio, ratio < 100 ? 2 : 3)}`;
  const percent = Math.round((ratio - 1) * 100);
  return percent > 0 ? `+${percent}%` : `${percent}%`;
}
