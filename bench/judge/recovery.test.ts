import assert from "node:assert/strict";
import { test } from "node:test";
import { recovery } from "./recovery.ts";
import { type Change, evidenceOf, planned } from "./testing/evidence.ts";

/** 6 s calm, 9 s of spike (from second 6 to 15), 30 s to recover. */
const base = planned("spike");
const spike = {
  ...base,
  load: {
    ...base.load,
    stages: base.load.stages.map((stage, i) => ({ ...stage, seconds: [6, 2, 5, 2, 30][i] as number })),
  },
};
const END = 15;

/** Latencies of the seconds after the spike; the last one stays. `null`: no answer in that second. */
function after(...latencies: readonly (number | null)[]): Change {
  return (_, at) => {
    if (at < END) return {};
    const latencyMs = latencies[Math.min(at - END, latencies.length - 1)] as number | null;
    return latencyMs === null ? { answers: 0 } : { latencyMs };
  };
}

const secondsOf = (change: Change) => recovery(evidenceOf(spike, change))?.seconds;

test("latency that is back at once recovers in 0 s", () => {
  assert.equal(secondsOf(after(2)), 0);
});

test("recovery is counted to the first of five good windows", () => {
  assert.equal(secondsOf(after(50, 50, 50, 2)), 3);
});

test("four good windows are not five: a blip starts the count again", () => {
  assert.equal(secondsOf(after(50, 2, 2, 2, 2, 50, 2)), 6);
  assert.equal(secondsOf(after(50, 2, 2, 2, 2, 2, 50)), 1);
});

test("a noisy recovery is not one until it is quiet for five windows", () => {
  assert.equal(secondsOf(after(50, 2, 50, 2, 2, 50, 2, 2, 2, 50, 2)), 10);
});

test("a window without answers is not a good one", () => {
  assert.equal(secondsOf(after(50, 2, 2, null, 2, 2, 2)), 4);
});

test("latency that never comes back has no recovery, and says how long it was watched", () => {
  const found = recovery(evidenceOf(spike, after(50)));
  assert.equal(found?.seconds, null);
  assert.equal(found?.observedSeconds, 30);
});

test("good windows that the end of the run cuts off before there are five do not count", () => {
  assert.equal(
    secondsOf((_, at) => (at < END ? {} : { latencyMs: at < END + 26 ? 50 : 2 })),
    null,
  );
  assert.equal(
    secondsOf((_, at) => (at < END ? {} : { latencyMs: at < END + 25 ? 50 : 2 })),
    25,
  );
});

for (const [beforeMs, limitMs] of [
  [0.4, 5],
  [3.33, 5],
  [4, 6],
  [20, 30],
] as const) {
  test(`p95 of ${beforeMs} ms before the spike makes a limit of ${limitMs} ms`, () => {
    const calm: Change = (_, at) => ({ latencyMs: at < 6 ? beforeMs : at < END ? 400 : limitMs * 0.99 });
    const found = recovery(evidenceOf(spike, calm));
    assert.ok(Math.abs((found?.beforeP95Ms as number) - beforeMs) <= beforeMs * 0.001);
    assert.ok(Math.abs((found?.limitMs as number) - limitMs) <= limitMs * 0.001);
    assert.equal(found?.seconds, 0);
    const worse: Change = (_, at) => ({ latencyMs: at < 6 ? beforeMs : at < END ? 400 : limitMs * 1.01 });
    assert.equal(recovery(evidenceOf(spike, worse))?.seconds, null);
  });
}

test("the warm-up says nothing of how it was before the spike", () => {
  const found = recovery(evidenceOf(spike, ({ phase }) => (phase === "warm-up" ? { latencyMs: 90 } : {})));
  assert.equal(found?.beforeP95Ms, 2);
});

test("without answers before the spike, or without a spike, there is nothing to compare", () => {
  assert.equal(recovery(evidenceOf(spike, (_, at) => (at < 6 ? { answers: 0 } : {}))), undefined);
  assert.equal(
    recovery(evidenceOf(spike, ({ phase }) => (phase === "spike" ? { phase: "hold" } : {}))),
    undefined,
  );
});

test("silence after the spike is time that recovery takes: the clock runs from the plan's end of the spike", () => {
  assert.equal(secondsOf(after(...Array<null>(10).fill(null), 2)), 10);
});

test("late answers to the spike's requests do not put off its end", () => {
  const drained: Change = (_, at) => (at >= END && at < END + 8 ? { phase: "spike", latencyMs: 900 } : {});
  assert.equal(secondsOf(drained), 8);
});
