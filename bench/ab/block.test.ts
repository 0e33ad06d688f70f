import assert from "node:assert/strict";
import { test } from "node:test";
import { requests, START_MS, windowAt } from "../windows/testing/windows.ts";
import { type Block, blockOf, blockSchema, logRatios } from "./block.ts";

const a = { phase: "hold", build: "a" };
const b = { phase: "hold", build: "b" };

/** A second in which A and B took this long, and B as many ms of CPU a request. */
function second(at: number, aMs: number, bMs: number, round = 0): Block {
  const used = new Map([
    [
      START_MS + at * 1000,
      { a: { cpuSeconds: 0.05 * aMs, rssBytes: 90e6 }, b: { cpuSeconds: 0.05 * bMs, rssBytes: 95e6 } },
    ],
  ]);
  return blockOf(windowAt(at, [...requests(50, aMs, a), ...requests(50, bMs, b)]), round, used);
}

test("a window is cut by build, with what the processes used in that second", () => {
  const block = blockOf(
    windowAt(3, [...requests(50, 4, a, 2), ...requests(40, 6, b)]),
    1,
    new Map([
      [START_MS + 3000, { a: { cpuSeconds: 0.2, rssBytes: 7 }, b: { cpuSeconds: undefined, rssBytes: 8 } }],
    ]),
  );
  assert.deepEqual(blockSchema.parse(block), block);
  const { hdr: _aHdr, ...left } = block.a;
  assert.deepEqual(left, {
    requests: 50,
    failed: 2,
    latencyMeanMs: 4,
    latencyP50Ms: 4,
    cpuMs: 200,
    rssBytes: 7,
  });
  assert.deepEqual([block.round, block.b.requests, block.b.cpuMs, block.b.rssBytes], [1, 40, null, 8]);
  // Of another second, nothing is known.
  assert.equal(blockOf(windowAt(4, requests(50, 4, a)), 1, new Map()).a.cpuMs, null);
});

test("pairs are logarithms of B over A, by round: twice as slow is as far off as twice as fast", () => {
  const ratios = logRatios([second(0, 4, 8), second(1, 8, 4), second(2, 4, 4, 1), second(3, 4, 4, 1)]);
  assert.deepEqual([...ratios.keys()], ["latency-mean", "latency-p50", "cpu"]);
  for (const rounds of ratios.values()) {
    const [[up = 0, down = 0] = [], second] = rounds;
    assert.ok(Math.abs(up - Math.log(2)) < 0.002 && Math.abs(up + down) < 1e-9, `${up} and ${down}`);
    assert.deepEqual(second, [0, 0]);
  }
});

test("a second with one side only is no pair, and a metric without pairs in a round is not there", () => {
  const alone = blockOf(windowAt(2, requests(50, 4, a)), 0, new Map());
  const seen = [second(0, 4, 5), second(1, 4, 5), alone];
  assert.deepEqual(
    [...logRatios(seen)].map(([metric, rounds]) => [metric, rounds[0]?.length]),
    [
      ["latency-mean", 2],
      ["latency-p50", 2],
      ["cpu", 2],
    ],
  );
  const blind = seen.map((block) => ({ ...block, b: { ...block.b, cpuMs: null } }));
  assert.deepEqual([...logRatios(blind).keys()], ["latency-mean", "latency-p50"]);
  assert.deepEqual([...logRatios([]).keys()], []);
});
