import assert from "node:assert/strict";
import { test } from "node:test";
import type { Block } from "../baseline/baseline-schema.ts";
import { drawFile } from "../report/charts/draw.ts";
import { sample } from "../report/testing/sample.ts";
import { type OverTime, overlayCharts, wholeLoad } from "./over-time.ts";
import { side, times } from "./testing/sides.ts";

const before = (await side(1)).blocks;
const after = (await side(2, times(1.7))).blocks;

interface Drawn {
  readonly xAxis: { readonly max: number };
  readonly series: readonly {
    readonly name: string;
    readonly data: readonly (readonly [number, number | null])[];
    readonly markArea?: {
      readonly data: readonly (readonly [{ readonly name: string; readonly xAxis: number }])[];
    };
  }[];
}

function drawn(runs: OverTime, id: string): Drawn {
  const chart = overlayCharts(runs).find((one) => one.id === id) ?? assert.fail(`no ${id}`);
  return chart.option?.({ width: 532, height: 250, narrow: false }) as unknown as Drawn;
}

/** The values that a chart has of one run, with the seconds they stand at. */
function pointsOf(runs: OverTime, id: string, name: "before" | "after"): [number, number][] {
  const { data = [] } = drawn(runs, id).series.find((one) => one.name === name) ?? {};
  return data.filter((point): point is [number, number] => point[1] !== null);
}

/** The same some days later. */
function later(blocks: readonly Block[]): Block[] {
  const moved = (from: string) => new Date(Date.parse(from) + 3 * 86_400_000).toISOString();
  return blocks.map((block) => ({ ...block, from: moved(block.from) }));
}

const RUNS = { before, after: later(after), whole: false };

test("both runs begin at 0, whenever they were, with a value for each block", () => {
  for (const [name, blocks] of [
    ["before", before],
    ["after", after],
  ] as const) {
    const points = pointsOf(RUNS, "compare-p50", name);
    assert.equal(points.length, blocks.length);
    assert.equal(points[0]?.[0], (blocks[0]?.seconds ?? 0) / 2);
  }
  assert.ok(drawn(RUNS, "compare-p50").xAxis.max < 60);
});

test("a line is what its run measured: latency, answers a second, CPU and memory of the target", () => {
  const value = (id: string, name: "before" | "after") => pointsOf(RUNS, id, name)[5]?.[1] ?? Number.NaN;
  const block = (blocks: readonly Block[]) => blocks[5] ?? assert.fail("no block");
  for (const [name, blocks] of [
    ["before", before],
    ["after", after],
  ] as const) {
    const { requests, seconds, cpuCores, rssBytes } = block(blocks);
    assert.equal(value("compare-rate", name), requests / seconds);
    assert.equal(value("compare-cpu", name), cpuCores);
    assert.equal(value("compare-memory", name), rssBytes);
  }
  const ratio = value("compare-p50", "after") / value("compare-p50", "before");
  assert.ok(ratio > 1.5 && ratio < 1.9, `1.7 times as long: ${ratio}`);
  assert.ok(value("compare-p99", "before") > value("compare-p50", "before"));
});

test("what neither run could see has no chart; what only one of them saw has one line", () => {
  const blind = (blocks: readonly Block[]) =>
    blocks.map((block) => ({ ...block, cpuCores: null, rssBytes: null }));
  const ids = (runs: OverTime) => overlayCharts(runs).map(({ id }) => id);
  assert.deepEqual(ids({ before: blind(before), after: blind(after), whole: false }), [
    "compare-p50",
    "compare-p99",
    "compare-rate",
  ]);
  const one = { before: blind(before), after, whole: false };
  assert.equal(pointsOf(one, "compare-cpu", "after").length, after.length);
  assert.deepEqual(pointsOf(one, "compare-cpu", "before"), []);
  assert.doesNotMatch(
    drawFile(overlayCharts(one).find(({ id }) => id === "compare-cpu") ?? assert.fail()),
    />before<\/text>/,
  );
});

test("of a run its whole load is there, with its phases, not only the one that is compared", async () => {
  const { run, windows, resources } = sample("spike", { seed: 1 });
  const whole = await wholeLoad(run, windows, resources);
  const parts = [...new Set(whole.map(({ part }) => part))];
  assert.ok(parts.length > 1 && !parts.includes("warm-up"), `${parts}`);
  const { series } = drawn({ before: whole, after: whole, whole: true }, "compare-p99");
  const bands = series[0]?.markArea?.data.map(([{ name }]) => name) ?? [];
  assert.deepEqual([...new Set(bands)], parts);
});
