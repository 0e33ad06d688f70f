import assert from "node:assert/strict";
import { test } from "node:test";
import { mulberry32 } from "../../scenarios/lib/blocks.ts";
import type { Entry } from "../history/entry.ts";
import { drawFile } from "../report/charts/draw.ts";
import { trendChart } from "./chart.ts";
import { LEAST_RUNS, MOST_RUNS, trendOf } from "./trend.ts";
import { shiftText } from "./words.ts";

/** One run a day, each of a commit of its own. */
function history(
  days: number,
  valueOn: (day: number, random: () => number) => number,
  metric = "latency-p95",
  change: (day: number) => Partial<Entry> = () => ({}),
): Entry[] {
  const random = mulberry32(5);
  return Array.from({ length: days }, (_, day) => ({
    v: 1,
    run: `run-${day}`,
    scenario: "stress",
    profile: "full",
    at: new Date(Date.UTC(2026, 8, 1 + day)).toISOString(),
    verdict: "pass",
    commit: { sha: shaOf(day), dirty: false },
    machine: "m",
    load: "l",
    metrics: { [metric]: valueOn(day, random) },
    ...change(day),
  }));
}

const shaOf = (day: number) => String(day).padStart(40, "a");

/** 100, and up to 4 % more or less. */
const steady = (_: number, random: () => number) => 100 * (0.96 + 0.08 * random());

function only(entries: readonly Entry[]) {
  const [metric, ...others] = trendOf(entries)?.metrics ?? [];
  assert.ok(metric && others.length === 0);
  return metric;
}

test("a step is found on the day it came, with its commit and the one before", () => {
  const metric = only(history(40, (day, random) => steady(day, random) * (day < 25 ? 1 : 1.2)));
  const [shift, ...more] = metric.shifts;
  assert.deepEqual(more, []);
  assert.deepEqual(
    [shift?.index, shift?.run, shift?.commit?.sha, shift?.commitBefore?.sha],
    [25, "run-25", shaOf(25), shaOf(24)],
  );
  assert.ok(Math.abs((shift?.ratio ?? 0) - 1.2) < 0.03, `${shift?.ratio}`);
  assert.equal(metric.direction, "degrading");
  assert.ok(Math.abs(metric.now - 120) < 4, `${metric.now}`);
  assert.match(shift ? shiftText(shift) : "", /^\+(19|20)\.\d % with aaaaaaa \(2026-09-26\), after aaaaaaa$/);
});

test("a step that is long ago is how things are", () => {
  const metric = only(history(60, (day, random) => steady(day, random) * (day < 15 ? 1 : 1.3)));
  assert.deepEqual(
    metric.shifts.map(({ index }) => index),
    [15],
  );
  assert.equal(metric.direction, "stable");
});

test("less latency is better, and less throughput worse", () => {
  const falling = (day: number, random: () => number) => steady(day, random) * (day < 20 ? 1 : 0.8);
  assert.equal(only(history(30, falling)).direction, "improving");
  assert.equal(only(history(30, falling, "throughput")).direction, "degrading");
});

test("what only scatters is stable, and a step within the noise is none", () => {
  assert.deepEqual(only(history(40, steady)).shifts, []);
  assert.equal(only(history(40, steady)).direction, "stable");
  const small = only(history(60, (day) => (day < 30 ? 100 : 104) + (day % 2) / 10));
  assert.deepEqual(small.shifts, []);
});

test("a slow drift without a step has a direction", () => {
  // 0.4 % a run: no two neighbours differ, and the first and the last do.
  const drifting = history(16, (day) => 100 * 1.004 ** day + 0.2 * (day % 2));
  assert.equal(only(drifting).direction, "degrading");
});

test("an odd run is pointed at, and is no step", () => {
  const metric = only(history(30, (day, random) => (day === 17 ? 150 : steady(day, random))));
  assert.deepEqual(metric.shifts, []);
  assert.ok(metric.odd.some(({ index, sigmas }) => index === 17 && sigmas > 10));
  const quiet = only(history(30, (day) => 100 + (day === 17 ? 1 : 0) + (day % 2) / 100));
  assert.deepEqual(quiet.odd, [], "1 % is within the noise, however many sigma");
});

test("runs of another machine or load than the newest are left out and counted", () => {
  const mixed = history(30, steady, "latency-p95", (day) =>
    day % 3 === 0 ? { machine: "other" } : day % 3 === 1 ? { load: "other" } : {},
  );
  const trend = trendOf(mixed);
  assert.deepEqual([trend?.runs.length, trend?.leftOut], [10, 20]);
});

test("a metric that some run could not see has no trend", () => {
  const holed = history(12, steady, "latency-p95", (day) => ({
    metrics: { "latency-p95": 100, ...(day > 3 && { cpu: 0.5 }), rss: day === 2 ? 0 : 5 },
  }));
  assert.deepEqual(
    trendOf(holed)?.metrics.map(({ id }) => id),
    ["latency-p95"],
  );
});

test("too few runs have no trend, of too many the newest are taken", () => {
  assert.equal(trendOf([]), undefined);
  assert.equal(trendOf(history(LEAST_RUNS - 1, steady)), undefined);
  assert.equal(trendOf(history(LEAST_RUNS, steady))?.runs.length, LEAST_RUNS);
  const long = trendOf(history(MOST_RUNS + 7, () => 100));
  assert.deepEqual([long?.runs.length, long?.runs[0]?.run, long?.leftOut], [MOST_RUNS, "run-7", 7]);
});

test("the picture names a step by its commit and its size", () => {
  const trend = trendOf(history(40, (day, random) => steady(day, random) * (day < 25 ? 1 : 1.2)));
  assert.ok(trend);
  const svg = drawFile(trendChart(trend));
  assert.match(svg, />aaaaaaa \+(19|20)\.\d %<\/text>/);
  assert.match(svg, />p95 {1,2}1\d\d ms, degrading<\/text>/);
  assert.match(svg, /<desc[^>]*>p95 \+(19|20)\.\d % with aaaaaaa/);
});
