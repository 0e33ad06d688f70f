import assert from "node:assert/strict";
import { test } from "node:test";
import type { Plan } from "../../scenarios/lib/plan.ts";
import { counter, windowAt } from "../windows/testing/windows.ts";
import { Evidence } from "./evidence.ts";
import { generatorHealth } from "./generator.ts";
import { type Change, evidenceOf, planned, WELL } from "./testing/evidence.ts";

/** 1,000 arrivals a second with 500 VUs from the start: answers of more than 500 ms hold more callers than there are. */
const base = planned("basic-load", "smoke", { rate: 1_000 });
const plan: Plan = { ...base, load: { ...base.load, preAllocatedVUs: 500, maxVUs: 1_100 } as Plan["load"] };

const healthOf = (change: Change, of: Plan = plan) => generatorHealth(evidenceOf(of, change), WELL);

test("a quiet generator is healthy, and tells what it used", () => {
  assert.deepEqual(
    healthOf(() => ({})),
    {
      healthy: true,
      reasons: [],
      dropped: { count: 0, byTarget: 0, blame: "none" },
      pacingLagP99Ms: 1,
      k6CpuCores: { avg: 0.5, p95: 0.5, max: 0.5 },
      k6RssBytes: { avg: 200e6, p95: 200e6, max: 200e6 },
      benchCpuCores: { avg: healthOf(() => ({})).benchCpuCores?.avg, p95: 0.05, max: 0.05 },
      benchLoopDelayP99Ms: 12,
      otherCpuCores: null,
      stolenCpuCores: null,
      lateSamples: 0,
      overflowSamples: 0,
      k6ExitCode: 0,
    },
  );
});

for (const [what, change, reason] of [
  [
    "arrivals dropped while answers were quick",
    (_, at) => (at === 9 ? { dropped: 2_345 } : {}),
    /^the generator dropped 2,345 arrivals while answers were quick: too few VUs/,
  ],
  [
    "pacing lag",
    () => ({ pacingLagMs: 150 }),
    /^the generator started arrivals late: p99 150 ms, limit 100 ms$/,
  ],
  [
    "k6 near all cores",
    () => ({ k6CpuCores: 3.7 }),
    /^k6 used 3\.7 of 4 cores: the generator was the limit$/,
  ],
  [
    "an event loop of ours that stood still",
    (_, at) => (at === 9 ? { benchLoopDelayMs: 2_500 } : {}),
    /^plimsoll itself was held up for 2\.5 s: the machine was overloaded$/,
  ],
  [
    "samples past the limit of series",
    (_, at) => (at === 9 ? { overflow: 1_500 } : {}),
    /^1,500 samples were past the limit of series: tags have too many values$/,
  ],
] as const satisfies readonly (readonly [string, Change, RegExp])[]) {
  test(`${what}: unhealthy for that reason alone`, () => {
    const { healthy, reasons } = healthOf(change);
    assert.equal(healthy, false);
    assert.equal(reasons.length, 1, reasons.join("; "));
    assert.match(reasons[0] as string, reason);
  });
}

for (const [what, change] of [
  ["pacing lag of exactly its limit", () => ({ pacingLagMs: 100 })],
  ["k6 at 90 % of all cores", () => ({ k6CpuCores: 3.6 })],
  ["k6 over 90 % for one second of the run", (_, at) => (at === 9 ? { k6CpuCores: 4 } : {})],
  ["an event loop delay of exactly its limit", () => ({ benchLoopDelayMs: 1_000 })],
  ["late samples", () => ({ late: 3 })],
  ["less than 1 % of arrivals far too late", (_, at) => (at === 0 ? { pacingLagMs: 900 } : {})],
] as const satisfies readonly (readonly [string, Change])[]) {
  test(`${what}: healthy`, () => {
    assert.deepEqual(healthOf(change).reasons, []);
  });
}

test("late samples and overflow are told", () => {
  const { lateSamples, overflowSamples } = healthOf(() => ({ late: 2, overflow: 3 }));
  // 2 s of warm-up and 25 s of load.
  assert.deepEqual([lateSamples, overflowSamples], [54, 81]);
});

const DROPS = 400;

for (const [what, change, blame] of [
  ["answers were quick", (_, at) => (at === 9 ? { dropped: DROPS } : {}), "generator"],
  [
    "answers held more callers than there were VUs",
    (_, at) => (at === 9 ? { dropped: DROPS, latencyMs: 800 } : {}),
    "target",
  ],
  [
    "answers were slow, but there should have been VUs for them",
    (_, at) => (at === 9 ? { dropped: DROPS, latencyMs: 400 } : {}),
    "generator",
  ],
  [
    "the slow answers came when the stall was over",
    (_, at) => (at >= 9 && at < 12 ? { dropped: DROPS, answers: 0 } : at === 12 ? { latencyMs: 3_000 } : {}),
    "target",
  ],
  [
    "some answers were quick and those that were stuck came later, but within the time-out",
    (_, at) => (at === 9 ? { dropped: DROPS, answers: 5 } : at === 13 ? { latencyMs: 4_000 } : {}),
    "target",
  ],
  ["no answer came at all", (_, at) => (at >= 9 ? { dropped: DROPS, answers: 0 } : {}), "target"],
  [
    "slow answers long before say nothing of it",
    (_, at) => (at === 4 ? { latencyMs: 2_000 } : at === 20 ? { dropped: DROPS } : {}),
    "generator",
  ],
  [
    "a slow second came after, whose answers were asked for later",
    (_, at) => (at === 9 ? { dropped: DROPS } : at === 12 ? { latencyMs: 800 } : {}),
    "generator",
  ],
  [
    "answers were slow, but hardly any were due",
    (_, at) => (at === 0 ? { dropped: DROPS, latencyMs: 800 } : {}),
    "generator",
  ],
  [
    "slow answers long after say nothing of it",
    (_, at) => (at === 5 ? { dropped: DROPS } : at === 20 ? { latencyMs: 2_000 } : {}),
    "generator",
  ],
] as const satisfies readonly (readonly [string, Change, string])[]) {
  test(`dropped arrivals are the ${blame}'s when ${what}`, () => {
    const { dropped, reasons } = healthOf(change);
    assert.equal(dropped.blame, blame);
    assert.equal(reasons.length, blame === "generator" ? 1 : 0);
    assert.equal(dropped.count % DROPS, 0);
    assert.ok(dropped.count > 0);
  });
}

test("drops of both kinds are told apart, each with its number", () => {
  const { dropped, reasons } = healthOf((_, at) =>
    at === 8 ? { dropped: 300 } : at === 15 ? { dropped: 600, latencyMs: 800 } : {},
  );
  assert.deepEqual(dropped, { count: 900, byTarget: 600, blame: "target" });
  assert.deepEqual(
    reasons.map((reason) => /^the generator dropped 300 arrivals/.test(reason)),
    [true],
  );
});

test("pacing lag is not read after the first drop: it holds the dropped arrivals' time", () => {
  const { reasons, pacingLagP99Ms } = healthOf((_, at) => ({
    ...(at === 9 && { dropped: DROPS, answers: 0 }),
    ...(at === 10 && { latencyMs: 1_500 }),
    ...(at >= 9 && { pacingLagMs: 5_000 }),
  }));
  assert.equal(pacingLagP99Ms, 1);
  assert.deepEqual(reasons, []);
});

test("a closed model has no pacing lag and drops nothing", () => {
  const { pacingLagP99Ms, dropped, healthy } = healthOf(() => ({}), planned("stress"));
  assert.deepEqual(
    [pacingLagP99Ms, dropped, healthy],
    [null, { count: 0, byTarget: 0, blame: "none" }, true],
  );
});

test("a run that saw no process of ours has no figures, and is not blamed for it", () => {
  const evidence = evidenceOf(plan);
  evidence.resources.length = 0;
  const { healthy, k6CpuCores, k6RssBytes, benchCpuCores, benchLoopDelayP99Ms } = generatorHealth(
    evidence,
    WELL,
  );
  assert.deepEqual(
    [healthy, k6CpuCores, k6RssBytes, benchCpuCores, benchLoopDelayP99Ms],
    [true, null, null, null, null],
  );
});

test("a soak of three days can be judged", () => {
  const evidence = evidenceOf(plan, (_, at) => (at === 9 ? { dropped: 1 } : {}));
  const last = evidence.instants.at(-1);
  assert.ok(last);
  for (let i = 1; i <= 3 * 86_400; i++) {
    evidence.instants.push({ ...last, fromMs: last.fromMs + i * 1000, dropped: 1 });
  }
  assert.equal(generatorHealth(evidence, WELL).dropped.count, 3 * 86_400 + 1);
});

for (const [scenario, limitMs] of [
  ["soak", 5],
  ["burst", 5],
  ["chain", 50],
] as const) {
  test(`${scenario}: when more than 1 % of a phase's packets left over ${limitMs} ms late, it was the generator`, () => {
    const of = planned(scenario, "smoke");
    const healthWith = (late: number) => {
      const evidence = new Evidence(of);
      const tags = { scenario, phase: "hold" };
      evidence.addWindow(windowAt(0, [counter("packets", 1_000, tags), counter("packets_late", late, tags)]));
      return generatorHealth(evidence, WELL).reasons;
    };
    assert.deepEqual(healthWith(10), []);
    assert.deepEqual(healthWith(11), [
      `the generator sent 1.1 % of the packets of hold more than ${limitMs} ms late, limit 1 %`,
    ]);
  });
}
