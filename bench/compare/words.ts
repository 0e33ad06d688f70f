import { bytes, latency, percent, significant } from "../format.ts";
import type { Comparison, Row } from "./compare.ts";
import { FAMILIES, type Family, type Policy } from "./policy.ts";
import { percentOf, type RowVerdict } from "./verdict.ts";

/** How a comparison is said, on a terminal and on a page. */

/** `+12.3 %`, `−4.0 %`, `+310 %`. */
export function changeText(ratio: number): string {
  return `${bare(ratio)} %`;
}

/** `+48 to +77`, percent. */
export function intervalText({ low, high }: Pick<Row, "low" | "high">): string {
  return `${bare(low, 10)} to ${bare(high, 10)}`;
}

/** More than this many percent are told as such. */
const MOST_PERCENT = 999;

/** @param whole from so many percent on without a fraction */
function bare(ratio: number, whole = 100): string {
  const percent = percentOf(ratio);
  if (percent > MOST_PERCENT) return `>+${MOST_PERCENT}`;
  const size = Math.abs(percent);
  const digits = size >= whole - 0.05 ? size.toFixed(0) : size.toFixed(1);
  if (Number(digits) === 0) return "0.0";
  return `${percent < 0 ? "−" : "+"}${digits}`;
}

/** `<.001`, `0.04`. */
export function pText(p: number): string {
  return p < 0.001 ? "<.001" : p.toFixed(p < 0.1 ? 3 : 2);
}

/** A value with its unit, where its title does not have it. */
export function valueText(value: number, { unit }: Pick<Row, "unit">): string {
  if (unit === "ms") return latency(value);
  if (unit === "%") return percent(value);
  return unit === "bytes" ? bytes(value) : significant(value);
}

/** Memory does not run, so it is not slower. */
const WORDS = {
  latency: { slower: "slower", faster: "faster" },
  throughput: { slower: "slower", faster: "faster" },
  success: { slower: "fewer", faster: "more" },
  cpu: { slower: "more", faster: "less" },
  memory: { slower: "more", faster: "less" },
} as const;

/** `same`, `slower`, `less`; `warns` or `fails` where it does. */
export function verdictWord({ change, severity, family }: Row): string {
  if (severity !== "none") return `${severity}s`;
  return change === "slower" || change === "faster" ? WORDS[family][change] : change;
}

/** The verdict over all in a word or two. */
export function overallWord({ change, severity }: RowVerdict): string {
  return severity === "none" ? change : `${change} (${severity}s)`;
}

const FAMILY_NAMES: Readonly<Record<Family, string>> = {
  latency: "latency",
  throughput: "throughput",
  success: "right answers",
  memory: "memory",
  cpu: "CPU",
};

/** A line for each family: `latency: +20 % warns, +50 % fails`. */
export function limitsText(policy: Policy): string[] {
  return FAMILIES.map((family) => {
    const { warn, fail } = policy[family];
    const sign = family === "throughput" || family === "success" ? "−" : "+";
    const of = (limit: number | undefined, does: string) =>
      limit === undefined ? [] : [`${sign}${limit} % ${does}`];
    const says = [...of(warn, "warns"), ...of(fail, "fails")].join(", ");
    return `${FAMILY_NAMES[family]}: ${says === "" ? "no limit" : says}`;
  });
}

const WEIGHT = { fail: 0, warn: 1, none: 2 } as const;

/** What is behind the verdict, a line each, the worst first; then what could not be told. */
export function reasons({ rows, unanswered }: Pick<Comparison, "rows" | "unanswered">): string[] {
  const changed = rows
    .filter(({ change }) => change === "slower" || change === "faster")
    .sort((a, b) => order(a) - order(b));
  const unclear = rows.filter(({ change }) => change === "inconclusive").map(({ title }) => title);
  return [
    ...unanswered,
    ...changed.map((row) => {
      const limit = row.limit === null ? "" : `, limit ${row.worse === "more" ? "+" : "−"}${row.limit} %`;
      return `${row.title} ${changeText(row.ratio)} (${intervalText(row)} %)${limit}`;
    }),
    ...(unclear.length > 0 ? [`scatters too much to tell: ${unclear.join(", ")}`] : []),
  ];
}

function order({ change, severity }: Row): number {
  return change === "slower" ? WEIGHT[severity] : 3;
}

/** What the figures cannot say by themselves. */
export const CAVEAT =
  "The intervals know the scatter within each run, not how processes and the machine differ between the two.";
