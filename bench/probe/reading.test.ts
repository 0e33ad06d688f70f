import assert from "node:assert/strict";
import { test } from "node:test";
import type { ResourceSample, Run, SlaState } from "../results/run-schema.ts";
import { wholeRun } from "../results/testing/run.ts";
import { type Outcome, readingOf } from "./reading.ts";

const SECONDS = 4;
const HOLD_MS = Date.parse("2026-11-21T10:00:05.000Z");

const LATENCY = { min: 1, p50: 3.1, p90: 4.4, p95: 5, p99: 8.2, "p99.9": 12.5, max: 20 };

/** A row of the soak as the judge leaves it. */
function row(id: string, value: number | null, state: SlaState): Run["sla"][number] {
  return {
    ...{ id, title: id, priority: "P0", metric: "", tags: {}, stat: "", op: "<", limit: 0, unit: "" },
    value,
    state,
  };
}

/** A run of the soak that held, but for what is said. */
function soak({ rows = [], ...change }: Partial<Run> & { rows?: Run["sla"] } = {}): Run {
  const usual = [
    row("latency-p99", 8.2, "pass"),
    row("achieved", 100, "pass"),
    ...["failed", "unexpected", "conservation"].map((id) => row(id, 0, "pass")),
    // A short run on a busy machine crosses these, and they say nothing of the rate.
    row("connector-growth", 900, "fail"),
    row("connector-cpu", 0.9, "warn"),
  ];
  const trend = { type: "trend", unit: "ms", n: 100, mean: 3 } as const;
  const tags = (phase: string) => ({ phase, scenario: "soak" });
  return {
    ...wholeRun(),
    sla: usual.map((one) => rows.find(({ id }) => id === one.id) ?? one),
    series: [
      { ...trend, metric: "latency", tags: tags("warm-up"), quantiles: { ...LATENCY, p99: 300 } },
      { ...trend, metric: "latency", tags: tags("hold"), quantiles: LATENCY },
      { ...trend, metric: "pacing_lag", tags: tags("hold"), quantiles: { ...LATENCY, p99: 2.5 } },
    ],
    // k6 waited three seconds more after the last packet.
    phases: [
      { phase: "warm-up", from: "2026-11-21T10:00:00.000Z", to: "2026-11-21T10:00:05.000Z" },
      { phase: "hold", from: new Date(HOLD_MS).toISOString(), to: "2026-11-21T10:00:12.000Z" },
    ],
    ...change,
  };
}

/** What the processes used in the second that ends `seconds` into the hold phase. */
function used(seconds: number, cores: number): ResourceSample {
  const it = { cpuCores: cores, rssBytes: 1, heapBytes: null, eventLoopDelayMs: null };
  return {
    at: new Date(HOLD_MS + seconds * 1_000).toISOString(),
    target: { ...it, variants: null, members: { A: it, bob: { ...it, cpuCores: cores / 2 } } },
    k6: { cpuCores: 2 * cores, rssBytes: 1 },
    bench: { cpuCores: 0, rssBytes: 1, loopDelayP99Ms: 1 },
    otherCpuCores: 0.1,
    stolenCpuCores: 0.02,
  };
}

test("a run that held: figures of the hold phase alone", () => {
  const samples = [used(0.7, 9), used(1.7, 0.4), used(2.7, 0.6), used(3.7, 9), used(4.7, 0)];
  assert.deepEqual(readingOf(soak(), samples, SECONDS), {
    outcome: "held",
    achieved: 100,
    p50Ms: 3.1,
    p99Ms: 8.2,
    p999Ms: 12.5,
    lateMs: 2.5,
    lost: 0,
    cores: { A: 0.5, bob: 0.25, k6: 1, other: 0.1, stolen: 0.02 },
  });
});

const unhealthy = { ...wholeRun().generator, healthy: false };
const died = { exitCode: 1, signal: null, atSeconds: 3, lastLog: [] };
const cases: readonly [what: string, run: Run, outcome: Outcome][] = [
  ["over the limit", soak({ rows: [row("latency-p99", 12, "fail")] }), "latency"],
  [
    "too few sent, which makes latency worthless",
    soak({ rows: [row("achieved", 97, "fail"), row("latency-p99", 900, "fail")] }),
    "rate",
  ],
  ["lost packets", soak({ rows: [row("failed", 3, "fail"), row("achieved", 97, "fail")] }), "lost"],
  [
    "a generator that was late, whatever came of it",
    soak({ generator: unhealthy, rows: [row("achieved", 90, "fail"), row("failed", 3, "fail")] }),
    "k6 late",
  ],
  ["a target that died", soak({ target: { ...wholeRun().target, died } }), "died"],
];
for (const [what, run, outcome] of cases)
  test(`${what}: ${outcome}`, () => assert.equal(readingOf(run, [], SECONDS).outcome, outcome));

test("lost packets are added up, and told of in k6's own words", () => {
  const rows = [row("failed", 3, "fail"), row("unexpected", 2, "fail"), row("conservation", 4, "fail")];
  const generator = { ...wholeRun().generator, complaints: ["T04 no room", "another"] };
  const { lost, complaint } = readingOf(soak({ rows, generator }), [], SECONDS);
  assert.equal(lost, 9);
  assert.equal(complaint, "T04 no room");
});

test("a k6 that failed has measured nothing", () => {
  const run = soak({ exitCode: 1, reasons: ["k6 ended with exit code 107"] });
  assert.throws(() => readingOf(run, [], SECONDS), { code: "FAULT", message: "k6 ended with exit code 107" });
});
