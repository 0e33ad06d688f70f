/** What lines are of: values worked out from others, second by second. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { packetsSample } from "../testing/packets-sample.ts";
import { type Sample, sample } from "../testing/sample.ts";
import { type Timeline, timelineOf } from "../timeline.ts";
import { connectorCharts, outcomesChart } from "./packets.ts";
import { variantCharts } from "./variants.ts";

const SIZE = { width: 532, height: 250, narrow: false };

/** The values of each line of a chart by its name, as they are drawn. */
function linesOf(chart: ReturnType<typeof outcomesChart>): Map<string, (number | null)[]> {
  const { series = [] } = (chart?.option?.(SIZE) ?? {}) as {
    series?: { name: string; data: [number, number | null][] }[];
  };
  return new Map(
    series.filter(({ name }) => name !== "phases").map(({ name, data }) => [name, data.map(([, y]) => y)]),
  );
}

const folded = ({ windows, resources }: Sample): Promise<Timeline> => timelineOf(windows, resources);
const sum = (values: readonly (number | null)[] | undefined) =>
  (values ?? []).reduce<number>((total, value) => total + (value ?? 0), 0);

test("packets by outcome: what failed is there by how it failed; where nothing did, failed is a line at zero", async () => {
  const well = linesOf(outcomesChart(await folded(packetsSample())));
  assert.deepEqual([...well.keys()], ["sent", "fulfilled", "failed"]);
  assert.ok(sum(well.get("sent")) > 1_000);
  assert.equal(sum(well.get("fulfilled")), sum(well.get("sent")));
  assert.deepEqual(new Set(well.get("failed")), new Set([0]));

  const ill = linesOf(outcomesChart(await folded(packetsSample({ rejecting: 0.25 }))));
  assert.deepEqual([...ill.keys()], ["sent", "fulfilled", "rejected", "failed"]);
  assert.equal(sum(ill.get("rejected")), sum(ill.get("failed")));
  assert.equal(sum(ill.get("rejected")) + sum(ill.get("fulfilled")), sum(ill.get("sent")));
});

test("of requests over HTTP there are no packets by outcome, and no connectors", async () => {
  const http = sample("basic-load");
  assert.equal(outcomesChart(await folded(http)), undefined);
  assert.deepEqual(connectorCharts(http.run, await folded(http)), []);
});

test("what a packet spends in each connector is the difference of neighbours, and the last one's own", async () => {
  const packets = packetsSample();
  const charts = connectorCharts(packets.run, await folded(packets));
  const hops = linesOf(charts.find(({ id }) => id === "hops"));
  assert.deepEqual([...hops.keys()], ["A", "B", "C"]);
  for (const values of hops.values()) assert.deepEqual(new Set(values), new Set([2]));
  const p50 = linesOf(charts.find(({ id }) => id === "node-p50"));
  assert.deepEqual([p50.get("A")?.[3], p50.get("B")?.[3], p50.get("C")?.[3]], [6, 4, 2]);
});

test("what a variant adds is the difference to the bare one of the same second, in the hold phase", async () => {
  const run = sample("interceptor-overhead");
  const charts = variantCharts(run.run, await folded(run));
  const of = (id: string) => linesOf(charts.find((chart) => chart.id === id));
  const [added, p50] = [of("adds-p50"), of("variant-p50")];
  assert.ok(!added.has("none"));
  assert.equal([...added.keys()].at(-1), "full");
  const warmUp = Number(run.run.plan.warmUpSeconds);
  const full = added.get("full") ?? [];
  assert.deepEqual(new Set(full.slice(0, warmUp)), new Set([null]));
  for (const [second, value] of full.entries()) {
    if (second < warmUp) continue;
    assert.equal(value, (p50.get("full")?.[second] ?? 0) - (p50.get("none")?.[second] ?? 0));
  }
  assert.ok(sum(full) / (full.length - warmUp) > 0.2, "the sample's full chain adds 0.35 ms");
});
