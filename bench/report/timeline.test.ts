import assert from "node:assert/strict";
import { test } from "node:test";
import { type Load, peakOf } from "../../scenarios/lib/plan.ts";
import { TrendHistogram } from "../windows/histogram.ts";
import type { Window } from "../windows/window.ts";
import { loadOf } from "./load.ts";
import { SAMPLE_START_MS, sample } from "./testing/sample.ts";
import { MAX_GROUPS, MAX_POINTS, timelineOf } from "./timeline.ts";

test("each window is a point while there are few", async () => {
  const { run, windows, resources } = sample("basic-load");
  const timeline = await timelineOf(windows, resources);
  assert.equal(timeline.points.length, windows.length);
  assert.equal(timeline.windowsPerPoint, 1);
  const hold = timeline.points[10];
  assert.equal(hold?.requests, peakOf(loadOf(run) as Load));
  assert.equal(hold?.fromMs, SAMPLE_START_MS + 10_000);
  assert.deepEqual(
    timeline.phases.map(({ name, fromMs, toMs }) => [name, (toMs - fromMs) / 1000]),
    [
      ["warm-up", 2],
      ["ramp", 4],
      ["hold", 18],
      ["ramp", 3],
    ],
  );
});

test("an hour of windows becomes at most 600 points with the same sums and percentiles", async () => {
  const { windows } = sample("basic-load", { seconds: 30 });
  const hour = Array.from({ length: 3_600 }, (_, second) => ({
    ...(windows[second % windows.length] as Window),
    from: new Date(SAMPLE_START_MS + second * 1000).toISOString(),
  }));
  const timeline = await timelineOf(hour, []);
  assert.equal(timeline.windows, 3_600);
  assert.equal(timeline.windowsPerPoint, 8);
  assert.equal(timeline.points.length, 450);
  assert.ok(timeline.points.length <= MAX_POINTS);
  assert.equal(
    timeline.points.reduce((sum, { seconds }) => sum + seconds, 0),
    3_600,
  );
  const merged = new TrendHistogram();
  for (const { series } of hour.slice(8, 16))
    for (const one of series) if (one.type === "trend" && one.metric === "http_req_duration") merged.add(one);
  const found = timeline.points[1]?.latency;
  assert.ok(found);
  // The order of the additions differs, and with it the last bit of the mean.
  assert.ok(Math.abs(found.mean - (merged.mean ?? 0)) < 1e-9);
  assert.deepEqual({ ...found, mean: 0 }, { ...merged.summary(), mean: 0 });
});

test("a window without answers breaks the line: its latency is undefined, not zero", async () => {
  const { windows } = sample("basic-load");
  const silent = windows.map((window, i) => (i === 5 ? { ...window, series: [] } : window));
  const { points } = await timelineOf(silent, []);
  assert.equal(points[5]?.latency, undefined);
  assert.equal(points[5]?.requests, 0);
  assert.equal(points[5]?.vus, null);
});

test("resources are means and maxima; of a target that cannot be seen there are none", async () => {
  const { resources } = sample("basic-load", { seconds: 30 });
  const many = Array.from({ length: 2 * MAX_POINTS }, (_, second) => {
    const one = resources[0] as (typeof resources)[number];
    const cpuCores = second % 2 === 0 ? 0.2 : 0.4;
    return {
      ...one,
      at: new Date(SAMPLE_START_MS + (second + 1) * 1000).toISOString(),
      target: null,
      k6: { cpuCores, rssBytes: second },
    };
  });
  const timeline = await timelineOf([], many);
  assert.equal(timeline.resources.length, MAX_POINTS);
  const first = timeline.resources[0];
  assert.ok(Math.abs((first?.figures.get("cpu/k6") ?? 0) - 0.3) < 1e-12);
  assert.equal(first?.figures.get("rss/k6"), 1);
  assert.equal(first?.figures.get("cpu/target"), undefined);
});

test("more variants than the table has rows go into one more row", async () => {
  const windows: Window[] = Array.from({ length: MAX_GROUPS + 20 }, (_, i) => ({
    v: 1,
    from: new Date(SAMPLE_START_MS + i * 1000).toISOString(),
    ms: 1000,
    late: 0,
    overflow: 0,
    series: [
      { metric: "http_reqs", type: "counter", unit: "", tags: { phase: "hold", variant: `v${i}` }, value: 1 },
    ],
  }));
  const { groups } = await timelineOf(windows, []);
  assert.equal(groups.length, MAX_GROUPS + 1);
  assert.deepEqual([groups.at(-1)?.variant, groups.at(-1)?.requests], ["other", 20]);
});

test("streams are read as they come", async () => {
  const { windows, resources } = sample("spike");
  async function* late<T>(items: readonly T[]) {
    for (const item of items) yield item;
  }
  const timeline = await timelineOf(late(windows), late(resources));
  assert.equal(timeline.points.length, windows.length);
  assert.equal(timeline.resources.length, resources.length);
});
