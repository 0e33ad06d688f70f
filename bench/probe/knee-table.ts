import { count, significant } from "../format.ts";
import type { Knee } from "./knee-search.ts";
import type { Reading } from "./reading.ts";

/** CPU columns: the generator, then a packet's way, then who else was there. */
const PROCESSES = ["k6", "A", "bob", "hub", "other"];
const WIDTHS = [7, 7, 6, 6, 6, 6, 6, 5, 5, 5, 5, 6];

export const KNEE_HEADER = line(["rate/s", "sent %", "p50", "p99", "p99.9", "late", "lost", ...PROCESSES]);

/** A row for a probe, at most 80 columns; where k6 says why packets were lost, that below it. */
export function kneeRow(rate: number, reading: Reading, attempt: number): string {
  const { achieved, p50Ms, p99Ms, p999Ms, lateMs, lost, cores, outcome, complaint } = reading;
  const row = line([
    attempt > 1 ? "again" : count(rate),
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
 * What was found, in a line or two.
 *
 * @param last reading of each rate
 * @param tries how often a rate was tried before it counted as not held
 */
export function kneeSentence(
  { held, broke }: Knee,
  last: ReadonlyMap<number, Reading>,
  { tries, hostCores }: { readonly tries: number; readonly hostCores: number },
): string {
  const why =
    broke === undefined ? "" : `; ${count(broke)} did not in ${tries} tries: ${last.get(broke)?.outcome}`;
  if (held === undefined) return `knee: none of the rates was held${why}`;
  const { p99Ms, cores } = last.get(held) as Reading;
  const { other = 0, ...ours } = cores;
  const used = Object.values(ours).reduce((sum, each) => sum + each, 0);
  return [
    `knee: ${count(held)} packets/s held, p99 ${significant(p99Ms)} ms${why}`,
    `there k6 and the network used ${used.toFixed(2)} of ${hostCores} cores, other work ${other.toFixed(2)}`,
  ].join("\n");
}
