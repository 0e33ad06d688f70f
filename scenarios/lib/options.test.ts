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
    gracefulRampDown: "2s",
    startTime: "10s",
    gracefulStop: "10s",
  });
});

test("the warm-up is a scenario of its own, which no threshold on {scenario:...} reads, with one caller at least", () => {
  const { scenarios } = optionsOf(planned("spike"));
  assert.deepEqual(scenarios?.["warm-up"], {
    executor: "constant-vus",
    exec: "warmUp",
    vus: 10,
    duration: "10s",
    gracefulStop: "10s",
  });
  const quiet = plan("stress", "full", { vus: 1 }) as Plan;
  assert.deepEqual(optionsOf(quiet).scenarios?.["warm-up"], {
    executor: "constant-vus",
    exec: "warmUp",
    vus: 1,
    duration: "10s",
    gracefulStop: "10s",
  });
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
