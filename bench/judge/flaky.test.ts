/** What came before a run weighs in its verdict: a gate in quarantine, and the run that is repeated. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Run } from "../results/run-schema.ts";
import { type Facts, judge } from "./judge.ts";
import { type Change, evidenceOf, planned, WELL } from "./testing/evidence.ts";

const basic = planned("basic-load");
const quarantine = new Map([["latency-p50", { flips: 3, runs: 12 }]]);
const slow: Change = ({ phase }) => (phase === "hold" ? { latencyMs: 60 } : {});
const slower: Change = ({ phase }) => (phase === "hold" ? { latencyMs: 120 } : {});

const judged = (change: Change, facts: Partial<Facts>) =>
  judge(evidenceOf(basic, change), { ...WELL, ...facts });
const p50 = ({ sla }: Pick<Run, "sla">) => sla.find(({ id }) => id === "latency-p50");

test("a gate in quarantine that fails is told, and does not gate", () => {
  const found = judged(slow, { quarantine });
  assert.deepEqual([found.verdict, found.exitCode], ["warn", 0]);
  assert.deepEqual(found.reasons, [
    "latency p50 60.0 ms, limit < 50 ms; quarantined, does not gate: 3 flips in 12 runs (25.0 %)",
  ]);
  assert.deepEqual([p50(found)?.state, p50(found)?.quarantine], ["fail", { flips: 3, runs: 12 }]);
});

test("beside one that does gate it fails with it, and is told after it", () => {
  const { verdict, exitCode, reasons } = judged(slower, { quarantine });
  assert.deepEqual([verdict, exitCode], ["fail", 99]);
  assert.match(reasons[0] ?? "", /^latency p95 120 ms, limit < 100 ms$/);
  assert.match(reasons.at(-1) ?? "", /^latency p50 .*; quarantined/);
});

test("a gate in quarantine that holds is as any other", () => {
  const found = judged(() => ({}), { quarantine });
  assert.deepEqual([found.verdict, p50(found)?.quarantine], ["pass", undefined]);
});

test("quarantine makes no data of a gate no pass, nor hides it a target that died", () => {
  const empty = new Map([["target-rss", { flips: 3, runs: 12 }]]);
  assert.equal(judged(() => ({ target: null }), { quarantine: empty }).verdict, "no-data");
  const died = { exitCode: 1, signal: null, atSeconds: 7, lastLog: [] };
  assert.equal(judged(slow, { quarantine, died }).verdict, "fail");
  assert.equal(judged(() => ({ answers: 0 }), { quarantine }).verdict, "no-data");
});

const first = { run: "the-first", verdict: "fail", reasons: ["latency p50 60.0 ms, limit < 50 ms"] } as const;
const retryOf = { ...first, reasons: [...first.reasons] };

test("a retry that holds warns, and says of what it is a retry", () => {
  const found = judged(() => ({}), { retryOf });
  assert.deepEqual(
    [found.verdict, found.exitCode, found.retryOf],
    ["warn", 0, { ...retryOf, ownVerdict: "pass" }],
  );
  assert.deepEqual(found.reasons, [
    "flaky: the-first was fail (latency p50 60.0 ms, limit < 50 ms), and its retry pass",
  ]);
});

test("a retry that fails is as bad as it is by itself, and names the first", () => {
  const found = judged(slow, { retryOf });
  assert.deepEqual([found.verdict, found.exitCode, found.retryOf?.ownVerdict], ["fail", 99, "fail"]);
  assert.deepEqual(found.reasons, [
    "latency p50 60.0 ms, limit < 50 ms",
    "a retry: the-first before it was fail (latency p50 60.0 ms, limit < 50 ms)",
  ]);
});

for (const [what, change, facts, own] of [
  ["99 then 4, no data", () => ({ answers: 0 }), {}, "no-data"],
  ["99 then 4, Ctrl-C", () => ({}), { interruptedAfterSeconds: 3 }, "invalid"],
  ["99 then 1, a k6 that failed", () => ({}), { k6Error: "k6 panicked" }, "invalid"],
] as const satisfies readonly (readonly [string, Change, Partial<Facts>, string])[]) {
  test(`a retry that measures nothing hides no fail: ${what}`, () => {
    const found = judged(change, { ...facts, retryOf });
    assert.deepEqual([found.verdict, found.exitCode, found.retryOf?.ownVerdict], ["fail", 99, own]);
    assert.equal(
      found.reasons[0],
      "the-first was fail (latency p50 60.0 ms, limit < 50 ms); it stands, because its retry measured nothing",
    );
    assert.equal(found.reasons.length, 2);
  });
}

test("4 then 4: of two runs that measured nothing the second tells", () => {
  const empty = { ...retryOf, verdict: "no-data" } as const;
  const { verdict, exitCode } = judged(() => ({}), { interruptedAfterSeconds: 3, retryOf: empty });
  assert.deepEqual([verdict, exitCode], ["invalid", 4]);
});

test("a run that is no retry says nothing of one", () => {
  assert.equal("retryOf" in judged(() => ({}), {}), false);
});
