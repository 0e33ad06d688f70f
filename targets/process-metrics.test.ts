import assert from "node:assert/strict";
import { createHook } from "node:async_hooks";
import { test } from "node:test";
import { getHeapStatistics } from "node:v8";
import { collectDefaultMetrics, Registry } from "prom-client";
import { collectProcessMetrics } from "./process-metrics.ts";

const namesOf = (registry: Registry) => registry.getMetricsAsArray().map(({ name }) => name);

/** The types of the resources that `work` makes. */
function made(work: () => void): string[] {
  const types: string[] = [];
  const hook = createHook({ init: (_, type) => void types.push(type) }).enable();
  work();
  hook.disable();
  return types;
}

test("all of prom-client's metrics are there but its lag, and no monitor of the event loop runs for them", () => {
  const [ours, theirs] = [new Registry(), new Registry()];
  const withUs = made(() => collectProcessMetrics(ours));
  const withThem = made(() => collectDefaultMetrics({ register: theirs }));
  const gone = namesOf(theirs).filter((name) => !namesOf(ours).includes(name));
  assert.deepEqual(gone, [
    "nodejs_eventloop_lag_seconds",
    "nodejs_eventloop_lag_min_seconds",
    "nodejs_eventloop_lag_stddev_seconds",
  ]);
  assert.deepEqual(
    namesOf(ours).filter((name) => !namesOf(theirs).includes(name)),
    ["nodejs_heap_size_limit_bytes"],
  );
  const monitors = (types: readonly string[]) => types.filter((type) => /HISTOGRAM/i.test(type)).length;
  assert.ok(monitors(withThem) > 0, `what is looked for: ${withThem.join(" ")}`);
  assert.equal(monitors(withUs), 0);
});

test("the heap that is used is told with the limit at which V8 ends the process", async () => {
  const registry = new Registry();
  collectProcessMetrics(registry);
  const told = async (name: string) =>
    (await registry.getSingleMetric(name)?.get())?.values[0]?.value ?? Number.NaN;
  const limit = await told("nodejs_heap_size_limit_bytes");
  assert.equal(limit, getHeapStatistics().heap_size_limit);
  assert.ok((await told("nodejs_heap_size_used_bytes")) < limit);
});
