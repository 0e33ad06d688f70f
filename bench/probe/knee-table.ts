import { count, significant } from "../format.ts";
import type { Knee } from "./knee-search.ts";
import type { Reading } from "./reading.ts";

/** CPU columns: the generator, then a packet's way, then who else was there. */
const PROCESSES = ["k6", "A", "bob", "hub", "other"];
const WIDTHS = [7, 7, 6, 6, 6, 6, 6, 5, 5, 5, 5, 6];

export const KNEE_HEADER = line(["rate/s", "sent %", "p50", "p99", "p99.9", "late", "lost", ...PROCESSES]);

/**
 * A row for a probe, at most 80 columns; where k6 says why packets were lost, that below it.
 *
 * @param again whether the row above is of the same rate
 */
export function kneeRow(rate: number, reading: Reading, again = false): string {
  const { achieved, p50Ms, p99Ms, p999Ms, lateMs, lost, cores, outcome, complaint } = reading;
  const row = line([
    again ? "again" : count(rate),
    achieved.toFixed(1),
    ...[p50Ms, p99Ms, p999Ms, lateMs].map((ms) => significant(ms)),
    count(lost),
    ...PROCESSES.map((name) => cores[name]?.toFixed(2) ?? "–"),
    outcome,
  ]);
  return complaint === undefined ? row : `${row}\n        ${complaint.slice(0, 72)}`;
}

function line(cells: readonly string[]): string {
  return cells.map((text, i) => (WIDTHS[i] === undefined ? ` ${text}` : text.padStart(WIDTHS[i]))).join("");
}

/**
 * What was found, in some lines: what held and what did not, of how many tries, and how far the p99 of those that decided
 * lie apart.
 *
 * @param readings of each rate, in their order
 */
export function kneeSentence(
  { held, broke }: Knee,
  readings: ReadonlyMap<number, readonly Reading[]>,
  hostCores: number,
): string {
  const of = (rate: number) => readings.get(rate) ?? [];
  const above = broke === undefined ? [] : [`${count(broke)} held in ${howOften(of(broke))}`];
  if (held === undefined) return ["knee: none of the rates was held", ...above].join("\n");
  // What the host kept nobody here used; `noiseOf` tells of it.
  const {
    other = 0,
    stolen: _,
    ...ours
  } = of(held).findLast(({ outcome }) => outcome === "held")?.cores ?? {};
  const used = Object.values(ours).reduce((sum, each) => sum + each, 0);
  return [
    `knee: ${count(held)} packets/s held in ${howOften(of(held))}`,
    ...above,
    `at the knee k6 and the network used ${used.toFixed(2)} of ${hostCores} cores, other work ${other.toFixed(2)}`,
  ].join("\n");
}

/** `2 of 3 tries, p99 8.20 to 10.9 ms; not: latency` */
function howOften(tries: readonly Reading[]): string {
  const p99s = tries.map(({ p99Ms }) => p99Ms);
  const [low, high] = [Math.min(...p99s), Math.max(...p99s)].map((ms) => significant(ms));
  const failed = tries.filter(({ outcome }) => outcome !== "held");
  const why = [...new Set(failed.map(({ outcome }) => outcome))].join(", ");
  return [
    `${tries.length - failed.length} of ${tries.length} tries, p99 ${low === high ? low : `${low} to ${high}`} ms`,
    ...(failed.length > 0 ? [`not: ${why}`] : []),
  ].join("; ");
}
