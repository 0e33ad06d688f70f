import assert from "node:assert/strict";
import { test } from "node:test";
import { plan, SCENARIOS } from "../plans.ts";
import { type Plan, type ProfileName, requestMetric, type Sla } from "./plan.ts";
import { thresholdOf, thresholdsOf } from "./thresholds.ts";

const PLANS = Object.keys(SCENARIOS).flatMap((name) =>
  (["smoke", "full"] satisfies ProfileName[]).map((profile) => plan(name, profile) as Plan),
);

/** The stats that no k6 threshold can say: sums over time, windows, differences. */
const BEYOND_K6: readonly Sla["stat"][] = ["concurrency", "recovery", "added-p50", "growth", "unaccounted"];

const selectorOf = (metric: string, tags: Sla["tags"]) =>
  `${metric}{${Object.entries(tags)
    .map(([key, value]) => `${key}:${value}`)
    .join(",")}}`;

for (const of of PLANS) {
  test(`${of.scenario} ${of.profile}: k6 cannot say exactly the rows on resources, windows and differences`, () => {
    for (const row of of.sla) {
      const beyond = BEYOND_K6.includes(row.stat) || row.metric.startsWith("target_");
      assert.equal(thresholdOf(row, of) === undefined, beyond, row.id);
    }
  });

  test(`${of.scenario} ${of.profile}: every set of tags an SLA reads fails when it is empty`, () => {
    const thresholds = thresholdsOf(of);
    for (const { id, tags, metric, stat } of of.sla) {
      // These read no samples of k6.
      if (metric.startsWith("target_") || stat === "unaccounted") continue;
      const guard = selectorOf(requestMetric(of.load), tags);
      assert.ok((thresholds[guard] ?? []).includes("count>0"), `${id}: no guard on ${guard}`);
    }
  });

  test(`${of.scenario} ${of.profile}: no threshold is said twice, and every expression is one k6 reads`, () => {
    for (const [metric, expressions] of Object.entries(thresholdsOf(of))) {
      assert.equal(new Set(expressions).size, expressions.length, metric);
      assert.match(metric, /^[a-z_]+\{[a-z]+:[a-z0-9-]+(,[a-z]+:[a-z0-9-]+)*\}$/);
      for (const expression of expressions) {
        assert.match(expression, /^(p\(\d+(\.\d+)?\)|avg|max|rate|count)(<|<=|>|>=)\d+(\.\d+)?$/);
      }
    }
  });
}

test("chain's thresholds, word for word: trends that a packet may leave empty have a guard of their own", () => {
  assert.deepEqual(thresholdsOf(plan("chain", "full") as Plan), {
    "packets{scenario:chain}": ["count>0"],
    "telemetry_complete{phase:hold}": ["rate>=1"],
    "telemetry_delay{phase:hold}": ["p(95)<100", "max>0"],
    "heartbeat{phase:hold}": ["p(95)<100", "max>0"],
    "packets{phase:hold}": ["count>0", "count>=59700"],
    "packets_failed{scenario:chain}": ["count<=0"],
    "packets_unexpected{scenario:chain}": ["count<=0"],
  });
});

test("basic-load's thresholds, word for word", () => {
  assert.deepEqual(thresholdsOf(plan("basic-load", "full") as Plan), {
    "latency{phase:hold}": ["p(50)<50", "p(95)<100", "p(99)<150"],
    "http_req_failed{phase:hold}": ["rate<0.01"],
    "checks{phase:hold}": ["rate>0.99"],
    "http_reqs{phase:hold}": ["count>0", "count>=356400"],
    "dropped_iterations{scenario:basic-load}": ["count<=0"],
    "http_reqs{scenario:basic-load}": ["count>0"],
  });
});

const row: Sla = {
  id: "row",
  title: "row",
  priority: "P0",
  metric: "http_req_duration",
  tags: {},
  stat: "p95",
  op: "<",
  limit: 100,
  unit: "ms",
};

for (const [stat, limit, expression] of [
  ["p50", 50, "p(50)<50"],
  ["p90", 50, "p(90)<50"],
  ["p95", 0.5, "p(95)<0.5"],
  ["p99", 50, "p(99)<50"],
  ["p99.9", 50, "p(99.9)<50"],
  ["avg", 50, "avg<50"],
  ["max", 50, "max<50"],
  ["share", 2.5, "rate<0.025"],
  ["count", 7, "count<7"],
] as const) {
  test(`a row on ${stat} is ${expression} for k6`, () => {
    const of = plan("basic-load", "smoke") as Plan;
    assert.deepEqual(thresholdOf({ ...row, stat, limit }, of), { metric: "http_req_duration", expression });
    assert.deepEqual(thresholdOf({ ...row, stat, limit, tags: { phase: "hold", variant: "full" } }, of), {
      metric: "http_req_duration{phase:hold,variant:full}",
      expression,
    });
  });
}

test("a row without tags is guarded as well", () => {
  const of = { ...(plan("stress", "smoke") as Plan), sla: [row] };
  assert.deepEqual(thresholdsOf(of), { http_req_duration: ["p(95)<100", "max>0"], http_reqs: ["count>0"] });
});
