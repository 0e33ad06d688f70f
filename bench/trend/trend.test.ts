import assert from "node:assert/strict";
import { test } from "node:test";
import { mulberry32 } from "../../scenarios/lib/blocks.ts";
import type { Entry } from "../history/entry.ts";
import { drawFile } from "../report/charts/draw.ts";
import { trendChart } from "./chart.ts";
import { LEAST_RUNS, MOST_RUNS, trendOf } from "./trend.ts";
import { oddRunsOf, shiftText, tooFewText } from "./words.ts";

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
  assert.ok(metric.odd.some(({ index, sigmas }) => index === 17 && (sigmas ?? 0) > 10));
  const quiet = only(history(30, (day) => 100 + (day === 17 ? 1 : 0) + (day % 2) / 100));
  assert.deepEqual(quiet.odd, [], "1 % is within the noise, however many sigma");
});

test("runs of another machine, load or target than the newest are left out and counted", () => {
  const other = [{ machine: "other" }, { load: "other" }, { target: "hurt" }, {}];
  const mixed = history(40, steady, "latency-p95", (day) => ({ target: "t", ...other[day % 4] }));
  const trend = trendOf(mixed);
  assert.deepEqual([trend?.runs.length, trend?.leftOut], [10, 30]);
});

test("runs from before the target was written down are taken for runs of the newest's", () => {
  const grown = history(20, steady, "latency-p95", (day) => (day < 12 ? {} : { target: "t" }));
  assert.equal(trendOf(grown)?.runs.length, 20);
});

test("a run that could not see a metric leaves a hole in it: shifts keep their day and their commits", () => {
  const blind = new Set([3, 24, 25, 33]);
  const holed = history(40, steady, "cpu", (day) => (blind.has(day) ? { metrics: {} } : {}));
  const stepped = holed.map((entry, day) =>
    blind.has(day) || day < 24 ? entry : { ...entry, metrics: { cpu: (entry.metrics.cpu ?? 0) * 1.3 } },
  );
  const metric = only(stepped);
  assert.deepEqual(
    metric.shifts.map(({ index, run, commit, commitBefore }) => [index, run, commit?.sha, commitBefore?.sha]),
    [[26, "run-26", shaOf(26), shaOf(23)]],
  );
  assert.equal(metric.values.length, 40);
  assert.deepEqual(
    metric.values.flatMap((value, i) => (value === null ? [i] : [])),
    [...blind],
  );
  assert.equal(metric.direction, "degrading");
  const svg = drawFile(trendChart(trendOf(stepped) ?? assert.fail()));
  assert.match(svg, />aaaaaaa \+(29|30)\.\d %<\/text>/);
});

test("a run that came to 0 is odd, and takes nothing from the others", () => {
  const whole = only(history(30, steady, "throughput"));
  const fallen = only(history(30, (day, random) => (day === 21 ? 0 : steady(day, random)), "throughput"));
  assert.ok(fallen.odd.some(({ index, sigmas }) => index === 21 && sigmas === null));
  assert.equal(fallen.values[21], 0);
  assert.deepEqual([fallen.shifts, fallen.direction], [[], "stable"]);
  assert.ok(Math.abs(fallen.now - whole.now) < 2);
  const trend = trendOf(history(30, (day) => (day === 21 ? 0 : 100 + (day % 3)), "throughput"));
  assert.doesNotMatch(drawFile(trendChart(trend ?? assert.fail())), /NaN|Infinity/);
});

test("one percent of failed answers is a shift, which of latency would be noise", () => {
  const failing = history(30, (day) => (day < 20 ? 100 : 99) - (day % 2) / 1000, "right-answers");
  const metric = only(failing);
  assert.deepEqual([metric.shifts.map(({ index }) => index), metric.direction], [[20], "degrading"]);
});

test("metrics that too few runs could see are named", () => {
  const trend = trendOf(
    history(12, steady, "latency-p95", (day) => ({
      metrics: { "latency-p95": 100, ...(day < LEAST_RUNS - 1 && { cpu: 0.5 }), rss: 0, heap: day },
    })),
  );
  assert.deepEqual(
    trend?.metrics.map(({ id }) => id),
    ["latency-p95", "heap"],
  );
  assert.deepEqual(trend?.unseen, ["p50", "p99", "answers/s", "right answers", "CPU cores", "memory"]);
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

test("too few runs are told with how many there are, and how many do not compare", () => {
  const of = (runs: number, others: number) =>
    tooFewText(
      "stress.full",
      history(runs + others, steady, "cpu", (day) => (day < others ? { load: "x" } : {})),
    );
  assert.equal(
    of(3, 1),
    "3 of the 5 runs of stress.full that a trend takes; 1 left out: other load, machine or target",
  );
  assert.equal(of(4, 0), "4 of the 5 runs of stress.full that a trend takes");
  assert.equal(of(0, 0), "0 of the 5 runs of stress.full that a trend takes");
});

test("an odd run is named by its folder, with what is odd in it", () => {
  const trend = trendOf(history(30, (day, random) => (day === 17 ? 150 : steady(day, random))));
  assert.deepEqual(trend && oddRunsOf(trend), ["run-17: p95"]);
});
