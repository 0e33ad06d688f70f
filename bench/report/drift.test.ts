import assert from "node:assert/strict";
import { test } from "node:test";
import { driftTable } from "./drift.ts";
import { packetsSample } from "./testing/packets-sample.ts";
import { timelineOf } from "./timeline.ts";

async function drift(options: Parameters<typeof packetsSample>[0], memory = (_: number) => 100e6) {
  const { windows, resources } = packetsSample(options);
  const grown = resources.map((one, second) => ({
    ...one,
    target: one.target && { ...one.target, rssBytes: memory(second) },
  }));
  return driftTable(await timelineOf(windows, grown));
}

test("the last fifteenth of the load is set against the first: latency, and the memory of every process", async () => {
  const table = await drift(
    { seconds: 75, latencyMs: (_, second) => (second < 40 ? 2 : 4) },
    (second) => 100e6 + second * 1e6,
  );
  const rows = new Map(table?.rows.map(([name, ...cells]) => [name, cells] as const));
  assert.deepEqual([...rows.keys()].slice(0, 2), ["latency p50, mean second", "latency p99, mean second"]);
  const [, , p50] = rows.get("latency p50, mean second") ?? [];
  assert.match(String(p50), /^\+(9\d\.\d|10\d|99\.\d+) %$/);
  // Five seconds a part: from second 4 + 2 on to 4 + 72, the warm-up left out.
  assert.deepEqual(rows.get("memory of target"), ["106 MB", "176 MB", "+66.0 %"]);
  assert.deepEqual(rows.get("memory of A"), ["90.0 MB", "90.0 MB", "0 %"]);
});

test("a load of less than a minute is too short to tell", async () => {
  assert.equal(await drift({ seconds: 50 }), undefined);
});

test("of a long run a row says what its percentiles are of: stretches, not seconds", async () => {
  const table = await drift({ seconds: 1_000 });
  assert.equal(table?.rows[0]?.[0], "latency p50, mean of stretches of 2 s");
});
