import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_POLICY, type Family } from "./policy.ts";
import { overall, type RowVerdict, verdictOf } from "./verdict.ts";

const LATENCY = { worse: "more", family: "latency" } as const;
const THROUGHPUT = { worse: "less", family: "throughput" } as const;
const MEMORY = { worse: "more", family: "memory" } as const;
const CPU = { worse: "more", family: "cpu" } as const;
const SUCCESS = { worse: "less", family: "success" } as const;
const SURE = 0.001;
const UNSURE = 0.2;

for (const [what, metric, [low, ratio, high], p, expected] of [
  ["+4 %, however sure", LATENCY, [1.03, 1.04, 1.05], SURE, "same none"],
  ["no change, and no room for one that warns", LATENCY, [0.9, 1.0, 1.1], UNSURE, "same none"],
  ["no change, with room for +25 %", LATENCY, [0.8, 1.0, 1.25], UNSURE, "inconclusive none"],
  ["no change, with room for -25 %", LATENCY, [0.75, 1.0, 1.19], UNSURE, "inconclusive none"],
  ["+60 %, but not sure", LATENCY, [0.9, 1.6, 2.9], UNSURE, "inconclusive none"],
  ["+10 %, sure", LATENCY, [1.07, 1.1, 1.13], SURE, "slower none"],
  ["+20 %", LATENCY, [1.1, 1.2, 1.3], SURE, "slower warn"],
  ["+49.9 %", LATENCY, [1.3, 1.499, 1.7], SURE, "slower warn"],
  ["+50 %", LATENCY, [1.3, 1.5, 1.7], SURE, "slower fail"],
  ["-30 %", LATENCY, [0.6, 0.7, 0.8], SURE, "faster none"],
  ["a throughput of -10 %", THROUGHPUT, [0.88, 0.9, 0.92], SURE, "slower none"],
  ["a throughput of -30 %", THROUGHPUT, [0.65, 0.7, 0.75], SURE, "slower warn"],
  ["a throughput of -50 %", THROUGHPUT, [0.45, 0.5, 0.55], SURE, "slower fail"],
  ["a throughput of +50 %", THROUGHPUT, [1.4, 1.5, 1.6], SURE, "faster none"],
  ["right answers of -0.05 %", SUCCESS, [0.999, 0.9995, 0.9999], SURE, "same none"],
  ["right answers of -1.2 %", SUCCESS, [0.987, 0.988, 0.989], SURE, "slower warn"],
  ["right answers of -6 %", SUCCESS, [0.93, 0.94, 0.948], SURE, "slower fail"],
  ["right answers of -1.2 %, but not sure", SUCCESS, [0.96, 0.988, 1.02], UNSURE, "inconclusive none"],
  ["memory of +29 %", MEMORY, [1.2, 1.29, 1.4], SURE, "slower none"],
  ["memory of +300 %", MEMORY, [3.5, 4, 4.5], SURE, "slower warn"],
  ["CPU of +300 %, which has no limit", CPU, [3.5, 4, 4.5], SURE, "slower none"],
  ["CPU without change, to 19 %", CPU, [0.9, 1, 1.19], UNSURE, "same none"],
] as const) {
  test(`${what}: ${expected}`, () => {
    const { change, severity } = verdictOf({ ratio, low, high, p }, p, metric, DEFAULT_POLICY);
    assert.equal(`${change} ${severity}`, expected);
  });
}

test("significance is that after Holm", () => {
  const estimate = { ratio: 1.6, low: 1.2, high: 2.1, p: 0.01 };
  assert.equal(verdictOf(estimate, 0.05, LATENCY, DEFAULT_POLICY).change, "inconclusive");
  assert.equal(verdictOf(estimate, 0.049, LATENCY, DEFAULT_POLICY).change, "slower");
});

const row = (
  change: RowVerdict["change"],
  severity: RowVerdict["severity"] = "none",
  family: Family = "latency",
) => ({ change, severity, limit: null, family });

for (const [rows, expected] of [
  [[row("same"), row("same")], "same none"],
  [[row("same"), row("inconclusive")], "inconclusive none"],
  [[row("inconclusive"), row("faster"), row("same")], "inconclusive none"],
  [[row("faster"), row("same")], "faster none"],
  [[row("faster", "none", "memory"), row("same")], "same none"],
  [[row("faster", "none", "memory"), row("faster", "none", "cpu")], "faster none"],
  [[], "inconclusive none"],
  [[row("faster"), row("slower")], "slower none"],
  [[row("slower"), row("slower", "warn"), row("faster")], "slower warn"],
  [[row("slower", "warn"), row("slower", "fail")], "slower fail"],
] as const) {
  test(`of ${rows.map(({ family, change, severity }) => `${family} ${change} ${severity}`).join(", ") || "nothing"} it is ${expected}`, () => {
    const { change, severity } = overall(rows);
    assert.equal(`${change} ${severity}`, expected);
  });
}
