import assert from "node:assert/strict";
import { test } from "node:test";
import { booksSentences } from "./books-sentences.ts";

const A = { received: 1_000, fulfilled: 990, rejected: 7, paidUnits: 99_000, heldUnits: 0 };
const books = {
  sent: 1_000,
  fulfilled: 990,
  rejected: 7,
  timedOut: 3,
  unexpected: 0,
  connectors: { A },
  silent: [],
  differences: [],
  unaccounted: 0,
};
const ends = "1,000 packets, warm-up included: 990 fulfilled, 7 rejected, 3 without an answer in time.";

for (const [what, given, sentences] of [
  ["one connector", books, [ends, "The books of A and its ledger agree."]],
  ["several", { ...books, connectors: { A, B: A } }, [ends, "The books of A, B and their ledgers agree."]],
  ["none to be seen", { ...books, connectors: {} }, [ends, "The connector's books cannot be seen."]],
  [
    "books that differ",
    { ...books, differences: ["connector A received 999, k6 sent 1,000"], unaccounted: 1 },
    [ends, "The books differ: connector A received 999, k6 sent 1,000."],
  ],
  [
    "a connector that did not tell",
    { ...books, connectors: {}, silent: ["A"] },
    [ends, "A did not tell what it counted."],
  ],
  [
    "answers nobody asked for",
    { ...books, unexpected: 2 },
    [`${ends.slice(0, -1)}, 2 answers nobody asked for.`, "The books of A and its ledger agree."],
  ],
] as const) {
  test(`${what}: two sentences`, () => {
    assert.deepEqual(
      booksSentences({ ...given, silent: [...given.silent], differences: [...given.differences] }),
      sentences,
    );
  });
}
