import assert from "node:assert/strict";
import { test } from "node:test";
import { counter, gauge, rate, START_MS, trend, windowAt } from "../windows/testing/windows.ts";
import { MOST_SERIES, windowPoints } from "./window-points.ts";

const RUN = { run: "r1", scenario: "soak", profile: "smoke", target: "ilp", commit: "abcdef0" };

test("a trend is its count, rate, mean and percentiles, in its own unit", () => {
  const latency = trend(
    "latency",
    [
      [0.5, 50],
      [1, 40],
      [1.5, 9],
      [2, 1],
    ],
    { phase: "hold" },
  );
  const { points } = windowPoints(windowAt(3, [latency]), RUN);
  assert.deepEqual(points, [
    {
      measurement: "latency",
      tags: { ...RUN, phase: "hold" },
      fields: {
        n: 100,
        rate: 100,
        mean: 0.805,
        min: 0.5,
        max: 2,
        p50: 0.5,
        p90: 1,
        p95: 1.5,
        p99: 1.5,
        p99_9: 2,
      },
      atMs: START_MS + 3_000,
    },
  ]);
});

test("a counter, a rate and a gauge have their own fields; a rate of change is a second's, however long the window", () => {
  const series = [
    counter("http_reqs", 30),
    rate("checks", 3, 1),
    gauge("vus", 5, 2, 9),
    trend("latency", [[1, 10]]),
  ];
  const { points } = windowPoints(windowAt(0, series, { ms: 250 }), RUN);
  const fields = Object.fromEntries(points.map((point) => [point.measurement, point.fields]));
  assert.deepEqual(fields.http_reqs, { value: 30, rate: 120 });
  assert.deepEqual(fields.checks, { yes: 3, no: 1, ratio: 0.75 });
  assert.deepEqual(fields.vus, { value: 5, min: 2, max: 9 });
  assert.equal(fields.latency?.rate, 40);
});

test("a rate of nothing has no ratio", () => {
  const { points } = windowPoints(windowAt(0, [rate("checks", 0, 0)]), RUN);
  assert.deepEqual(points[0]?.fields, { yes: 0, no: 0 });
});

test("the window's own scenario is k6_scenario: none of its tags hides one of the run, nor a metric a measurement of ours", () => {
  const series = [counter("sla", 1, { scenario: "warm-up", target: "t", time: "noon", empty: "" })];
  const { points } = windowPoints(windowAt(0, series), RUN);
  assert.deepEqual(points[0]?.measurement, "k6_sla");
  assert.deepEqual(points[0]?.tags, { ...RUN, k6_scenario: "warm-up", k6_target: "t", k6_time: "noon" });
});

test("series that InfluxDB could not tell apart are one, not each other's overwriter", () => {
  const series = [
    counter("http_reqs", 3, { name: "two\nlines" }),
    counter("http_reqs", 4, { name: "two\nlines", group: "" }),
    trend("latency", [[1, 60]]),
    trend("latency", [[2, 40]]),
  ];
  const { points } = windowPoints(windowAt(0, series), RUN);
  assert.deepEqual(
    points.map(({ measurement, fields: { value, n, p50, p90 } }) => [measurement, value ?? n, p50, p90]),
    [
      ["http_reqs", 7, undefined, undefined],
      ["latency", 100, 1, 2],
    ],
  );
});

test("however many series a window has, its points are bounded: what k6 did inside a request goes first, and is counted", () => {
  const many = Array.from({ length: 300 }, (_, n) => ({ name: `n${n}` }));
  const series = many.flatMap((tags) => [counter("data_sent", 1, tags), counter("packets", 1, tags)]);
  const { points, leftOut } = windowPoints(windowAt(0, series), RUN);
  assert.equal(points.length, MOST_SERIES);
  assert.equal(leftOut, 600 - MOST_SERIES);
  assert.equal(points.filter(({ measurement }) => measurement === "packets").length, 300);
});

test("of too many series, those that dashboards draw stay, whatever the alphabet says, and crowds go before the few", () => {
  const crowd = Array.from({ length: MOST_SERIES }, (_, n) => counter("a_users_own", 1, { name: `n${n}` }));
  const few = [counter("packets_fulfilled", 1), counter("z_of_one", 1), gauge("vus", 4)];
  const { points, leftOut } = windowPoints(windowAt(0, [...crowd, ...few]), RUN);
  assert.equal(leftOut, few.length);
  const kept = new Set(points.map(({ measurement }) => measurement));
  assert.deepEqual(kept, new Set(["packets_fulfilled", "vus", "z_of_one", "a_users_own"]));
});
