import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Histogram, Registry } from "prom-client";
import { Distribution } from "../../distribution.ts";
import { until } from "../../testing/until.ts";
import { BOB, nodeBetween } from "../testing/node-between.ts";
import { inSeconds, Readings, single } from "./readings.ts";

test("a page of metrics agrees with what the packets met", async () => {
  await using place = await nodeBetween({ ledger: { maxDelayMs: 0 } });
  const { alice, node } = place;
  const told = await Promise.all([
    ...Array.from({ length: 300 }, () => alice.send({ destination: BOB, amount: 7 })),
    ...Array.from({ length: 20 }, () => alice.send({ destination: BOB, secret: "another" })),
    ...Array.from({ length: 10 }, () => alice.send({ destination: "test.nowhere" })),
  ]);
  assert.equal(told.filter(({ kind }) => kind === "fulfill").length, 300);
  await until("the holds of the rejected to be given back", () => node.ledger.stats().queued === 0);
  const metrics = await place.metrics();
  const expected = {
    'ilp_packets_total{peer="alice",outcome="received"}': 330,
    'ilp_packets_total{peer="alice",outcome="fulfilled"}': 300,
    'ilp_packets_total{peer="bob",outcome="forwarded"}': 320,
    'ilp_packets_total{peer="alice",outcome="rejected",code="F05"}': 20,
    'ilp_packets_total{peer="alice",outcome="rejected",code="F02"}': 10,
    'ilp_packet_duration_seconds_count{outcome="fulfilled"}': 300,
    'ilp_packet_duration_seconds_count{outcome="rejected"}': 30,
    'ilp_packet_duration_seconds_bucket{le="+Inf",outcome="fulfilled"}': 300,
    'ilp_held_packets{peer="alice"}': 0,
    'ilp_peer_owes_units{peer="alice"}': 2_100,
    'ilp_peer_owes_units{peer="bob"}': -2_100,
    'btp_session_up{peer="alice"}': 1,
    'btp_pending_requests{peer="bob"}': 0,
    'btp_waiting_bytes{peer="bob"}': 0,
    'btp_frames_total{peer="alice",direction="in",type="message"}': 330,
    'btp_frames_total{peer="alice",direction="out",type="response"}': 330,
    'btp_events_total{peer="alice",event="unexpectedAnswers"}': 0,
    ilp_ledger_up: 1,
    ilp_ledger_queued_entries: 0,
    ilp_ledger_holds: 0,
    'ilp_ledger_transfers_total{state="posted"}': 300,
    'ilp_ledger_transfers_total{state="voided"}': 20,
    'ilp_ledger_transfers_total{state="expired"}': 0,
    'ilp_ledger_refused_total{reason="full"}': 0,
    // A packet that went on is two entries: its hold, and its end.
    ilp_ledger_batch_entries_sum: 640,
    ilp_telemetry_dropped_total: 0,
    ilp_telemetry_hub_up: 0,
  };
  for (const [series, value] of Object.entries(expected)) assert.equal(metrics.get(series), value, series);
  const commits = metrics.get("ilp_ledger_batch_entries_count") ?? 0;
  assert.ok(commits > 1 && commits <= 640, `${commits} commits`);
  assert.equal(metrics.get("ilp_ledger_commit_seconds_count"), commits);
});

test("latency and heap are in base units: seconds that passed, bytes that are used", async () => {
  await using place = await nodeBetween();
  const startMs = performance.now();
  for (let n = 0; n < 5; n++) await place.alice.send({ destination: BOB });
  const tookS = (performance.now() - startMs) / 1_000;
  const metrics = await place.metrics();
  const sum = metrics.get('ilp_packet_duration_seconds_sum{outcome="fulfilled"}') ?? 0;
  // Its ledger waits up to 2 ms for more entries, and the sender's clock sees more than the node's.
  assert.ok(sum > 0.001 && sum <= tookS, `${sum} s of ${tookS} s`);
  const heap = metrics.get("nodejs_heap_size_used_bytes") ?? 0;
  assert.ok(heap > 1e6 && heap <= (metrics.get("nodejs_heap_size_total_bytes") ?? 0), `${heap} bytes`);
});

test("a blocked event loop is seen in its lag, by whoever asks", async () => {
  await using place = await nodeBetween();
  await place.metrics();
  const endMs = performance.now() + 300;
  while (performance.now() < endMs);
  const [first, second] = [await place.metrics(), await place.metrics()];
  for (const metrics of [first, second]) {
    const p99 = metrics.get("nodejs_eventloop_lag_p99_seconds") ?? 0;
    const max = metrics.get("nodejs_eventloop_lag_max_seconds") ?? 0;
    assert.ok(p99 >= 0.2 && max >= 0.28 && p99 <= max, `p99 ${p99} s, max ${max} s`);
  }
});

test("a histogram that is read says what prom-client's own says of the same values", async () => {
  const [ours, theirs] = [new Registry(), new Registry()];
  const distribution = Distribution.ofMs();
  const { bounds } = inSeconds(distribution.read());
  const own = new Histogram({ name: "d_seconds", help: "h", buckets: [...bounds], registers: [theirs] });
  for (const ms of [0.1, 0.25, 0.26, 3, 8, 1_000, 4_000, 6_000]) {
    distribution.add(ms);
    own.observe(ms / 1_000);
  }
  new Readings(ours).histogram("d_seconds", "h", () => single(inSeconds(distribution.read())));
  const [said, expected] = [await ours.metrics(), await theirs.metrics()];
  const sumOf = (page: string) => Number(/_sum (\S+)/.exec(page)?.[1]);
  assert.ok(Math.abs(sumOf(said) - sumOf(expected)) < 1e-9, "up to rounding");
  const without = (page: string) => page.replace(/_sum \S+/, "");
  assert.equal(without(said), without(expected));
});

test("the README names every metric of ours, and no other", async () => {
  await using place = await nodeBetween();
  const page = await (await place.get("/metrics")).text();
  const told = [...page.matchAll(/^# HELP ((?:ilp|btp)_\w+)/gm)].map(([, name]) => name);
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const named = [...readme.matchAll(/`((?:ilp|btp)_\w+)(?:\{[^}`]*\})?`/g)].map(([, name]) => name);
  assert.deepEqual(named.sort(), told.sort());
});
