/** What is reported is what happened: counts exact against the server's own, percentiles right for known delays. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { runScenario } from "./plimsoll.ts";

/**
 * What real sockets, Node's timers (whole milliseconds, rounded up) and a shared machine may add to a known delay at
 * the median. HDR's own error (0.1 %) is small beside it.
 */
const BOUND_MS = 4;

for (const [fault, p50Ms] of [
  ["latency=0ms", 0],
  ["latency=5ms", 5],
  ["latency=50ms", 50],
] as const) {
  test(`a target that takes ${p50Ms} ms is reported as taking ${p50Ms} ms, and every request is counted`, async (t) => {
    const { run } = await runScenario(t, "basic-load", "--seconds", "8", "--rate", "200", "--fault", fault);
    const { quantiles, n } = trendOf(run, { scenario: "basic-load", phase: "hold" });
    assert.ok(quantiles.min >= p50Ms * 0.999, `min ${quantiles.min} is not below the delay`);
    assert.ok(quantiles.p50 >= p50Ms * 0.999 && quantiles.p50 <= p50Ms + BOUND_MS, `p50 ${quantiles.p50}`);
    assert.ok(n > 0);
    assert.equal(counterOf(run, "http_reqs"), run.target.requestsServed, "k6 and the server count the same");
  });
}

test("a bimodal target shows both modes where they lie", async (t) => {
  // One answer in five takes 50 ms more: p50 is fast, p90 is slow, and the share of slow ones is one in five.
  const fault = "latency=5ms,slow=50ms@20%";
  const { run } = await runScenario(t, "basic-load", "--seconds", "10", "--rate", "300", "--fault", fault);
  const { quantiles } = trendOf(run, { scenario: "basic-load", phase: "hold" });
  assert.ok(quantiles.p50 >= 5 && quantiles.p50 <= 5 + BOUND_MS, `p50 ${quantiles.p50}`);
  assert.ok(quantiles.p90 >= 55 * 0.999 && quantiles.p90 <= 55 + 2 * BOUND_MS, `p90 ${quantiles.p90}`);
  assert.equal(counterOf(run, "http_reqs"), run.target.requestsServed);
});

type AnyRun = Awaited<ReturnType<typeof runScenario>>["run"];

function trendOf(run: AnyRun, tags: Record<string, string>) {
  const found = run.series.filter(
    (series) =>
      series.type === "trend" &&
      series.metric === "http_req_duration" &&
      Object.entries(tags).every(([key, value]) => series.tags[key] === value),
  );
  assert.equal(found.length, 1, "one series");
  const [series] = found;
  assert.ok(series?.type === "trend");
  return series;
}

function counterOf(run: AnyRun, metric: string): number {
  return run.series.reduce(
    (sum, it) => (it.type === "counter" && it.metric === metric ? sum + it.value : sum),
    0,
  );
}
