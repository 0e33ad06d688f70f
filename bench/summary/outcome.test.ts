import assert from "node:assert/strict";
import { test } from "node:test";
import { madeUp } from "../ab/testing/trial.ts";
import { times } from "../compare/testing/sides.ts";
import { sample } from "../report/testing/sample.ts";
import type { GatheredRun } from "./gather.ts";
import { summarize } from "./summarize.ts";
import { gatheredRun } from "./testing/gathered.ts";

const BEFORE = { ...sample("basic-load", { seed: 9 }) };
BEFORE.run.run = "before";

const pass = await gatheredRun(sample("basic-load"), { run: "pass" }, BEFORE);
const slower = await gatheredRun(sample("basic-load", times(1.8)), { run: "slower" }, BEFORE);
const bit = await gatheredRun(sample("basic-load", times(1.3)), { run: "bit" }, BEFORE);
const verdict = async (word: GatheredRun["run"]["verdict"]) =>
  gatheredRun(sample("stress"), { verdict: word, reasons: [`a reason to ${word}`] });
const [warn, fail, noData, invalid, cut] = await Promise.all(
  (["warn", "fail", "no-data", "invalid", null] as const).map(verdict),
);
const [ab, abSlower, abFails] = [1, 1.3, 1].map((ratio, i) => madeUp(ratio, {}, i === 2 ? 50 : 0).ab);

for (const [what, runs, abs, outcome, exitCode, sentence] of [
  ["a pass", [pass], [], "pass", 0, /^basic-load smoke held its SLA; 1 compared with a baseline, none is/],
  ["a warning", [pass, warn], [], "warn", 0, /^stress smoke crossed a limit by a little\.$/],
  ["a warning of a comparison", [bit], [], "warn", 0, /^basic-load smoke is worse than its baseline\.$/],
  ["no data", [pass, noData], [], "no-data", 4, /^stress smoke says nothing of its target\.$/],
  ["an invalid run", [pass, invalid], [], "no-data", 4, /^stress smoke says nothing of its target\.$/],
  ["a run that was cut", [pass, cut], [], "no-data", 4, /^stress smoke says nothing of its target\.$/],
  ["nothing measured", [invalid, noData], [], "no-data", 4, /^Nothing was measured: no run says/],
  [
    "a regression",
    [pass, slower, noData],
    [],
    "regression",
    3,
    /^basic-load smoke is slower than its baseline; /,
  ],
  [
    "a slower build",
    [pass],
    [abSlower],
    "regression",
    3,
    /^node server.* is slower than main \(71ae523\)\.$/,
  ],
  [
    "a failed SLA",
    [slower, fail, noData],
    [],
    "fail",
    99,
    /^stress smoke failed its SLA; basic-load smoke is/,
  ],
  [
    "a build that fails",
    [slower],
    [abFails],
    "fail",
    99,
    /^node server.*… fails beside main \(71ae523\); basic/,
  ],
  ["a build that is the same", [pass], [ab], "pass", 0, /; node server.*… against main \(71ae523\): same\.$/],
] as const) {
  test(`the worst of a set decides: ${what}`, () => {
    const found = summarize(
      {
        runs: runs.map((run) => run ?? assert.fail()),
        abs: abs.map((one) => one ?? assert.fail()),
        trends: [],
      },
      "0.1.0",
    );
    assert.deepEqual([found.outcome, found.exitCode], [outcome, exitCode], found.sentence);
    assert.match(found.sentence, sentence);
    assert.equal(found.measured, what !== "nothing measured");
  });
}

for (const [what, run, outcome, exitCode, sentence] of [
  ["beside a pass", pass, "no-data", 4, "without a result: stress smoke: exit 2, ab: exit 1."],
  [
    "beside a fail",
    fail,
    "fail",
    99,
    "stress smoke failed its SLA; without a result: stress smoke: exit 2, ab: exit 1.",
  ],
] as const) {
  test(`what left no result is named, and is no pass: ${what}`, () => {
    const missing = ["stress smoke: exit 2", "ab: exit 1"];
    const found = summarize({ runs: [run ?? assert.fail()], abs: [], trends: [] }, "0.1.0", missing);
    assert.deepEqual([found.outcome, found.exitCode, found.sentence], [outcome, exitCode, sentence]);
    assert.equal(found.next.filter(({ why }) => why.startsWith("Left no result: ")).length, 2);
  });
}
