import assert from "node:assert/strict";
import { test } from "node:test";
import { madeUp } from "../ab/testing/trial.ts";
import { times } from "../compare/testing/sides.ts";
import { sample } from "../report/testing/sample.ts";
import { PROFILED } from "../results/profiled.ts";
import type { Run } from "../results/run-schema.ts";
import type { Trend } from "../trend/trend.ts";
import type { Gathered } from "./gather.ts";
import { recentTrend } from "./recent-trend.ts";
import { summarize } from "./summarize.ts";
import { commitOn, gatheredRun, history } from "./testing/gathered.ts";

const BEFORE = sample("basic-load", { seed: 9 });
BEFORE.run.run = "before";
BEFORE.run.commit = { sha: commitOn(1), dirty: false };
const SLOWER = sample("basic-load", times(1.8));
const LATER: Partial<Run> = { run: "after", commit: { sha: commitOn(20), dirty: false } };
const [GOOD, BAD] = [commitOn(1).slice(0, 12), commitOn(20).slice(0, 12)];

function next(gathered: Partial<Gathered>) {
  return summarize({ runs: [], abs: [], trends: [], ...gathered }, "0.1.0").next;
}

const commandsOf = (steps: ReturnType<typeof next>) => steps.flatMap(({ commands }) => commands);

/** 20 runs, slower from day 15 on. */
function shifted(): Trend {
  const entries = history(20, (day) => (day < 15 ? 2 : 3));
  return recentTrend(entries, entries.at(-1)?.at ?? "") ?? assert.fail("no trend");
}

test("nothing wrong is said so", async () => {
  const run = await gatheredRun(BEFORE, {}, BEFORE);
  assert.deepEqual(next({ runs: [run] }), [
    { why: "Nothing is wrong.", what: "There is nothing to do.", commands: [] },
  ]);
});

test("a regression is searched between the two commits, profiled, or accepted", async () => {
  const steps = next({ runs: [await gatheredRun(SLOWER, LATER, BEFORE)] });
  assert.match(steps[0]?.why ?? "", /^basic-load smoke is worse than its baseline: p50 \+\d+\.\d % \(.*\.$/);
  const [ab, start, run, ...rest] = commandsOf(steps);
  assert.deepEqual(
    [ab, start],
    [`npx plimsoll ab ${GOOD} ${BAD} --scenario basic-load`, `git bisect start --no-checkout ${BAD} ${GOOD}`],
  );
  assert.match(
    run ?? "",
    /^git bisect run sh -c 'case "\$\(npx plimsoll ab 1c+ BISECT_HEAD --scenario basic-load --json\)" in /,
  );
  assert.deepEqual(rest, [
    "git bisect reset",
    "npx plimsoll profile basic-load --profile smoke",
    "npx plimsoll baseline save after",
  ]);
});

test("a shift in the trend narrows the search, and is not told twice", async () => {
  const runs = [await gatheredRun(SLOWER, LATER, BEFORE)];
  const steps = next({ runs, trends: [shifted()] });
  const [from, to] = [commitOn(14).slice(0, 12), commitOn(15).slice(0, 12)];
  assert.equal(commandsOf(steps)[0], `npx plimsoll ab ${from} ${to} --scenario basic-load`);
  assert.equal(steps.filter(({ why }) => why.includes("shift")).length, 0);
});

test("a shift alone is searched as well", async () => {
  const [step] = next({ runs: [await gatheredRun(BEFORE, {}, BEFORE)], trends: [shifted()] });
  assert.match(
    step?.why ?? "",
    /^The trend of basic-load smoke has a shift: p95 \+\d+\.\d % with 15ccccc \(/,
  );
  assert.match(step?.commands[0] ?? "", /^npx plimsoll ab 14c+ 15c+ --scenario basic-load$/);
});

test("of one commit there is nothing to bisect: run again, then profile", async () => {
  const same = await gatheredRun(SLOWER, { ...LATER, commit: BEFORE.run.commit }, BEFORE);
  assert.deepEqual(next({ runs: [same] })[0]?.commands, [
    "npx plimsoll run basic-load --profile smoke",
    "npx plimsoll profile basic-load --profile smoke",
  ]);
});

test("a better run is worth a new baseline", async () => {
  const better = await gatheredRun(sample("basic-load", times(0.5)), LATER, BEFORE);
  const [step, ...more] = next({ runs: [better] });
  assert.match(step?.why ?? "", /^basic-load smoke is better than its baseline: p50 −\d+\.\d %/);
  assert.deepEqual([step?.commands, more], [["npx plimsoll baseline save after"], []]);
});

const died = {
  ...SLOWER.run.target,
  died: { exitCode: 1, signal: null, atSeconds: 3, lastLog: ["out of memory"] },
};
const CASES: readonly (readonly [string, Partial<Run>, why: RegExp, what: RegExp, command: RegExp])[] = [
  [
    "a failed SLA",
    { verdict: "fail", reasons: ["p95 212 ms"] },
    /failed: p95 212 ms\.$/,
    /profile/,
    /^npx plimsoll profile basic-load --profile smoke$/,
  ],
  [
    "a target that died",
    { verdict: "fail", reasons: ["the target died"], target: died },
    /failed: the target died\.$/,
    /target\.log/,
    /^npx plimsoll run basic-load/,
  ],
  [
    "an invalid run",
    { verdict: "invalid", reasons: ["k6 on 95 % of all cores"] },
    /is invalid: k6 on 95 % of all cores\.$/,
    /generator was the limit.*VUs/,
    /^npx plimsoll doctor$/,
  ],
  [
    "a k6 that failed",
    { verdict: "invalid", exitCode: 1, reasons: ["k6 failed"] },
    /is invalid: k6 failed\.$/,
    /k6\.log/,
    /^npx plimsoll doctor$/,
  ],
  [
    "a run that was profiled",
    { verdict: "invalid", exitCode: 4, reasons: [PROFILED] },
    /was profiled, which slows the target down: it has no verdict\.$/,
    /profile\//,
    /^npx plimsoll run basic-load --profile smoke$/,
  ],
  [
    "a run without data",
    { verdict: "no-data", reasons: ["no request was made"] },
    /has no data: no request was made\.$/,
    /address.*k6\.log/,
    /^npx plimsoll doctor$/,
  ],
  [
    "a run that is at work, or was killed",
    { verdict: null, state: "running", reasons: [] },
    /is running, or was killed before its end\.$/,
    /Wait for its end/,
    /^npx plimsoll run basic-load --profile smoke$/,
  ],
  [
    "a run that was cut",
    { verdict: null, state: "interrupted", reasons: [] },
    /was cut before its end\.$/,
    /to its end/,
    /^npx plimsoll run basic-load --profile smoke$/,
  ],
  [
    "a warning",
    { verdict: "warn", reasons: ["p99 160 ms"] },
    /warns: p99 160 ms\.$/,
    /before it grows/,
    /^npx plimsoll profile basic-load/,
  ],
];
for (const [what, change, why, said, commands] of CASES) {
  test(`${what} has a next step of its own`, async () => {
    const [step] = next({ runs: [await gatheredRun(SLOWER, change)] });
    assert.match(step?.why ?? "", why);
    assert.match(step?.what ?? "", said);
    assert.match(step?.commands[0] ?? "", commands);
  });
}

test("a run without a baseline is offered as one; one that failed is not", async () => {
  const commands = commandsOf(next({ runs: [await gatheredRun(BEFORE)] }));
  assert.deepEqual(commands, ["npx plimsoll baseline save before"]);
  const failed = next({ runs: [await gatheredRun(BEFORE, { verdict: "fail" })] });
  assert.doesNotMatch(commandsOf(failed).join("\n"), /baseline save/);
});

test("a slower build is profiled, a broken one is read about", () => {
  const [slower] = next({ abs: [madeUp(1.3).ab] });
  assert.match(slower?.why ?? "", /^node server.*… against main \(71ae523\): B is slower on each/);
  assert.deepEqual(slower?.commands, ["npx plimsoll profile basic-load --profile smoke"]);
  assert.match(next({ abs: [madeUp(1, {}, 50).ab] })[0]?.what ?? "", /^Read what B said/);
});

test("a name of somebody else's cannot get out of its word in a command", async () => {
  const scenario = "x; rm -rf ~ $(id) `id` '";
  const run = await gatheredRun(SLOWER, { scenario, verdict: "fail", run: "$(id)" });
  for (const command of commandsOf(next({ runs: [run] })))
    assert.ok(command.includes("'x; rm -rf ~ $(id) `id` '\\'''"), command);
});

test("a flaky run is told as one, and leads to the gates that flip", async () => {
  const retryOf = { run: "first", verdict: "fail", reasons: [], ownVerdict: "pass" } as const;
  const flaky = await gatheredRun(SLOWER, {
    ...{ verdict: "warn", reasons: ["flaky: first was fail, and its retry pass"] },
    retryOf: { ...retryOf, reasons: [] },
  });
  const { sentence, next: steps } = summarize({ runs: [flaky], abs: [], trends: [] }, "0.1.0");
  assert.equal(sentence, "basic-load smoke is flaky: it held only when it was run again.");
  assert.equal(steps[0]?.why, "basic-load smoke is flaky: first was fail, and its retry pass.");
  assert.deepEqual(steps[0]?.commands, ["npx plimsoll flakes"]);
});

test("so is a run of which a gate in quarantine failed", async () => {
  const sla = SLOWER.run.sla.map((row) => ({ ...row, quarantine: { flips: 3, runs: 12 } }));
  const run = await gatheredRun(SLOWER, { verdict: "warn", reasons: ["p50"], sla });
  const { sentence, next: steps } = summarize({ runs: [run], abs: [], trends: [] }, "0.1.0");
  assert.equal(sentence, "basic-load smoke failed a gate in quarantine.");
  assert.deepEqual(steps[0]?.commands, ["npx plimsoll flakes"]);
});
