import assert from "node:assert/strict";
import { test } from "node:test";
import { resources } from "../judge/testing/evidence.ts";
import type { ResourceSample } from "../results/run-schema.ts";
import { counter, gauge, rate, requests, trend, windowAt } from "../windows/testing/windows.ts";
import type { Series } from "../windows/window.ts";
import { collector, figuresOf } from "./figures.ts";
import { resourceFigures } from "./resource-figures.ts";
import { windowFigures } from "./window-figures.ts";

const ofWindow = (series: readonly Series[]) =>
  Object.fromEntries(
    figuresOf(
      collector()((put) => windowFigures(windowAt(0, series), put)),
      1,
    ),
  );
const ofSample = (sample: ResourceSample) =>
  Object.fromEntries(
    figuresOf(
      collector()((put) => resourceFigures(sample, new Map(), put)),
      1,
    ),
  );

test("of k6 itself: parts of a request by their samples, bytes, iterations, callers, lateness", () => {
  const hold = { phase: "hold" };
  assert.deepEqual(
    ofWindow([
      trend("http_req_waiting", [[1, 30]], { status: "2xx" }),
      trend("http_req_waiting", [[5, 10]], { status: "5xx" }),
      trend("http_req_connecting", [[0.5, 40]]),
      counter("data_sent", 800, hold),
      counter("data_received", 900, hold),
      counter("iterations", 40, hold),
      counter("dropped_iterations", 2, hold),
      gauge("vus", 3, 2, 9),
      gauge("vus_max", 10),
      trend(
        "pacing_lag",
        [
          [0.25, 99],
          [2, 1],
        ],
        hold,
      ),
      trend("telemetry_delay", [[12, 20]], hold),
      rate("telemetry_complete", 19, 1, hold),
    ]),
    {
      "part/waiting": 2,
      "part/connecting": 0.5,
      "traffic/to the target": 800,
      "traffic/from it": 900,
      "iterations/ended": 40,
      "iterations/dropped": 2,
      "callers/at work": 9,
      "callers/made": 10,
      "lag/pacing lag p99": 0.25,
      "telemetry/telemetry": 12,
      "telemetry-complete/complete": 95,
    },
  );
});

test("of variants: percentiles, calls and failures in the hold phase; of one variant alone the totals tell all", () => {
  const call = (variant: string, ms: number, phase = "hold") => requests(10, ms, { variant, phase }, 5);
  const figures = ofWindow([...call("none", 1), ...call("full", 3), ...call("full", 900, "warm-up")]);
  assert.equal(figures["call-p50/full"], 3);
  assert.equal(figures["call-p95/none"], 1);
  assert.equal(figures["due-p95/full"], 3);
  assert.equal(figures["calls/full"], 10);
  assert.equal(figures["failed-calls/full"], 50);
  assert.deepEqual(ofWindow([...call("full", 3), rate("checks", 1, 0)]), {});
});

test("one time-out among fifty calls of a variant is its p99, not its p50, though its status is another series", () => {
  const hold = { phase: "hold", variant: "full" };
  const timed = (metric: string) => [
    trend(metric, [[1.2, 49]], { ...hold, status: "2xx" }),
    trend(metric, [[5_000, 1]], { ...hold, status: "error" }),
  ];
  const figures = ofWindow([
    ...requests(10, 1, { phase: "hold", variant: "none" }),
    ...timed("http_req_duration"),
    ...timed("latency"),
  ]);
  assert.deepEqual(
    [figures["call-p50/full"], figures["call-p95/full"], figures["due-p95/full"]],
    [1.2, 1.2, 1.2],
  );
});

test("a target tells its heap and event loop itself, or through its processes", () => {
  const one = resources(1, {
    target: { cpuCores: 0.5, rssBytes: 80, ...{ heapBytes: 30, eventLoopDelayMs: 2 } },
    k6CpuCores: 0.4,
    benchLoopDelayMs: 12,
    otherCpuCores: 0.1,
    stolenCpuCores: 0.05,
  });
  const alone = ofSample(one);
  assert.deepEqual([alone["heap/target"], alone["loop/target"], alone["loop/bench"]], [30, 2, 12]);
  assert.deepEqual([alone["cpu/target"], alone["cpu/k6"]], [0.5, 0.4]);
  assert.deepEqual([alone["cpu/other"], alone["cpu/stolen"]], [0.1, 0.05]);
  const member = { cpuCores: 0.3, rssBytes: 60, heapBytes: 25, eventLoopDelayMs: 1 };
  const network = ofSample({ ...one, target: { ...one.target!, members: { A: member } } });
  assert.deepEqual([network["heap/A"], network["heap/target"]], [25, undefined]);
  assert.deepEqual([network["rss/A"], network["rss/target"]], [60, 80]);
});
