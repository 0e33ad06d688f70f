/**
 * What dashboards answer of points made by hand, in a real influxd: gaps, two statuses, zeros, a warm-up, seconds in which
 * something failed. A query that is answered may still be answered wrongly.
 */
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { addressOf } from "../../bench/influx/address.ts";
import { deliverTo } from "../../bench/influx/delivery.ts";
import { openDatabase } from "../../bench/influx/open-database.ts";
import { lineOf } from "../../bench/influx/point.ts";
import { PointsOfRun } from "../../bench/influx/points-of-run.ts";
import { type Influxd, noInfluxd, unstartedInfluxd } from "../../bench/influx/testing/influxd.ts";
import { query } from "../../bench/influx/testing/query.ts";
import type { ResourceSample, Run } from "../../bench/results/run-schema.ts";
import { wholeRun } from "../../bench/results/testing/run.ts";
import { counter, requests, START_MS, trend, windowAt } from "../../bench/windows/testing/windows.ts";
import type { Series } from "../../bench/windows/window.ts";
import { type DataSource, dataSource } from "../../grafana/testing/data-source.ts";
import { generated } from "../../grafana/testing/generated.ts";
import { ALL } from "../../grafana/testing/interpolate.ts";
import { emptyPanels, tableOf, variablesOf, view } from "../../grafana/testing/view.ts";

/** Seconds of each run; the first is the warm-up. */
const SECONDS = 40;
const RANGE = { fromMs: START_MS, toMs: START_MS + 1000 * SECONDS };

let server: Influxd;
let source: DataSource;

/** The cells of a panel's answer, one query after the other: tags and columns by name, times in seconds of the run. */
async function answer(
  dashboard: string,
  panel: string,
  variables: Readonly<Record<string, string>>,
  from = source,
) {
  const found = generated().get(dashboard);
  assert.ok(found);
  const everything = { target: ALL, scenario: ALL, ...variables };
  const rows = await tableOf(found, panel, from, RANGE, everything);
  return rows.map(({ time, ...row }) => ({ ...row, at: (Number(time) - START_MS) / 1000 }));
}

/** Values of one column over time, of the series with a tag, where there are any. */
async function course(
  [dashboard, panel, run]: readonly [string, string, string],
  column: string,
  tags: Readonly<Record<string, string>> = {},
) {
  return (await answer(dashboard, panel, { run }))
    .filter((row: Record<string, unknown>) =>
      Object.entries(tags).every(([tag, value]) => row[tag] === value),
    )
    .flatMap((row: Record<string, unknown>) =>
      row[column] === undefined || row[column] === null ? [] : [[row.at, row[column]]],
    );
}

const sla = (values: Readonly<Record<string, number>>): Run["sla"] =>
  Object.entries(values).map(([id, value]) => ({ ...(wholeRun().sla[0] as Run["sla"][number]), id, value }));

async function write(
  run: Run,
  second: (at: number) => readonly Series[],
  sample?: (at: number) => ResourceSample,
) {
  const address = addressOf(`${server.origin}/plimsoll`);
  await openDatabase(address, () => {});
  const points = new PointsOfRun(run);
  const seconds = Array.from({ length: SECONDS }, (_, at) => at);
  const all = [
    ...points.start(),
    ...seconds.flatMap((at) => points.window(windowAt(at, second(at)))),
    ...seconds.flatMap((at) => (sample ? points.resources(sample(at)) : [])),
    ...points.end(run),
  ];
  const lines = all.map(lineOf).filter((line) => line !== undefined);
  const delivery = await deliverTo(address)(lines, AbortSignal.timeout(30_000));
  assert.deepEqual(delivery, { taken: true, written: lines.length, refused: 0, why: "" });
}

/** 900 ms in the warm-up, 2 ms and then 4 ms after it; in second 5 one of ten fails, in 7 three of twelve miss telemetry, and three arrivals are dropped in 30. */
function steady(at: number): Series[] {
  if (at === 0) return requests(10, 900, { phase: "warm-up" });
  return [
    ...requests(8, at < 20 ? 2 : 4, { phase: "hold", status: "2xx" }),
    ...requests(2, at < 20 ? 2 : 4, { phase: "hold", status: "5xx" }, at === 5 ? 1 : 0),
    ...(at === 30 ? [counter("dropped_iterations", 3)] : []),
    {
      metric: "telemetry_complete",
      type: "rate",
      unit: "",
      tags: { phase: "hold" },
      yes: 9,
      no: at === 7 ? 3 : 0,
    },
  ];
}

/** 49 calls of 1.2 ms and one that timed out, beside ten of the bare variant. */
function variants(at: number): Series[] {
  const full = { phase: at === 0 ? "warm-up" : "hold", variant: "full" };
  const timed = (metric: string) => [
    trend(metric, [[1.2, 49]], { ...full, status: "2xx" }),
    trend(metric, [[5_000, 1]], { ...full, status: "error" }),
  ];
  return [
    ...requests(10, 1, { ...full, variant: "none" }),
    ...timed("http_req_duration"),
    ...timed("latency"),
    counter("http_reqs", 49, { ...full, status: "2xx" }),
    counter("http_reqs", 1, { ...full, status: "error" }),
    { metric: "http_req_failed", type: "rate", unit: "", tags: full, yes: 1, no: 49 },
  ];
}

/** A takes 10 ms and B 8 of them; B tells nothing in second 2 and is the slower one in second 3. */
function hops(at: number): ResourceSample {
  const figures = {
    received: 1,
    fulfilled: 1,
    rejected: 0,
    unanswered: 0,
    held: 0,
    waitingBytes: 0,
    ledgerPosted: 0,
  };
  const rest = { ledgerQueued: 0, ledgerBatchMean: null, ledgerCommitMeanMs: null };
  const telemetry = { telemetryRecorded: 0, telemetryDropped: 0, telemetryWaiting: 0, latencyP99Ms: null };
  const node = (latencyP50Ms: number) => ({ ...figures, ...rest, ...telemetry, latencyP50Ms });
  const nodes = { A: node(at === 3 ? 7 : 10), ...(at !== 2 && { B: node(8) }) };
  return {
    at: new Date(START_MS + 1000 * at).toISOString(),
    target: at === 4 ? null : { cpuCores: 0.5, rssBytes: 1e6 * (100 + at), variants: null },
    k6: null,
    bench: { cpuCores: 0, rssBytes: 1, loopDelayP99Ms: 0 },
    otherCpuCores: null,
    nodes: at < 6 ? nodes : {},
  } as ResourceSample;
}

suite("values of dashboards", { skip: noInfluxd }, () => {
  after(() => server?.remove());
  before(async () => {
    server = await unstartedInfluxd();
    await server.start();
    source = dataSource(server.origin, "plimsoll");
    const [a, b] = [
      { ...wholeRun(), run: "run-a", sla: sla({ zero: 0, two: 2, alone: 7 }) },
      { ...wholeRun(), run: "run-b", sla: sla({ zero: 3, two: 5 }) },
    ];
    await write(a, steady, hops);
    await write(b, (at) => requests(20, 3, { phase: at === 0 ? "warm-up" : "hold" }));
    await write({ ...wholeRun("interceptor-overhead"), run: "variants" }, variants);
  });

  test("a connector's own time is what is its own; nobody gets the time of a neighbour who is silent or slower", async () => {
    const panel = ["ilp-network", "Time in each connector, p50", "run-a"] as const;
    assert.deepEqual(await course(panel, "value", { node: "A" }), [
      [0, 2],
      [1, 2],
      [4, 2],
      [5, 2],
    ]);
    assert.deepEqual(
      (await course(panel, "value", { node: "B" })).map(([, ms]) => ms),
      [8, 8, 8, 8, 8],
    );
  });

  test("of packets that miss an event of their telemetry, the share is told of the second they were sent in", async () => {
    const panel = ["ilp-network", "Packets with all their telemetry", "run-a"] as const;
    const shares = await course(panel, "complete");
    assert.equal(shares.length, SECONDS - 1);
    assert.deepEqual(
      shares.filter(([, share]) => share !== 100),
      [[7, 75]],
    );
  });

  test("what a variant adds, and its percentiles, are of all its calls: one time-out of fifty is not half of them", async () => {
    const [added] = await course(["interceptors", "Added to p50", "variants"], "added");
    assert.ok(Math.abs(Number(added?.[1]) - 0.2) < 1e-9, String(added));
    const p50 = await course(["interceptors", "p50 by variant", "variants"], "p50", { variant: "full" });
    assert.deepEqual([p50.length, p50[0]], [SECONDS - 1, [1, 1.2]]);
    const p95 = await course(["interceptors", "Latency p95 by variant", "variants"], "p95", {
      variant: "full",
    });
    assert.deepEqual(p95[0], [1, 1.2]);
    const panel = ["interceptors", "Requests a second by variant", "variants"] as const;
    assert.deepEqual((await course(panel, "rate", { variant: "full" }))[0], [1, 50]);
    const failed = ["interceptors", "Failed by variant", "variants"] as const;
    assert.deepEqual((await course(failed, "failed", { variant: "full" }))[0], [1, 2]);
    assert.deepEqual((await course(failed, "failed", { variant: "none" }))[0], [1, 0]);
  });

  test("two runs side by side: differences always, a ratio only where there is something to divide by", async () => {
    const rows = await answer("compare-runs", "SLA rows side by side", { runA: "run-a", runB: "run-b" });
    const cells = rows.map((row: Record<string, unknown>) => [
      row.id,
      ...["run A", "run B", "B - A", "B over A"].map((name) => row[name] ?? null),
    ]);
    assert.deepEqual(cells, [
      ["alone", 7, null, null, null],
      ["two", 2, 5, 3, 2.5],
      ["zero", 0, 3, 3, null],
    ]);
  });

  test("mean and worst seconds are of all requests, without the warm-up", async () => {
    const bars = await answer("compare-runs", "Latency, mean second", { runA: "run-a", runB: "run-b" });
    const mean = (19 * 2 + 20 * 4) / 39;
    assert.deepEqual(
      bars.map((row: Record<string, unknown>) => Number(Number(row.v).toFixed(9))),
      [mean, 3, mean, 3].map((ms) => Number(ms.toFixed(9))),
    );
    const [worst] = await course(["run-overview", "p99, worst second", "run-a"], "p99");
    assert.equal(worst?.[1], 4);
    assert.deepEqual(
      (await course(["soak", "p50, drift", "run-a"], "drift")).map(([, ms]) => ms),
      [2],
    );
  });

  test("two statuses are one rate; what did not fail and was not dropped is zero", async () => {
    const [rate] = await course(["run-overview", "Requests a second", "run-a"], "rate");
    assert.deepEqual(rate, [0, 10]);
    const [failed] = await course(["run-overview", "Failed, in all", "run-a"], "failed");
    assert.equal(failed?.[1], 0.25);
    const course5 = await course(["run-overview", "Answers a second", "run-a"], "failed");
    assert.deepEqual(
      course5.filter(([, value]) => value !== 0),
      [[5, 1]],
    );
    assert.equal(course5.length, SECONDS);
    const dropped = await course(["run-overview", "Dropped arrivals a second", "run-a"], "dropped");
    assert.deepEqual([dropped.length, dropped.filter(([, value]) => value !== 0)], [SECONDS, [[30, 3]]]);
    const answered = await course(["run-overview", "Answers a second", "run-a"], "answered");
    assert.deepEqual(answered.slice(4, 7), [
      [4, 10],
      [5, 9],
      [6, 10],
    ]);
  });

  test("the table of runs has a row of each, with the verdict of those that ended", async () => {
    const rows: Record<string, unknown>[] = await answer("run-overview", "Runs", {});
    const names = (column: string) =>
      rows
        .filter((row) => row[column] !== undefined)
        .map(({ run }) => run)
        .toSorted();
    assert.deepEqual(names("title"), ["run-a", "run-b", "variants"]);
    assert.deepEqual(names("verdict"), ["run-a", "run-b", "variants"]);
    assert.equal(rows.find((row) => row.title !== undefined)?.target, "connector");
    const none = await answer("run-overview", "Runs", { target: "another" });
    assert.deepEqual(none, []);
  });

  test("a process that was not seen for a second has a gap there", async () => {
    const memory = await course(["run-overview", "Memory", "run-a"], "rss_bytes", { process: "target" });
    assert.deepEqual(memory.slice(3, 5), [
      [3, 103e6],
      [5, 105e6],
    ]);
  });

  test("a limit is a point where the time range begins, whenever the run wrote it, so that the axis reaches it", async () => {
    for (const fromMs of [START_MS - 60_000, START_MS, START_MS + 20_500, START_MS + 3_600_000]) {
      const range = { fromMs, toMs: fromMs + 10_000 };
      const board = generated().get("run-overview");
      assert.ok(board);
      const rows = await tableOf(board, "Failed", source, range, { run: "variants" });
      // The row the threshold is made of, and the point.
      const [, ...points] = rows.filter((row) => "limit" in row).map(({ time, limit }) => [time, limit]);
      const { limit } = wholeRun("interceptor-overhead").sla.find(({ id }) => id === "failed") ?? {};
      assert.deepEqual(points, [[fromMs, limit]], `from ${fromMs}`);
    }
  });

  test("a limit on one variant is no line among the latencies of all", async () => {
    const limits = async (run: string) => {
      const rows = await answer("run-overview", "Latency", { run });
      return rows
        .map((row: Record<string, unknown>) => row["limit p95"])
        .find((it) => typeof it === "number");
    };
    assert.equal(await limits("variants"), undefined);
    assert.ok(wholeRun("interceptor-overhead").sla.some(({ id }) => id === "full-p95"));
  });

  test("k6's own points: rates of an interval, exact percentiles, answered and failed told apart, by status", async () => {
    await query(server.origin, "CREATE DATABASE k6");
    const at = (second: number) => `${START_MS + 1000 * second}`;
    // Second 1: three calls, one of which failed; second 3: one call; in second 2 nothing.
    const calls = [
      [1, 1, "200", 0],
      [1, 2, "200", 0],
      [1, 9, "500", 1],
      [3, 4, "200", 0],
    ] as const;
    const lines = calls.flatMap(([second, ms, status, failed], n) => {
      const tags = `run=raw,scenario=s,name=call,status=${status},n=${n}`;
      const values = { http_reqs: 1, http_req_duration: ms, http_req_failed: failed };
      return Object.entries(values).map(
        ([metric, value]) => `${metric},${tags} value=${value} ${at(second)}`,
      );
    });
    const url = `${server.origin}/write?db=k6&precision=ms`;
    assert.equal((await fetch(url, { method: "POST", body: lines.join("\n") })).status, 204);
    const raw = dataSource(server.origin, "k6");
    const told = async (panel: string, column: string) =>
      (await answer("raw-k6", panel, { run: "raw" }, raw)).flatMap((row: Record<string, unknown>) =>
        row[column] === undefined || row[column] === null ? [] : [[row.at, row[column]]],
      );
    assert.deepEqual(await told("Requests a second", "rate"), [
      [1, 3],
      [3, 1],
    ]);
    assert.deepEqual(await told("Answers a second", "answered"), [
      [1, 2],
      [3, 1],
    ]);
    assert.deepEqual(await told("Answers a second", "failed"), [
      [1, 1],
      [3, 0],
    ]);
    assert.deepEqual(await told("Latency", "p50"), [
      [1, 2],
      [3, 4],
    ]);
    assert.deepEqual(
      (await told("p99", "v")).map(([, ms]) => ms),
      [9],
    );
    const rows = await answer("raw-k6", "By request", { run: "raw" }, raw);
    assert.deepEqual(
      rows.map((row: Record<string, unknown>) => [row.status, row.n, row.p50, row.max]),
      [
        ["200", 3, 2, 4],
        ["500", 1, 9, 9],
      ],
    );
  });

  test("every choice of a step has curves of runs of forty seconds", async () => {
    const board = generated().get("compare-runs");
    assert.ok(board);
    const { offered } = await variablesOf(board, source, RANGE);
    assert.ok((offered.step?.length ?? 0) > 1);
    for (const step of offered.step ?? []) {
      const { chosen } = await variablesOf(board, source, RANGE, { runA: "run-a", runB: "run-a", step });
      assert.deepEqual(emptyPanels(await view(board, source, RANGE, chosen)), [], `step ${step}`);
    }
  });
});
