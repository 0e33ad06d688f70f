import assert from "node:assert/strict";
import { test } from "node:test";
import { resources } from "../judge/testing/evidence.ts";
import { MOST_VARIANTS, variantUsage } from "./variant-usage.ts";

const REST = { k6CpuCores: 0.5, benchLoopDelayMs: 12 };

/** A sample at a second, of what variants have used by then: CPU seconds, requests. */
const at = (second: number, variants: Record<string, [cpuSeconds: number, requests: number]>) =>
  resources(second, {
    ...REST,
    target: {
      cpuCores: 1,
      rssBytes: 1,
      variants: Object.fromEntries(
        Object.entries(variants).map(([name, [cpuSeconds, requests]]) => [name, { cpuSeconds, requests }]),
      ),
    },
  });

test("CPU and requests of a variant are what was added since the sample before, a second", () => {
  const usage = variantUsage();
  assert.equal(usage(at(0, { none: [1, 100], full: [3, 100] })).size, 0);
  assert.deepEqual(Object.fromEntries(usage(at(2, { none: [1.5, 300], full: [3.5, 100] }))), {
    none: { cpuCores: 0.25, requestsPerSecond: 100, cpuUsPerRequest: 2_500 },
    full: { cpuCores: 0.25, requestsPerSecond: 0, cpuUsPerRequest: null },
  });
});

test("what serves no requests is no variant", () => {
  const usage = variantUsage();
  usage(at(0, { none: [1, 1], startup: [0.3, 0] }));
  assert.deepEqual([...usage(at(1, { none: [2, 2], startup: [0.4, 0] })).keys()], ["none"]);
});

test("a target that began again, and a sample without a target, have no figures", () => {
  const usage = variantUsage();
  usage(at(0, { none: [5, 500] }));
  assert.equal(usage(resources(1, { ...REST, target: null })).size, 0);
  assert.equal(usage(at(2, { none: [0.1, 10] })).size, 0);
  assert.equal(usage(at(3, { none: [0.2, 20] })).get("none")?.requestsPerSecond, 10);
});

test("however many variants a target reports, so many are told apart", () => {
  const usage = variantUsage();
  const many = (n: number): Record<string, [number, number]> =>
    Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`v${i}`, [n, n]]));
  usage(at(0, many(1)));
  assert.equal(usage(at(1, many(2))).size, MOST_VARIANTS);
});
