import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Sla } from "../../scenarios/lib/plan.ts";
import { counter, trend, windowAt } from "../windows/testing/windows.ts";
import { Evidence } from "./evidence.ts";
import { judgeSla, stateOf } from "./sla.ts";
import { evidenceOf, planned } from "./testing/evidence.ts";

const basic = planned("basic-load");
const HOLD = { phase: "hold" };

function row(of: Partial<Sla>): Sla {
  return {
    id: "row",
    title: "row",
    priority: "P0",
    metric: "http_req_duration",
    tags: HOLD,
    stat: "p95",
    op: "<",
    limit: 100,
    unit: "ms",
    ...of,
  };
}

for (const [value, op, limit, p0, p1] of [
  [99.9, "<", 100, "pass", "pass"],
  [100, "<", 100, "fail", "warn"],
  [120, "<", 100, "fail", "warn"],
  [120.001, "<", 100, "fail", "fail"],
  [100, "<=", 100, "pass", "pass"],
  [120, "<=", 100, "fail", "warn"],
  [120.001, "<=", 100, "fail", "fail"],
  [100.1, ">", 100, "pass", "pass"],
  [100, ">", 100, "fail", "warn"],
  [80, ">", 100, "fail", "warn"],
  [79.999, ">", 100, "fail", "fail"],
  [100, ">=", 100, "pass", "pass"],
  [80, ">=", 100, "fail", "warn"],
  [79.999, ">=", 100, "fail", "fail"],
  [0.6, "<", 0.5, "fail", "warn"],
  [120_000_000, "<", 100_000_000, "fail", "warn"],
  [0, "<=", 0, "pass", "pass"],
  [1, "<=", 0, "fail", "fail"],
] as const) {
  test(`${value} against ${op} ${limit}: P0 ${p0}, P1 ${p1}`, () => {
    assert.equal(stateOf(value, { op, limit, priority: "P0" }), p0);
    assert.equal(stateOf(value, { op, limit, priority: "P1" }), p1);
  });
}

test("a worse value is never judged better", () => {
  const order = ["pass", "warn", "fail"];
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      fc.constantFrom("P0" as const, "P1" as const),
      fc.constantFrom("<" as const, "<=" as const, ">" as const, ">=" as const),
      (a, b, limit, priority, op) => {
        const [better, worse] = a < b === op.startsWith("<") ? [a, b] : [b, a];
        const rank = (value: number) => order.indexOf(stateOf(value, { op, limit, priority }));
        assert.ok(rank(better) <= rank(worse));
      },
    ),
  );
});

/** 100 samples of 1 to 100 ms in the hold, and far worse ones that the row must not read. */
const spreadOut = new Evidence(basic);
for (const [at, phase, offset] of [
  [0, "warm-up", 5_000],
  [1, "hold", 0],
  [2, "ramp", 5_000],
] as const) {
  const values = Array.from({ length: 100 }, (_, i) => i + 1 + offset);
  spreadOut.addWindow(
    windowAt(at, [counter("http_reqs", 100, { phase }), trend("http_req_duration", values, { phase })]),
  );
}

for (const [stat, value] of [
  ["p50", 50],
  ["p90", 90],
  ["p95", 95],
  ["p99", 99],
  ["p99.9", 100],
  ["max", 100],
  ["avg", 50.5],
] as const) {
  test(`${stat} of 1 to 100 ms in the phase that the row names is ${value} ms`, () => {
    const found = judgeSla(row({ stat }), spreadOut, {}, { targetVisible: true }).value as number;
    assert.ok(Math.abs(found - value) <= value * 0.001, `${found}`);
  });
}

test("a row without tags reads every sample", () => {
  assert.equal(judgeSla(row({ stat: "max", tags: {} }), spreadOut, {}, { targetVisible: true }).value, 5_100);
});

for (const of of [
  row({ stat: "p95", tags: { phase: "spike" } }),
  row({ stat: "max", tags: { phase: "spike" } }),
  row({ stat: "avg", tags: { phase: "spike" } }),
  row({ metric: "http_req_failed", stat: "share" }),
  row({ metric: "dropped_iterations", stat: "count", tags: { phase: "spike" } }),
  row({ metric: "http_reqs", stat: "achieved", tags: { phase: "spike" } }),
  row({ metric: "iteration_duration", stat: "concurrency" }),
  row({ stat: "recovery" }),
  row({ stat: "added-p50", tags: { phase: "hold", variant: "auth" } }),
  row({ metric: "target_cpu_cores", stat: "avg" }),
  row({ metric: "target_rss_bytes", stat: "max" }),
]) {
  test(`${of.stat} of ${of.metric} without a sample is no data, not a pass`, () => {
    const { state, value } = judgeSla(of, spreadOut, {}, { targetVisible: true });
    assert.deepEqual({ state, value }, { state: "no-data", value: null });
  });
}

test("a counter that never ticked is zero when there were requests", () => {
  const dropped = row({ metric: "dropped_iterations", stat: "count", op: "<=", limit: 0 });
  const { state, value } = judgeSla(dropped, spreadOut, {}, { targetVisible: true });
  assert.deepEqual({ state, value }, { state: "pass", value: 0 });
});

test("achieved is what came of what the plan asked for in that phase", () => {
  const of = row({ metric: "http_reqs", stat: "achieved", op: ">=", limit: 99, unit: "%" });
  assert.equal(judgeSla(of, evidenceOf(basic), {}, { targetVisible: true }).value, 100);
  const short = evidenceOf(basic, ({ phase, answers }) => (phase === "hold" ? { answers: answers / 2 } : {}));
  const { state, value } = judgeSla(of, short, {}, { targetVisible: true });
  assert.deepEqual({ state, value }, { state: "fail", value: 50 });
});

test("concurrency is Little's law over the phase: the arrival rate times the time each took", () => {
  const rate = Math.max(...basic.load.stages.map(({ to }) => to));
  const slow = evidenceOf(basic, ({ phase }) => ({ latencyMs: phase === "hold" ? 40 : 900 }));
  const of = row({ metric: "iteration_duration", stat: "concurrency", op: "<=", unit: "VUs" });
  const found = judgeSla(of, slow, {}, { targetVisible: true }).value as number;
  assert.ok(Math.abs(found - rate * 0.04) < 1e-6, `${found}`);
});

test("the target's memory is its greatest, its CPU the mean, in seconds that lie wholly in the phase", () => {
  const of = evidenceOf(basic, ({ phase }, at) =>
    phase === "hold"
      ? { target: { cpuCores: at % 2 === 0 ? 0.2 : 0.4, rssBytes: at === 10 ? 90e6 : 70e6 } }
      : { target: { cpuCores: 4, rssBytes: 999e6 } },
  );
  const memory = row({
    metric: "target_rss_bytes",
    stat: "max",
    limit: 100e6,
    unit: "bytes",
    priority: "P1",
  });
  const cpu = row({ metric: "target_cpu_cores", stat: "avg", limit: 0.5, unit: "cores", priority: "P1" });
  assert.equal(judgeSla(memory, of, {}, { targetVisible: true }).value, 90e6);
  assert.ok(Math.abs((judgeSla(cpu, of, {}, { targetVisible: true }).value as number) - 0.3) < 1e-9);
});

test("what cannot be seen of a foreign server is not applicable, and says why", () => {
  const memory = row({ metric: "target_rss_bytes", stat: "max", priority: "P1" });
  const { state, value, note } = judgeSla(memory, evidenceOf(basic), {}, { targetVisible: false });
  assert.deepEqual(
    { state, value, note },
    { state: "not-applicable", value: null, note: "the server is not ours: its process cannot be seen" },
  );
});

const recovery = row({ stat: "recovery", limit: 30, unit: "s", tags: { scenario: "spike" } });

for (const [seconds, state, value] of [
  [29.9, "pass", 29.9],
  [30, "fail", 30],
  [null, "fail", null],
] as const) {
  test(`a recovery after ${seconds ?? "no"} seconds is a ${state}`, () => {
    const findings = { recovery: { beforeP95Ms: 2, limitMs: 5, seconds, observedSeconds: 60 } };
    const result = judgeSla(recovery, spreadOut, findings, { targetVisible: true });
    assert.deepEqual([result.state, result.value], [state, value]);
    assert.equal(result.note, seconds === null ? "not back within the 60 s that were watched" : undefined);
  });
}

for (const [high, distinguishable, state, note] of [
  [1_999, true, "pass", "300 µs more than none; upper end of the 95 % interval"],
  [2_000, true, "fail", "300 µs more than none; upper end of the 95 % interval"],
  [50, false, "pass", "not distinguishable from none; upper end of the 95 % interval"],
] as const) {
  test(`added latency is judged by the upper end of its interval: ${high} us is a ${state}`, () => {
    const estimate = { value: 300, low: 200, high, distinguishable };
    const findings = {
      overhead: {
        baseline: { variant: "none", n: 9, p50Us: 1_000, p95Us: 2_000, cpuUs: null },
        rows: [
          {
            variant: "retry",
            n: 9,
            addedP50Us: { ...estimate, high: 9e9 },
            addedP95Us: estimate,
            addedCpuUs: null,
          },
          {
            variant: "auth",
            n: 9,
            addedP50Us: estimate,
            addedP95Us: { ...estimate, high: 9e9 },
            addedCpuUs: null,
          },
        ],
        blocks: 20,
        resamples: 2_000,
      },
    };
    const of = row({ stat: "added-p50", limit: 2, tags: { phase: "hold", variant: "auth" } });
    const result = judgeSla(of, spreadOut, findings, { targetVisible: true });
    assert.deepEqual([result.state, result.value, result.note], [state, high / 1_000, note]);
  });
}

test("a judged row is the row with what was found", () => {
  const of = row({ stat: "max", limit: 200 });
  assert.deepEqual(judgeSla(of, spreadOut, {}, { targetVisible: true }), {
    ...of,
    value: 100,
    state: "pass",
  });
});
