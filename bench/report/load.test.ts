import assert from "node:assert/strict";
import { test } from "node:test";
import { peakOf } from "../../scenarios/lib/plan.ts";
import { arrivalsDue } from "../../scenarios/lib/schedule.ts";
import type { Window } from "../windows/window.ts";
import { askedPerSecond, bandsOf, loadOf, loadStartMs } from "./load.ts";
import { SAMPLE_START_MS, sample } from "./testing/sample.ts";
import { timelineOf } from "./timeline.ts";

test("what the plan asked for is laid over what was answered", async () => {
  const { run, windows } = sample("basic-load");
  const load = loadOf(run);
  assert.ok(load?.model === "open");
  const timeline = await timelineOf(windows, []);
  const beganMs = loadStartMs(timeline, load) ?? 0;
  assert.ok(Math.abs(beganMs - SAMPLE_START_MS - 2_000) < 50, `${beganMs - SAMPLE_START_MS}`);
  const asked = askedPerSecond(timeline, load);
  assert.equal(asked[0], null);
  assert.ok(Math.abs((asked[2] ?? 0) - arrivalsDue(load, 1)) < 5, `${asked[2]}`);
  assert.equal(asked[10], peakOf(load));
});

test("a load that begins within a window is found to a tenth of a second", async () => {
  const { run, windows } = sample("basic-load");
  const load = loadOf(run);
  assert.ok(load);
  // Begun 0.4 s into its first window: only the arrivals of the 0.6 s that are left are in it.
  const dueBy = (seconds: number) => arrivalsDue(load, Math.max(0, seconds));
  const shifted = windows.slice(0, 6).map((window, second): Window => {
    const arrivals = Math.round(dueBy(second + 1 - 2.4) - dueBy(second - 2.4));
    const series = window.series
      .filter(({ metric }) => metric === "http_reqs")
      .map((one) => (one.type === "counter" && second >= 2 ? { ...one, value: arrivals } : one));
    return { ...window, series };
  });
  const timeline = await timelineOf(shifted, []);
  const beganMs = loadStartMs(timeline, load) ?? 0;
  assert.ok(Math.abs(beganMs - SAMPLE_START_MS - 2_400) < 100, `${beganMs - SAMPLE_START_MS}`);
});

test("a staircase is marked by its steps, other loads by their phases", async () => {
  const stress = sample("stress");
  const bands = bandsOf(stress.run, await timelineOf(stress.windows, []));
  assert.deepEqual(
    bands.map(({ name }) => name),
    ["warm-up", "to 25", "to 125", "to 250", "to 500", "to 0"],
  );
  const spike = sample("spike");
  const phases = bandsOf(spike.run, await timelineOf(spike.windows, []));
  assert.deepEqual(
    phases.map(({ name }) => name),
    ["warm-up", "hold", "spike", "recovery"],
  );
});

test("a plan that is not one of ours has no load", () => {
  const { run } = sample("basic-load");
  assert.equal(loadOf({ ...run, plan: { scenario: "x", profile: "y" } }), undefined);
  assert.equal(
    loadOf({ ...run, plan: { scenario: "x", profile: "y", load: { model: "open", stages: 3 } } }),
    undefined,
  );
});
