import assert from "node:assert/strict";
import { test } from "node:test";
import { writeRejectFrame } from "../../../wire/btp.ts";
import type { Waiting } from "../btp/btp.ts";
import { SLOW_MS } from "../checks/holds.ts";
import { type Behaviour, frame, NOTHING, pathOf, prepare } from "./testing/path-between.ts";

const rejectWith = (code: string) => (waiting: Waiting) =>
  waiting.onAnswer(
    frame((into) => writeRejectFrame(1, { code, triggeredBy: "test.c", message: "", data: NOTHING }, into)),
  );

/** Just short of what counts in full. */
const NEARLY_MS = SLOW_MS - 100;
const ONE_ENDED = 1 / 200;

for (const [what, does, heldMs, costs] of [
  ["a packet that nobody answers", "does not answer", NEARLY_MS, true],
  ["one that a later hop gave up", rejectWith("R00"), NEARLY_MS, true],
  ["one that is rejected late", "rejects", NEARLY_MS, true],
  ["one whose next hop is lost late", "loses its link", NEARLY_MS, true],
  ["one that runs out within a moment", "does not answer", 60, true],
  ["one that is rejected at once", "rejects", 60, false],
  ["one that is fulfilled late", "fulfills", NEARLY_MS, false],
] as const satisfies readonly (readonly [
  string,
  Behaviour | ((waiting: Waiting) => void),
  number,
  boolean,
])[]) {
  test(`${what} ${costs ? "costs its sender" : "costs nothing"}`, async (t) => {
    const node = await pathOf(t);
    const systemMs = Date.now;
    const acceptedMs = performance.now();
    let passedMs = 0;
    t.mock.method(Date, "now", () => systemMs() + passedMs);
    t.mock.method(performance, "now", () => acceptedMs + passedMs);
    node.receive(1, prepare(1), does);
    passedMs = heldMs;
    await node.answers();
    const lost = 1 - node.alice.checks.holds.share;
    if (!costs) assert.equal(lost, 0);
    else {
      const expected = (ONE_ENDED * heldMs) / SLOW_MS;
      assert.ok(Math.abs(lost - expected) < 1e-9, `${lost}, expected ${expected}`);
    }
  });
}
