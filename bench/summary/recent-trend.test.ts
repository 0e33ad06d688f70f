import assert from "node:assert/strict";
import { test } from "node:test";
import { recentTrend } from "./recent-trend.ts";
import { history } from "./testing/gathered.ts";

test("a trend has the 30 days up to its run: neither older runs nor later ones", () => {
  const entries = history(60, () => 2);
  const trend = recentTrend(entries, entries[49]?.at ?? "");
  assert.deepEqual([trend?.runs[0]?.run, trend?.runs.at(-1)?.run], ["run-20", "run-50"]);
});

test("a run that began at no date has no trend", () => {
  assert.equal(
    recentTrend(
      history(20, () => 2),
      "<script>",
    ),
    undefined,
  );
});
