import assert from "node:assert/strict";
import { test } from "node:test";
import type { Effect } from "./effects.ts";
import { BUNDLED, KNOBS } from "./knobs.ts";
import { bundledRow, figuresOf, KNOBS_HEADER, knobRow } from "./knobs-table.ts";

const names = Object.keys(
  figuresOf({
    ...{ outcome: "held", achieved: 100, p50Ms: 3, p99Ms: 8, p999Ms: 12, lateMs: 2, lost: 0 },
    cores: { A: 0.4, bob: 0.1, k6: 0.4 },
  }),
);
const effects = (...all: Effect[]) => Object.fromEntries(names.map((name, i) => [name, all[i] as Effect]));
const seen = true;

test("a row stands under its header: value and change, and a wave where there is none to see", () => {
  const row = effects(
    { value: 3.08, ratio: 0.94, seen },
    { value: 12.3, ratio: 1.12, seen },
    { value: 109, ratio: 8.44, seen },
    { value: 0.384, ratio: 1.02, seen: false },
    { value: 0.12, ratio: 1.001, seen },
    { value: 0.42, ratio: 1, seen: false },
  );
  assert.equal(KNOBS_HEADER, "                    p50 ms    p99 ms    p99.9 ms  CPU A     CPU bob   CPU k6");
  assert.equal(
    knobRow("k6 GOGC 100", row),
    "k6 GOGC 100         3.08  -6% 12.3 +12%  109 x8.4 0.38    ~ 0.12   0% 0.42    ~",
  );
});

test("the first row has values, and how far its own runs were from each other", () => {
  const spread = (low: number, high: number) =>
    Object.fromEntries(names.map((name) => [name, { value: 3.08, low, high }]));
  assert.match(bundledRow("bundled", spread(0.96, 1.03)), /^bundled( +3\.08 {2}±4%){6}$/);
  assert.match(bundledRow("bundled", spread(0.5, 9.4)), /^bundled( +3\.08±840%){6}$/);
  assert.match(bundledRow("bundled", spread(0.5, 42)), /^bundled( +3\.08 ±x41){6}$/);
});

test("every knob has a name of its own that fits, and no row is longer than 80 columns", () => {
  const worst = effects(
    ...names.map((name) => ({ value: name.startsWith("CPU") ? 1.38 : 3_456.7, ratio: 99.9, seen })),
  );
  const labels = [BUNDLED, ...KNOBS].map(({ label }) => label);
  assert.equal(new Set(labels).size, labels.length);
  for (const label of labels) {
    assert.ok(label.length <= 19, label);
    assert.ok(knobRow(label, worst).length <= 80, label);
  }
});
