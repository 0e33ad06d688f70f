import assert from "node:assert/strict";
import { test } from "node:test";
import { TrendHistogram } from "../../windows/histogram.ts";
import { sample } from "../testing/sample.ts";
import { barsOf } from "./distribution.ts";

test("bars hold every request once, from the least latency to the greatest, all of one ratio", () => {
  const latencies = new TrendHistogram();
  for (const { series } of sample("basic-load").windows)
    for (const one of series)
      if (one.type === "trend" && one.metric === "http_req_duration") latencies.add(one);
  const bars = barsOf(latencies, 40);
  assert.equal(bars.length, 40);
  const total = bars.reduce((sum, { percent }) => sum + percent, 0);
  assert.ok(Math.abs(total - 100) < 1e-9);
  assert.ok(Math.abs((bars[0]?.from ?? 0) - latencies.min) < 1e-12);
  assert.ok(Math.abs((bars.at(-1)?.to ?? 0) - latencies.max) < 1e-9);
  const ratios = bars.map(({ from, to }) => to / from);
  assert.ok(Math.max(...ratios) - Math.min(...ratios) < 1e-9);
  let below = 0;
  for (const { to, percent } of bars) {
    below += percent;
    if (below >= 50) {
      assert.ok(Math.abs(to / (latencies.percentile(50) as number) - 1) < (ratios[0] ?? 2) - 1 + 0.01);
      break;
    }
  }
});

test("one latency only is one bar", () => {
  const latencies = new TrendHistogram();
  const { windows } = sample("basic-load");
  const series = windows[5]?.series.find((one) => one.type === "trend");
  assert.ok(series?.type === "trend");
  latencies.add({ ...series, min: 1, max: 1 });
  assert.equal(barsOf(latencies, 10).length, 10);
});
