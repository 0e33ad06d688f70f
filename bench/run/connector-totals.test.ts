import assert from "node:assert/strict";
import { test } from "node:test";
import { Histogram, Registry } from "prom-client";
import { type ConnectorTotals, connectorFigures, connectorTotals } from "./connector-totals.ts";

const PAGE = `ilp_packets_total{peer="alice",outcome="received"} 1000
ilp_packets_total{peer="alice",outcome="fulfilled"} 980
ilp_packets_total{peer="alice",outcome="rejected",code="T04"} 7
ilp_packets_total{peer="alice",outcome="rejected",code="F02"} 3
ilp_packets_total{peer="alice",outcome="unanswered"} 1
ilp_packets_total{peer="bob",outcome="received"} 4
ilp_held_packets{peer="alice"} 17
ilp_held_packets{peer="bob"} 2
btp_waiting_bytes{peer="bob"} 300
ilp_ledger_transfers_total{state="posted"} 990
ilp_ledger_queued_entries 33
ilp_ledger_batch_entries_sum 500
ilp_ledger_batch_entries_count 100
ilp_ledger_commit_seconds_sum 0.2
ilp_ledger_commit_seconds_count 100
ilp_telemetry_recorded_total 4000
ilp_telemetry_dropped_total 5
ilp_telemetry_waiting_events 96
ilp_packet_duration_seconds_bucket{le="0.001",outcome="fulfilled"} 100
ilp_packet_duration_seconds_bucket{le="0.002",outcome="fulfilled"} 900
ilp_packet_duration_seconds_bucket{le="+Inf",outcome="fulfilled"} 980
ilp_packet_duration_seconds_bucket{le="0.001",outcome="rejected"} 10
ilp_packet_duration_seconds_bucket{le="0.002",outcome="rejected"} 10
ilp_packet_duration_seconds_bucket{le="+Inf",outcome="rejected"} 10
`;

const totals = connectorTotals(PAGE) as ConnectorTotals;

test("a connector's page is read: summed over peers, codes and outcomes", () => {
  const { latency, ...rest } = totals;
  assert.deepEqual(
    [...latency],
    [
      [0.001, 110],
      [0.002, 910],
      [Number.POSITIVE_INFINITY, 990],
    ],
  );
  assert.deepEqual(rest, {
    received: 1004,
    fulfilled: 980,
    rejected: 10,
    unanswered: 1,
    held: 19,
    waitingBytes: 300,
    ledgerPosted: 990,
    ledgerQueued: 33,
    ledgerBatches: { sum: 500, count: 100 },
    ledgerCommits: { sum: 0.2, count: 100 },
    telemetryRecorded: 4000,
    telemetryDropped: 5,
    telemetryWaiting: 96,
  });
});

test("a page without packets is no connector's", () => {
  assert.equal(connectorTotals("nodejs_heap_size_used_bytes 5\n"), undefined);
});

test("between two looks counts are rates a second, means those of what came in between, and the rest is as it is", () => {
  const later: ConnectorTotals = {
    ...totals,
    received: 3004,
    fulfilled: 2980,
    held: 5,
    ledgerPosted: 2990,
    ledgerBatches: { sum: 900, count: 150 },
    ledgerCommits: { sum: 0.3, count: 150 },
    telemetryRecorded: 12_000,
  };
  const {
    received,
    fulfilled,
    rejected,
    held,
    ledgerPosted,
    ledgerBatchMean,
    ledgerCommitMeanMs,
    telemetryRecorded,
  } = connectorFigures(totals, later, 2);
  assert.deepEqual([received, fulfilled, rejected, held], [1000, 1000, 0, 5]);
  assert.deepEqual([ledgerPosted, ledgerBatchMean, telemetryRecorded], [1000, 8, 4000]);
  assert.ok(Math.abs((ledgerCommitMeanMs ?? 0) - 2) < 1e-9);
});

test("without anything in between there is no mean and no percentile", () => {
  const { ledgerBatchMean, ledgerCommitMeanMs, latencyP50Ms, latencyP99Ms, received } = connectorFigures(
    totals,
    totals,
    1,
  );
  assert.deepEqual(
    [ledgerBatchMean, ledgerCommitMeanMs, latencyP50Ms, latencyP99Ms, received],
    [null, null, null, null, 0],
  );
});

test("a connector that says nothing of ledger and telemetry has null there", () => {
  const bare = connectorTotals('ilp_packets_total{outcome="received"} 10\n') as ConnectorTotals;
  const { received, held, ledgerPosted, ledgerQueued, telemetryDropped, latencyP99Ms } = connectorFigures(
    bare,
    bare,
    1,
  );
  assert.deepEqual(
    [received, held, ledgerPosted, ledgerQueued, telemetryDropped, latencyP99Ms],
    [0, null, null, null, null, null],
  );
});

test("counts that began again with their process are those since then", () => {
  const { received } = connectorFigures({ ...totals, received: 5000 }, { ...totals, received: 300 }, 1);
  assert.equal(received, 300);
});

/** A page with a histogram that prom-client itself has filled. */
async function pageOf(seconds: readonly number[]): Promise<ConnectorTotals> {
  const registry = new Registry();
  const histogram = new Histogram({
    name: "ilp_packet_duration_seconds",
    help: "h",
    labelNames: ["outcome"],
    buckets: [0.001, 0.002, 0.005, 0.01],
    registers: [registry],
  });
  for (const value of seconds) histogram.observe({ outcome: "fulfilled" }, value);
  const page = `ilp_packets_total{outcome="received"} 1\n${await registry.metrics()}`;
  return connectorTotals(page) as ConnectorTotals;
}

test("percentiles are those of what came in between, in proportion within their bucket", async () => {
  const before = [...Array<number>(500).fill(0.0095)];
  const between = [...Array<number>(50).fill(0.0005), ...Array<number>(50).fill(0.0015)];
  const { latencyP50Ms, latencyP99Ms } = connectorFigures(
    await pageOf(before),
    await pageOf([...before, ...between]),
    1,
  );
  assert.equal(latencyP50Ms, 1, "half of them took at most the first bucket's bound");
  assert.equal(latencyP99Ms, 1.98, "49 of the 50 in the second bucket, from 1 to 2 ms");
});

test("beyond the last bound a percentile is that bound: buckets tell no more", async () => {
  const { latencyP50Ms } = connectorFigures(await pageOf([]), await pageOf([0.5, 0.7]), 1);
  assert.equal(latencyP50Ms, 10);
});
