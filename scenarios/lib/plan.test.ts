import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type ClosedLoad, type OpenLoad, type Profile, peakOf, planOf, type Scenario } from "./plan.ts";
import { durationOf } from "./schedule.ts";

const limits = { warmUpSeconds: 2, requestTimeoutMs: 1_000, gracefulStopSeconds: 2 };

const openLoad: OpenLoad = {
  model: "open",
  from: 100,
  stages: [
    { phase: "ramp", seconds: 4, to: 1_000 },
    { phase: "hold", seconds: 12, to: 1_000 },
    { phase: "ramp", seconds: 4, to: 0 },
  ],
  preAllocatedVUs: 250,
  maxVUs: 1_100,
};

const closedLoad: ClosedLoad = {
  model: "closed",
  from: 10,
  stages: [
    { phase: "spike", seconds: 5, to: 200 },
    { phase: "recovery", seconds: 15, to: 20 },
  ],
  thinkMs: 100,
};

function scenarioOf(load: Profile["load"], extra: Partial<Scenario> = {}): Scenario {
  const profile = { ...limits, load };
  return {
    name: "drill",
    summary: "",
    target: "connector",
    variant: "full",
    profiles: { smoke: profile, full: { ...profile, warmUpSeconds: 10 } },
    sla: [],
    ...extra,
  };
}

test("without overrides a plan is the scenario's profile as written", () => {
  const plan = planOf(scenarioOf(openLoad), "smoke");
  assert.deepEqual(plan, {
    ...limits,
    scenario: "drill",
    profile: "smoke",
    summary: "",
    target: "connector",
    targetFlags: [],
    variant: "full",
    extraTags: [],
    sla: [],
    overrides: {},
    load: openLoad,
  });
  assert.equal(planOf(scenarioOf(openLoad), "full").warmUpSeconds, 10);
});

test("blocks and extra tags come along where a scenario has them", () => {
  const blocks = { variants: ["none", "full"], seed: 1 };
  const plan = planOf(scenarioOf(openLoad, { blocks, extraTags: ["stage"] }), "smoke");
  assert.deepEqual(plan.blocks, { ...blocks, arrivalsPerBlock: Math.floor(peakOf(plan.load) / 2 / 2) });
  assert.deepEqual(plan.extraTags, ["stage"]);
});

test("a rate scales every stage of an open model and its VUs alike", () => {
  const { load } = planOf(scenarioOf(openLoad), "smoke", { rate: 200 });
  assert.ok(load.model === "open");
  assert.deepEqual([load.from, ...load.stages.map(({ to }) => to)], [20, 200, 200, 0]);
  assert.deepEqual([load.preAllocatedVUs, load.maxVUs], [50, 220]);
  assert.equal(durationOf(load), 20);
});

test("a rate of zero asks for nothing, with one VU to do it", () => {
  const { load } = planOf(scenarioOf(openLoad), "smoke", { rate: 0 });
  assert.ok(load.model === "open");
  assert.equal(peakOf(load), 0);
  assert.deepEqual([load.preAllocatedVUs, load.maxVUs], [1, 1]);
});

test("VUs cap an open model without changing its rate", () => {
  const { load } = planOf(scenarioOf(openLoad), "smoke", { vus: 40 });
  assert.ok(load.model === "open");
  assert.deepEqual([load.preAllocatedVUs, load.maxVUs, peakOf(load)], [40, 40, 1_000]);
  const wide = planOf(scenarioOf(openLoad), "smoke", { vus: 5_000, rate: 2_000 }).load;
  assert.ok(wide.model === "open");
  assert.deepEqual([wide.preAllocatedVUs, wide.maxVUs, peakOf(wide)], [500, 5_000, 2_000]);
});

test("VUs are the peak of a closed model, and every stage keeps its share of it", () => {
  const { load } = planOf(scenarioOf(closedLoad), "smoke", { vus: 1_000 });
  assert.deepEqual([load.from, ...load.stages.map(({ to }) => to)], [50, 1_000, 100]);
});

test("seconds stretch the stages and nothing else", () => {
  const plan = planOf(scenarioOf(closedLoad), "smoke", { seconds: 60 });
  assert.deepEqual(
    plan.load.stages.map(({ seconds, to, phase }) => [seconds, to, phase]),
    [
      [15, 200, "spike"],
      [45, 20, "recovery"],
    ],
  );
  assert.equal(plan.warmUpSeconds, 2);
});

test("whatever the overrides, the peak is the one asked for, the length too, and the phases stay in order", () => {
  fc.assert(
    fc.property(
      fc.constantFrom<Profile["load"]>(openLoad, closedLoad),
      fc.integer({ min: 1, max: 50_000 }),
      fc.integer({ min: 1, max: 100_000 }),
      (base, height, seconds) => {
        const overrides = base.model === "open" ? { rate: height, seconds } : { vus: height, seconds };
        const { load } = planOf(scenarioOf(base), "full", overrides);
        assert.equal(peakOf(load), height);
        assert.ok(Math.abs(durationOf(load) - seconds) < 1e-9 * seconds);
        assert.deepEqual(
          load.stages.map(({ phase }) => phase),
          base.stages.map(({ phase }) => phase),
        );
        if (load.model === "open")
          assert.ok(load.preAllocatedVUs >= 1 && load.preAllocatedVUs <= load.maxVUs);
      },
    ),
  );
});

test("the peak may be where the load starts", () => {
  assert.equal(peakOf({ ...openLoad, from: 3_000 }), 3_000);
  assert.equal(peakOf(closedLoad), 200);
});
