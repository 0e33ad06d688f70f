import assert from "node:assert/strict";
import { test } from "node:test";
import { plan } from "../plans.ts";
import { optionsOf } from "./options.ts";
import type { Plan } from "./plan.ts";
import { thresholdsOf } from "./thresholds.ts";

const planned = (name: string) => plan(name, "full") as Plan;

test("an open model is k6's ramping-arrival-rate, begun when the warm-up is over", () => {
  const of = planned("basic-load");
  assert.ok(of.load.model === "open");
  assert.deepEqual(optionsOf(of).scenarios?.["basic-load"], {
    executor: "ramping-arrival-rate",
    timeUnit: "1s",
    startRate: 0,
    stages: [
      { duration: "30s", target: 1_000 },
      { duration: "360s", target: 1_000 },
      { duration: "30s", target: 0 },
    ],
    preAllocatedVUs: of.load.preAllocatedVUs,
    maxVUs: of.load.maxVUs,
    startTime: "10s",
    gracefulStop: "10s",
  });
});

test("a closed model is k6's ramping-vus from the plan's first height", () => {
  const { scenarios } = optionsOf(planned("spike"));
  assert.deepEqual(scenarios?.spike, {
    executor: "ramping-vus",
    startVUs: 100,
    stages: [
      { duration: "30s", target: 100 },
      { duration: "10s", target: 1_000 },
      { duration: "30s", target: 1_000 },
      { duration: "10s", target: 100 },
      { duration: "60s", target: 100 },
    ],
    gracefulRampDown: "10s",
    startTime: "10s",
    gracefulStop: "10s",
  });
});

test("the warm-up is a scenario of its own, with half of the first callers of a closed model, one at least", () => {
  const warmUp = { executor: "constant-vus", exec: "warmUp", duration: "10s", gracefulStop: "10s" };
  assert.deepEqual(optionsOf(planned("spike")).scenarios?.["warm-up"], { ...warmUp, vus: 50 });
  const quiet = plan("stress", "full", { vus: 1 }) as Plan;
  assert.deepEqual(optionsOf(quiet).scenarios?.["warm-up"], { ...warmUp, vus: 1 });
});

test("the warm-up of an open model comes at half its peak rate, and not at all where nothing is asked for", () => {
  const of = plan("basic-load", "full", { rate: 200 }) as Plan;
  assert.ok(of.load.model === "open");
  assert.deepEqual(optionsOf(of).scenarios?.["warm-up"], {
    executor: "constant-arrival-rate",
    exec: "warmUp",
    rate: 100,
    timeUnit: "1s",
    preAllocatedVUs: of.load.preAllocatedVUs,
    duration: "10s",
    gracefulStop: "10s",
  });
  const silent = plan("basic-load", "full", { rate: 0 }) as Plan;
  assert.deepEqual(Object.keys(optionsOf(silent).scenarios ?? {}), ["basic-load"]);
});

test("without warm-up the load starts at once and alone", () => {
  const { scenarios } = optionsOf({ ...planned("stress"), warmUpSeconds: 0 });
  assert.deepEqual(Object.keys(scenarios ?? {}), ["stress"]);
  assert.equal(scenarios?.stress?.startTime, "0s");
});

test("k6 gates on the plan's SLA", () => {
  const of = planned("interceptor-overhead");
  assert.deepEqual(optionsOf(of).thresholds, thresholdsOf(of));
});
