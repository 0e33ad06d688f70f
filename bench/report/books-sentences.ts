import { count } from "../format.ts";
import type { Findings } from "../results/run-schema.ts";

/** What became of a run's packets, and whether everybody's books say so: one sentence each. */
export function booksSentences(books: NonNullable<Findings["conservation"]>): string[] {
  const { sent, fulfilled, rejected, timedOut, unexpected, connectors, silent, differences } = books;
  const ends = [
    `${count(fulfilled)} fulfilled`,
    `${count(rejected)} rejected`,
    `${count(timedOut)} without an answer in time`,
    ...(unexpected > 0 ? [`${count(unexpected)} answers nobody asked for`] : []),
  ].join(", ");
  const names = Object.keys(connectors);
  const agree =
    silent.length > 0
      ? `${silent.join(", ")} did not tell what it counted.`
      : names.length === 0
        ? "The connector's books cannot be seen."
        : `The books of ${names.join(", ")} and ${names.length === 1 ? "its ledger" : "their ledgers"} agree.`;
  return [
    `${count(sent)} packets, warm-up included: ${ends}.`,
    differences.length > 0 ? `The books differ: ${differences.join("; ")}.` : agree,
  ];
}
