import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sample } from "../report/testing/sample.ts";
import type { Run } from "../results/run-schema.ts";
import { wholeRun } from "../results/testing/run.ts";
import { TrendHistogram } from "../windows/histogram.ts";
import { counter, requests, START_MS, trend, windowAt } from "../windows/testing/windows.ts";
import type { Block } from "./baseline-schema.ts";
import { blockSecondsOf, blocksOf } from "./blocks.ts";

const RUN = wholeRun("basic-load");
const tags = (phase: string) => ({ scenario: phase === "warm-up" ? phase : "basic-load", phase });

/** A second with so many answers of a phase, each after so many milliseconds; none: a silent second. */
function second(at: number, phase?: string, n = 10, ms = 5, failed = 0) {
  return windowAt(at, phase === undefined ? [] : requests(n, ms, tags(phase), failed));
}

function latencyOf(blocks: readonly Block[]): TrendHistogram {
  const all = new TrendHistogram();
  for (const { latency } of blocks) if (latency) all.add(latency);
  return all;
}

test("a block is a second of the phase that the SLA is about, with its answers and their time", async () => {
  const windows = [
    second(0, "warm-up"),
    second(1, "ramp"),
    second(2, "hold", 40, 7, 3),
    second(3, "hold", 20, 9),
    second(4, "recovery"),
  ];
  const blocks = await blocksOf(RUN, windows, []);
  assert.deepEqual(
    blocks.map(({ from, seconds, part, requests, failed, latency }) => [
      Date.parse(from) - START_MS,
      seconds,
      part,
      requests,
      failed,
      latency?.n,
      latency?.min,
      latency?.max,
    ]),
    [
      [2_000, 1, "hold", 40, 3, 40, 7, 7],
      [3_000, 1, "hold", 20, 0, 20, 9, 9],
    ],
  );
  assert.equal(Math.round(latencyOf(blocks).percentile(50) ?? 0), 7);
});

test("a stall is time of the part it came in; what is behind the last answer is not", async () => {
  const windows = [second(0, "hold"), second(1), second(2), second(3, "hold"), second(4), second(5)];
  const blocks = await blocksOf(RUN, windows, []);
  assert.deepEqual(
    blocks.map(({ requests, latency }) => [requests, latency === null]),
    [
      [10, false],
      [0, true],
      [0, true],
      [10, false],
    ],
  );
});

test("stages are parts of their own, and each is cut into blocks by itself", async () => {
  const ladder = wholeRun("stress");
  const stage = (at: number, vus: string) =>
    windowAt(at, requests(10, 5, { scenario: "stress", phase: "ramp", stage: vus }));
  const long = { ...ladder, phases: span("ramp", 600) };
  const windows = [1, 2, 3, 4, 5, 6, 7].map((at) => stage(at, at < 4 ? "100" : "500"));
  assert.deepEqual(
    (await blocksOf(long, windows, [])).map(({ part, seconds, requests }) => [part, seconds, requests]),
    [
      ["ramp 100", 3, 30],
      ["ramp 500", 4, 40],
    ],
  );
});

test("seconds on both sides of another phase are not one block", async () => {
  const long = { ...RUN, phases: span("hold", 600) };
  const windows = [second(0, "hold"), second(1, "hold"), second(2, "spike"), second(3, "hold")];
  assert.deepEqual(
    (await blocksOf(long, windows, [])).map(({ from, seconds }) => [Date.parse(from) - START_MS, seconds]),
    [
      [0, 2],
      [3_000, 1],
    ],
  );
});

test("resources are means over the seconds that lie in a block", async () => {
  const at = (seconds: number) => new Date(START_MS + seconds * 1000).toISOString();
  const bench = { cpuCores: 0, rssBytes: 1, loopDelayP99Ms: 1 };
  const used = (seconds: number, cpuCores: number | null) => ({
    at: at(seconds),
    target:
      cpuCores === null
        ? null
        : { cpuCores, rssBytes: 1e6, heapBytes: null, eventLoopDelayMs: null, variants: null },
    k6: null,
    bench,
  });
  const long = { ...RUN, phases: span("hold", 600) };
  const windows = [0, 1, 2, 3, 4, 5].map((from) => second(from, "hold"));
  const blocks = await blocksOf(long, windows, [
    used(0.4, 9),
    used(1, 1),
    used(2, 3),
    used(3, null),
    used(6, 7),
  ]);
  assert.deepEqual(
    blocks.map(({ seconds, cpuCores, rssBytes, heapBytes }) => [seconds, cpuCores, rssBytes, heapBytes]),
    [
      [5, 2, 1e6, null],
      [1, 7, 1e6, null],
    ],
  );
});

function span(phase: string, seconds: number): Run["phases"] {
  const iso = (at: number) => new Date(START_MS + at * 1000).toISOString();
  return [
    { phase: "warm-up", from: iso(-1000), to: iso(0) },
    { phase, from: iso(0), to: iso(seconds) },
  ];
}

test("blocks grow with the run, so that their number does not", () => {
  for (const [seconds, size] of [
    [18, 1],
    [200, 1],
    [201, 5],
    [1_000, 5],
    [3_600, 30],
    [86_400, 30],
  ] as const)
    assert.equal(blockSecondsOf({ sla: RUN.sla, phases: span("hold", seconds) }), size, `${seconds} s`);
});

test("from the first dropped arrival on, latency is the time on the wire", async () => {
  const own = tags("hold");
  const windows = [
    windowAt(0, requests(10, 5, own)),
    windowAt(1, [
      counter("http_reqs", 10, own),
      trend("http_req_duration", [[4, 10]], own),
      trend("latency", [[900, 10]], own),
      counter("dropped_iterations", 1, { scenario: "basic-load" }),
    ]),
  ];
  assert.equal(latencyOf(await blocksOf(RUN, windows, [])).max, 5);
});

test("no answer of the load is lost or counted twice, however long blocks are", async () => {
  const { run, windows } = sample("basic-load", { seconds: 12 });
  const wanted = run.series.find(({ metric, tags }) => metric === "http_reqs" && tags.phase === "hold");
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4_000 }), async (seconds) => {
      const blocks = await blocksOf({ ...run, phases: span("hold", seconds) }, windows, []);
      assert.ok(wanted?.type === "counter");
      assert.equal(
        blocks.reduce((sum, { requests }) => sum + requests, 0),
        wanted.value,
      );
      assert.equal(latencyOf(blocks).n, wanted.value);
      for (const { seconds: length } of blocks) assert.ok(length <= 30);
    }),
    { numRuns: 12 },
  );
});
