import assert from "node:assert/strict";
import { createHook } from "node:async_hooks";
import { test } from "node:test";
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
    [],
  );
  const monitors = (types: readonly string[]) => types.filter((type) => /HISTOGRAM/i.test(type)).length;
  assert.ok(monitors(withThem) > 0, `what is looked for: ${withThem.join(" ")}`);
  assert.equal(monitors(withUs), 0);
});
