import assert from "node:assert/strict";
import { test } from "node:test";
import type { Plan } from "../../scenarios/lib/plan.ts";
import type { Verdict } from "../results/run-schema.ts";
import { EXIT_CODES, type Facts, judge } from "./judge.ts";
import { type Change, evidenceOf, planned, type Second, WELL } from "./testing/evidence.ts";

const basic = planned("basic-load");
const died = { exitCode: 1, signal: null, atSeconds: 7.4, lastLog: ["fault: crash"] };

/** One thing that goes wrong, in the world or in what we were told of the run. */
interface Trouble {
  readonly change?: Change;
  readonly facts?: Partial<Facts>;
  /** Rows that are added to the plan's. */
  readonly rows?: Plan["sla"];
}

/** From what weighs most to what weighs least: each must win over all that follow it. */
const TROUBLES = {
  "k6 itself failed": { facts: { k6Error: "k6 ended with exit code 107: boom", k6ExitCode: 107 } },
  interrupted: { facts: { interruptedAfterSeconds: 12.3 } },
  "the target died": { facts: { died } },
  "no request was made": { change: () => ({ answers: 0 }) },
  "the target stalled": {
    change: (_, at) => (at === 9 ? { answers: 0, dropped: 1_234 } : at === 10 ? { latencyMs: 1_500 } : {}),
  },
  "the generator was the limit": { change: () => ({ k6CpuCores: 3.9 }) },
  "a P0 row is crossed": { change: ({ phase }) => (phase === "hold" ? { latencyMs: 60 } : {}) },
  "a row has no samples": {
    rows: [
      { ...(basic.sla[0] as Plan["sla"][number]), id: "empty", title: "nothing", tags: { phase: "spike" } },
    ],
  },
  "a P1 row is crossed by a little": { change: () => ({ target: { cpuCores: 0.3, rssBytes: 110e6 } }) },
  "nothing at all": {},
} satisfies Record<string, Trouble>;

const EXPECTED: readonly [keyof typeof TROUBLES, Verdict, exitCode: number, reasons: RegExp[]][] = [
  ["k6 itself failed", "invalid", 1, [/^k6 ended with exit code 107: boom$/]],
  ["interrupted", "invalid", 4, [/^interrupted after 12 s: part of a run is not judged$/]],
  ["the target died", "fail", 99, [/^the target ended with exit code 1 after 7 s$/]],
  ["no request was made", "no-data", 4, [/^no request was made after the warm-up, so nothing was measured/]],
  [
    "the target stalled",
    "fail",
    99,
    [
      /^the target stalled: 1,234 arrivals found every VU waiting$/,
      /^latency p95 1\.50 s, limit < 100 ms$/,
      /^latency p99 1\.50 s, limit < 150 ms$/,
      /^achieved of asked rate 94\.\d %, limit (>=|≥) 99 %$/,
      /^dropped arrivals 1,234, limit (<=|≤) 0$/,
    ],
  ],
  ["the generator was the limit", "invalid", 4, [/^k6 used 3\.9 of 4 cores: the generator was the limit$/]],
  ["a P0 row is crossed", "fail", 99, [/^latency p50 60\.0 ms, limit < 50 ms$/]],
  ["a row has no samples", "no-data", 4, [/^no samples for nothing$/]],
  ["a P1 row is crossed by a little", "warn", 0, [/^target memory 110 MB, limit < 100 MB$/]],
  ["nothing at all", "pass", 0, []],
];

function judged(...troubles: Trouble[]) {
  const of = { ...basic, sla: [...basic.sla, ...troubles.flatMap(({ rows = [] }) => rows)] };
  const evidence = evidenceOf(of, (second, at) => {
    const changed: Partial<Second> = {};
    // The first trouble of a list is the one that is looked at: it has the last word about a second.
    for (const { change } of troubles.toReversed())
      Object.assign(changed, change?.({ ...second, ...changed }, at));
    return changed;
  });
  return judge(evidence, Object.assign({ ...WELL }, ...troubles.map(({ facts }) => facts ?? {})));
}

for (const [what, verdict, exitCode, reasons] of EXPECTED) {
  test(`${what}: ${verdict}, exit code ${exitCode}`, () => {
    const found = judged(TROUBLES[what]);
    assert.equal(found.verdict, verdict, found.reasons.join("; "));
    assert.equal(found.exitCode, exitCode);
    assert.equal(found.reasons.length, reasons.length, found.reasons.join("; "));
    for (const [i, reason] of reasons.entries()) assert.match(found.reasons[i] as string, reason);
  });
}

for (const [i, [what, verdict, exitCode, reasons]] of EXPECTED.entries()) {
  for (const [other] of EXPECTED.slice(i + 1)) {
    test(`${what} weighs more than: ${other}`, () => {
      const found = judged(TROUBLES[what], TROUBLES[other]);
      assert.equal(found.verdict, verdict, found.reasons.join("; "));
      assert.equal(found.exitCode, exitCode);
      if (reasons[0]) assert.match(found.reasons[0] as string, reasons[0]);
    });
  }
}

test("a failed run tells what was crossed first, then what it warns of, then what is empty", () => {
  const { reasons } = judged(
    TROUBLES["a P0 row is crossed"],
    TROUBLES["a row has no samples"],
    TROUBLES["a P1 row is crossed by a little"],
  );
  assert.deepEqual(reasons, [
    "latency p50 60.0 ms, limit < 50 ms",
    "target memory 110 MB, limit < 100 MB",
    "no samples for nothing",
  ]);
});

test("where the machine stood still for plimsoll too, nobody says that it was the target that stalled", () => {
  const { verdict, reasons } = judged({
    change: (second, at) => ({
      ...TROUBLES["the target stalled"].change?.(second, at),
      benchLoopDelayMs: 1600,
    }),
  });
  assert.equal(verdict, "invalid");
  assert.match(reasons[0] ?? "", /^plimsoll itself was held up for 1\.6 s/);
});

test("a target killed by a signal is told by that signal", () => {
  const { reasons } = judged({ facts: { died: { ...died, exitCode: null, signal: "SIGKILL" } } });
  assert.equal(reasons[0], "the target was killed by SIGKILL after 7 s");
});

test("a foreign server's unseen rows do not weigh", () => {
  const found = judged({ change: () => ({ target: null }), facts: { targetVisible: false } });
  assert.equal(found.verdict, "pass");
  assert.deepEqual(
    found.sla.filter(({ state }) => state === "not-applicable").map(({ id }) => id),
    ["target-rss", "target-cpu"],
  );
});

test("a target whose process should be seen and was not is no data", () => {
  assert.equal(judged({ change: () => ({ target: null }) }).verdict, "no-data");
});

test("the exit codes of DESIGN.md: pass and warn 0, fail 99 as k6 has it, nothing measured 4", () => {
  assert.deepEqual(EXIT_CODES, { pass: 0, warn: 0, fail: 99, "no-data": 4, invalid: 4 });
});

test("a healthy run of every scenario passes, with the findings that are its own", () => {
  for (const [name, findings] of [
    ["basic-load", []],
    ["stress", ["knee"]],
    ["spike", ["recovery"]],
    ["interceptor-overhead", ["overhead"]],
  ] as const) {
    const found = judge(evidenceOf(planned(name)), WELL);
    assert.equal(found.verdict, "pass", `${name}: ${found.reasons.join("; ")}`);
    assert.deepEqual(Object.keys(found.findings), findings);
  }
});

for (const [profile, expected, reason] of [
  [
    "full",
    "fail",
    "recovery of p95 after the spike not back within the 60 s that were watched, limit < 30 s",
  ],
  [
    "smoke",
    "no-data",
    "undecided: recovery of p95 after the spike not back within the 9 s that were watched, limit < 30 s",
  ],
] as const) {
  test(`a spike that the target does not recover from while the ${profile} profile watches: ${expected}`, () => {
    const { verdict, reasons } = judge(
      evidenceOf(planned("spike", profile), ({ phase }) => (phase === "recovery" ? { latencyMs: 400 } : {})),
      WELL,
    );
    assert.equal(verdict, expected);
    assert.deepEqual(reasons, [reason]);
  });
}

for (const [machine, told] of [
  [{ otherCpuCores: 0.8 }, ["other work on this machine used 0.8 of its 4 cores meanwhile"]],
  [{ otherCpuCores: 0.7 }, []],
  [
    { stolenCpuCores: 0.06 },
    ["the host of this machine kept 1.5 % of its CPU time for others meanwhile (steal)"],
  ],
  [{ stolenCpuCores: 0.03 }, []],
] as const) {
  test(`a bad verdict on a machine with ${JSON.stringify(machine)} of 4 cores ${told.length > 0 ? "says so" : "does not speak of it"}`, () => {
    const { verdict, reasons } = judge(
      evidenceOf(basic, ({ phase }) => ({ ...(phase === "hold" && { latencyMs: 60 }), ...machine })),
      WELL,
    );
    assert.equal(verdict, "fail");
    assert.deepEqual(reasons.slice(1), told);
  });
}

test("a pass needs no excuse", () => {
  const { verdict, reasons } = judge(
    evidenceOf(basic, () => ({ otherCpuCores: 3, stolenCpuCores: 1 })),
    WELL,
  );
  assert.deepEqual([verdict, reasons], ["pass", []]);
});
