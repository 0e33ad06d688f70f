import assert from "node:assert/strict";
import { test } from "node:test";
import { counter, trend, windowAt } from "../windows/testing/windows.ts";
import { Evidence } from "./evidence.ts";
import { forwarding } from "./forwarding.ts";
import { planned } from "./testing/evidence.ts";

const WARM_UP = { scenario: "warm-up", phase: "warm-up" };
const HOLD = { scenario: "chain", phase: "hold" };

function evidenceOf(...series: Parameters<typeof windowAt>[1]): Evidence {
  const evidence = new Evidence(planned("chain"));
  evidence.addWindow(windowAt(0, series));
  return evidence;
}

test("the load's own packets: the warm-up's times and events are left out", () => {
  const found = forwarding(
    evidenceOf(
      trend("forwarding_latency", [[50, 10]], WARM_UP),
      trend("forwarding_latency", [[2, 100]], HOLD),
      trend("latency", [[900, 10]], WARM_UP),
      trend("latency", [[14, 100]], HOLD),
      counter("telemetry_events", 7, { ...WARM_UP, outcome: "missing" }),
      counter("telemetry_events", 1_498, { ...HOLD, outcome: "seen" }),
      counter("telemetry_events", 2, { ...HOLD, outcome: "missing" }),
    ),
  );
  assert.deepEqual(found, {
    ingressToEgressMs: { n: 100, p50: 2, p95: 2, p99: 2, max: 2 },
    roundTripMs: { n: 100, p50: 14, p95: 14, p99: 14, max: 14 },
    events: { seen: 1_498, missing: 2, twice: 0, strange: 0 },
  });
});

test("telemetry that told of no packet leaves no time, and says what is missing", () => {
  const found = forwarding(evidenceOf(counter("telemetry_events", 30, { ...HOLD, outcome: "missing" })));
  assert.deepEqual(found, {
    ingressToEgressMs: null,
    roundTripMs: null,
    events: { seen: 0, missing: 30, twice: 0, strange: 0 },
  });
});

test("where nobody watched telemetry there is nothing to say of it", () => {
  assert.equal(forwarding(evidenceOf(trend("latency", [[14, 100]], HOLD))), undefined);
});
