import assert from "node:assert/strict";
import { test } from "node:test";
import { stageAt } from "../../scenarios/lib/schedule.ts";
import { knee } from "./knee.ts";
import { type Change, evidenceOf, planned } from "./testing/evidence.ts";

const stress = planned("stress", "full");
const HEIGHTS = [100, 500, 1_000, 2_000];

/** What a stage's requests see, by its height. */
function stages(
  of: Readonly<Record<number, { latencyMs?: number; failedPercent?: number; answers?: number }>>,
): Change {
  return ({ answers }, at) => {
    const { failedPercent = 0, ...rest } = of[stageAt(stress.load, at).to] ?? {};
    return { ...rest, failed: ((rest.answers ?? answers) * failedPercent) / 100 };
  };
}

const kneeOf = (change: Change) => knee(evidenceOf(stress, change));

test("a target that holds every stage has its knee at the last", () => {
  const found = kneeOf(stages({}));
  assert.deepEqual(
    found?.stages.map(({ vus, held }) => [vus, held]),
    HEIGHTS.map((vus) => [vus, true]),
  );
  assert.deepEqual(found?.at, found?.stages.at(-1));
});

test("a target that holds no stage has no knee", () => {
  const found = kneeOf(() => ({ latencyMs: 300 }));
  assert.equal(found?.at, null);
  assert.deepEqual(
    found?.stages.map(({ held }) => held),
    [false, false, false, false],
  );
});

test("the knee is the last stage before the first that broke, with its throughput", () => {
  const found = kneeOf(stages({ 1000: { latencyMs: 180 }, 2000: { latencyMs: 400 } }));
  assert.deepEqual(found?.at, { vus: 500, requestsPerSecond: 5_000, p95Ms: 2, failedPercent: 0, held: true });
});

test("a later stage that holds again does not count", () => {
  const found = kneeOf(stages({ 500: { latencyMs: 180 } }));
  assert.equal(found?.at?.vus, 100);
  assert.deepEqual(
    found?.stages.map(({ held }) => held),
    [true, false, true, true],
  );
});

for (const [what, change, held] of [
  ["p95 of 99.8 ms", { latencyMs: 99.8 }, true],
  ["p95 of 100 ms", { latencyMs: 100 }, false],
  ["0.9 % failed", { failedPercent: 0.9 }, true],
  ["1 % failed", { failedPercent: 1 }, false],
] as const) {
  test(`a stage with ${what} ${held ? "held" : "broke"}`, () => {
    const stage = kneeOf(stages({ 1000: change }))?.stages[2];
    assert.equal(stage?.held, held);
    assert.ok(
      Math.abs((stage?.failedPercent as number) - ("failedPercent" in change ? change.failedPercent : 0)) <
        1e-9,
    );
  });
}

test("a stage that no answer came from in all its time did not hold", () => {
  assert.equal(kneeOf(stages({ 1000: { answers: 0 } }))?.at?.vus, 500);
});

test("stages that a small --vus rounds to the same height are not counted twice", () => {
  const found = knee(evidenceOf(planned("stress", "full", { vus: 2 })));
  assert.ok(found);
  // A caller makes ten calls a second here.
  for (const { vus, requestsPerSecond } of found.stages) assert.equal(requestsPerSecond, 10 * vus);
});

test("the warm-up and the way down are no stages", () => {
  const found = kneeOf(({ phase }, at) =>
    phase === "warm-up" || at >= 420 ? { latencyMs: 900, answers: 50 } : {},
  );
  assert.deepEqual(
    found?.stages.map(({ vus, held }) => [vus, held]),
    HEIGHTS.map((vus) => [vus, true]),
  );
});

test("a scenario without stages has no knee, nor has a run without answers", () => {
  assert.equal(knee(evidenceOf(planned("basic-load"))), undefined);
  assert.equal(
    kneeOf(() => ({ answers: 0 })),
    undefined,
  );
});
