import assert from "node:assert/strict";
import { test } from "node:test";
import type { Block } from "../baseline/baseline-schema.ts";
import { START_MS, trend } from "../windows/testing/windows.ts";
import { METRICS } from "./metrics.ts";

function block(second: number, change: Partial<Block> = {}): Block {
  return {
    from: new Date(START_MS + second * 1000).toISOString(),
    seconds: 1,
    part: "hold",
    requests: 10,
    failed: 0,
    latency: null,
    cpuCores: null,
    rssBytes: null,
    heapBytes: null,
    ...change,
  };
}

function taking(...ms: number[]): Block["latency"] {
  const series = trend("latency", ms);
  assert.ok(series.type === "trend");
  const { n, sum, min, max, hdr } = series;
  return { n, sum, min, max, hdr };
}

function measured(id: string, blocks: readonly Block[]) {
  const metric = METRICS.find((one) => one.id === id) ?? assert.fail();
  return metric.of(blocks);
}

test("a quantile is that of all answers, not a mean of blocks', and a block that counts not has none", () => {
  const blocks = [
    block(0, { latency: taking(1, 1, 1, 1, 1, 1, 1, 1, 1) }),
    block(1, { latency: taking(100) }),
    block(2),
  ];
  const { statistic, byBlock } = measured("latency-p50", blocks);
  assert.equal(Math.round(statistic()), 1);
  assert.equal(Math.round(statistic([0, 3, 1])), 100);
  assert.deepEqual(byBlock.map(Math.round), [1, 100]);
  assert.equal(Math.round(measured("latency-p95", blocks).statistic()), 100);
});

test("resources are means over time of the blocks that have any", () => {
  const blocks = [block(0, { cpuCores: 1, seconds: 3 }), block(3), block(4, { cpuCores: 2 })];
  const { statistic, byBlock } = measured("cpu", blocks);
  assert.equal(statistic(), 1.25);
  assert.equal(statistic([1, 5, 0]), 1);
  assert.deepEqual(byBlock, [1, 2]);
  assert.equal(measured("heap", blocks).statistic(), Number.NaN);
});

test("only right answers count", () => {
  const blocks = [block(0, { requests: 10, failed: 4 }), block(1, { requests: 10, failed: 10 })];
  assert.equal(measured("throughput", blocks).statistic(), 3);
});

test("right answers are those of all together, not a mean of blocks' shares", () => {
  const blocks = [
    block(0, { requests: 10, failed: 4 }),
    block(1, { requests: 90 }),
    block(2, { requests: 0 }),
  ];
  const { statistic, byBlock } = measured("right-answers", blocks);
  assert.equal(statistic(), 96);
  assert.equal(statistic([1, 0, 7]), 60);
  assert.deepEqual(byBlock, [60, 100]);
  assert.equal(measured("right-answers", [block(0, { requests: 0 })]).statistic(), Number.NaN);
});

test("the ends of a stretch are part of another second's load and are left out, of a short one not", () => {
  const rates = (blocks: readonly Block[]) => measured("throughput", blocks).byBlock;
  const stretch = (from: number, requests: readonly number[], part = "hold") =>
    requests.map((n, i) => block(from + i, { requests: n, part }));
  assert.deepEqual(rates(stretch(0, [3, 10, 11, 12, 4])), [10, 11, 12]);
  assert.deepEqual(rates(stretch(0, [3, 10, 11, 4])), [3, 10, 11, 4]);
  // A gap, or another part, begins another stretch.
  assert.deepEqual(
    rates([...stretch(0, [1, 7, 7, 7, 2]), ...stretch(20, [1, 8, 8, 8, 2]), ...stretch(25, [9, 9], "spike")]),
    [7, 7, 7, 8, 8, 8, 9, 9],
  );
});
