/** What counts as a run that was only too slow: the end-to-end tests let it through, so it must not let through more. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sample } from "../../bench/report/testing/sample.ts";
import type { Run } from "../../bench/results/run-schema.ts";
import { SCENARIOS } from "../../scenarios/plans.ts";
import { isOfSpeed, onlyTooSlow, onlyTooSlowForK6 } from "../too-slow.ts";

const { run: HEALTHY } = sample("basic-load");
const FAIL = { verdict: "fail", exitCode: 99 } as const;
const INVALID: Partial<Run> = {
  verdict: "invalid",
  exitCode: 4,
  generator: { ...HEALTHY.generator, healthy: false, reasons: ["the machine was overloaded"] },
};

/** A run whose rows of these ids are in a state, crossed unless said. */
function crossing(ids: readonly string[], change: Partial<Run>, state: "fail" | "no-data" = "fail"): Run {
  for (const id of ids)
    assert.ok(
      HEALTHY.sla.some((row) => row.id === id),
      id,
    );
  const sla = HEALTHY.sla.map((row) => (ids.includes(row.id) ? { ...row, state } : row));
  return { ...HEALTHY, sla, ...change };
}

const died = { ...HEALTHY.target, died: { exitCode: 1, signal: null, atSeconds: 3, lastLog: [] } };

for (const [what, run, expected] of [
  ["latency alone", crossing(["latency-p50", "latency-p99"], FAIL), true],
  [
    "CPU, memory and the rate that was reached",
    crossing(["target-cpu", "target-rss", "achieved"], FAIL),
    true,
  ],
  ["latency, and requests that failed", crossing(["latency-p99", "failed"], FAIL), false],
  ["wrong answers", crossing(["correct"], FAIL), false],
  ["arrivals that were dropped", crossing(["dropped"], FAIL), false],
  [
    "a target that stalled",
    crossing(["latency-p99"], { ...FAIL, reasons: ["the target stalled: 7 arrivals"] }),
    false,
  ],
  ["a target that died", crossing(["latency-p99"], { ...FAIL, target: died }), false],
  ["nothing: a fail for no reason", crossing([], FAIL), false],
  ["latency, with the exit code of a pass", crossing(["latency-p99"], { ...FAIL, exitCode: 0 }), false],
  ["latency, with the exit code of no data", crossing(["latency-p99"], { ...FAIL, exitCode: 4 }), false],
  ["latency, of a run that was cut", crossing(["latency-p99"], { ...FAIL, state: "interrupted" }), false],
  ["nothing: a pass is judged by its exit code", HEALTHY, false],
  ["a generator that was the limit", crossing([], INVALID), true],
  ["such a generator, latency, and what it dropped", crossing(["latency-p99", "dropped"], INVALID), true],
  ["such a generator, and requests that failed", crossing(["failed"], INVALID), false],
  ["such a generator, with the exit code of a fail", crossing([], { ...INVALID, exitCode: 99 }), false],
  ["no reason to be invalid", crossing([], { ...INVALID, generator: HEALTHY.generator }), false],
  [
    "speed that could not be told",
    crossing(["latency-p99"], { verdict: "no-data", exitCode: 4 }, "no-data"),
    true,
  ],
  [
    "no request at all",
    crossing(["latency-p99", "failed"], { verdict: "no-data", exitCode: 4 }, "no-data"),
    false,
  ],
] as const) {
  test(`what did not hold: ${what}: ${expected ? "" : "not "}only too slow`, () => {
    assert.equal(onlyTooSlow(run), expected);
  });
}

test("rows of any scenario that are not of speed", () => {
  const rows = Object.keys(SCENARIOS).flatMap((scenario) => sample(scenario).run.sla);
  const titles = new Set(rows.filter((row) => !isOfSpeed(row)).map(({ title }) => title));
  assert.deepEqual([...titles].sort(), [
    "answers nobody asked for",
    "dropped arrivals",
    "failed requests",
    "packets not fulfilled",
    "packets unaccounted for",
    "packets with all their telemetry",
    "right answers",
  ]);
});

const summary = (...lines: string[]) =>
  `  █ THRESHOLDS\n\n    latency{phase:hold}\n${lines.map((line) => `    ${line}\n`).join("")}`;

for (const [what, exitCode, lines, expected] of [
  ["latency", 99, ["✓ 'p(50)<50' p(50)=1ms", "✗ 'p(99)<150' p(99)=200ms"], true],
  ["the rate that was reached", 99, ["✗ 'count>=495' count=400"], true],
  ["latency and errors", 99, ["✗ 'p(99)<150' p(99)=200ms", "✗ 'rate<0.01' rate=30.00%"], false],
  ["no request", 99, ["✗ 'count>0' count=0"], false],
  ["a heartbeat that never was", 99, ["✗ 'p(95)<100' p(95)=0s", "✗ 'max>0' max=0s"], false],
  ["packets that failed", 99, ["✗ 'count<=0' count=3"], false],
  ["a check of the script, which is no threshold", 99, ["✗ greeted"], false],
  ["latency, with another exit code", 107, ["✗ 'p(99)<150' p(99)=200ms"], false],
] as const) {
  test(`what k6 says was crossed: ${what}: ${expected ? "" : "not "}only too slow`, () => {
    assert.equal(onlyTooSlowForK6(exitCode, summary(...lines)), expected);
  });
}
