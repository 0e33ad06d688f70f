import assert from "node:assert/strict";
import { test } from "node:test";
import { latencyPastDrops } from "./dropped-arrivals.ts";
import { Fold, foldOf } from "./fold.ts";
import { counter, trend, windowAt } from "./testing/windows.ts";

const tags = { scenario: "basic-load", phase: "hold" };

/** A second in which answers took 3 ms on the wire, and 900 ms by a number that a dropped arrival has shifted. */
const second = (at: number, dropped: number, scenario = "basic-load") =>
  windowAt(at, [
    trend("http_req_duration", [[3, 100]], { ...tags, status: "200" }),
    trend("latency", [[900, 100]], tags),
    ...(dropped > 0 ? [counter("dropped_iterations", dropped, { scenario })] : []),
  ]);

const p50s = (windows: readonly ReturnType<typeof windowAt>[]) => {
  const right = latencyPastDrops();
  return windows.map((window) => foldOf(right(window)).trend("latency", tags).percentile(50));
};

test("latency is from the intended start until an arrival was dropped, and the time on the wire from then on", () => {
  assert.deepEqual(p50s([second(0, 0), second(1, 5), second(2, 0)]), [900, 3, 3]);
});

test("what replaces it carries the tags that latency has: the run keeps one series of it", () => {
  const right = latencyPastDrops();
  const fold = new Fold();
  for (const window of [second(0, 0), second(1, 5)]) fold.add(right(window));
  assert.deepEqual(
    fold.summaries().flatMap(({ metric, tags: of }) => (metric === "latency" ? [of] : [])),
    [tags],
  );
});

test("a window without drops is passed on as it is", () => {
  const window = second(0, 0);
  assert.equal(latencyPastDrops()(window), window);
});

test("arrivals dropped in the warm-up shift nothing: it counts by itself", () => {
  assert.deepEqual(p50s([second(0, 7, "warm-up"), second(1, 0)]), [900, 900]);
});
