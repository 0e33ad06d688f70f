import assert from "node:assert/strict";
import { test } from "node:test";
import type { ResourceSample, Run } from "../results/run-schema.ts";
import { wholeRun } from "../results/testing/run.ts";
import { counter, requests, START_MS, trend, windowAt } from "../windows/testing/windows.ts";
import { PointsOfRun } from "./points-of-run.ts";

const RUN = wholeRun();
const TAGS = {
  run: "20261121T100000Z-basic-load-smoke",
  scenario: "basic-load",
  profile: "smoke",
  target: "connector",
  commit: "0000000",
};

const only = (measurement: string, points: ReturnType<PointsOfRun["end"]>) =>
  points.filter((point) => point.measurement === measurement);

test("a run that starts tells so, and where its limits are", () => {
  const points = new PointsOfRun(RUN).start();
  assert.deepEqual(only("annotations", points), [
    {
      measurement: "annotations",
      tags: { ...TAGS, kind: "start" },
      fields: { title: "basic-load smoke started", text: `${RUN.run} on connector` },
      atMs: START_MS,
    },
  ]);
  assert.equal(only("sla", points).length, RUN.sla.length);
  assert.deepEqual(
    only("sla", points).find(({ tags }) => tags.id === "latency-p95"),
    {
      measurement: "sla",
      tags: { ...TAGS, id: "latency-p95", priority: "P0" },
      fields: { limit: 100, op: "<", unit: "ms" },
      atMs: START_MS,
    },
  );
});

test("what it starts with is the same when it is over: pushing it later writes over the same points", () => {
  const { plan, startedAt, endedAt: _, ...rest } = RUN;
  const starting: Run = { ...rest, plan, startedAt, endedAt: null, state: "running", verdict: null, sla: [] };
  assert.deepEqual(new PointsOfRun(starting).start(), new PointsOfRun(RUN).start());
});

test("a run that is over tells its verdict, its length, and each row of the SLA", () => {
  const slow = wholeRun("basic-load", () => ({ latencyMs: 120 }));
  const points = new PointsOfRun(slow).end(slow);
  const atMs = START_MS + 27_000;
  const requestsMade = slow.series.reduce(
    (sum, one) => (one.metric === "http_reqs" && one.type === "counter" ? sum + one.value : sum),
    0,
  );
  assert.ok(requestsMade > 0);
  assert.deepEqual(only("verdicts", points), [
    {
      measurement: "verdicts",
      tags: TAGS,
      fields: { verdict: "fail", verdict_code: 2, exit_code: 99, seconds: 27, requests: requestsMade },
      atMs,
    },
  ]);
  assert.deepEqual(only("annotations", points)[0]?.tags, { ...TAGS, kind: "verdict" });
  assert.match(String(only("annotations", points)[0]?.fields.text), /latency p95 120 ms, limit < 100 ms/);
  assert.deepEqual(
    only("sla", points).find(({ tags }) => tags.id === "latency-p95"),
    {
      measurement: "sla",
      tags: { ...TAGS, id: "latency-p95", priority: "P0" },
      fields: { value: 120, limit: 100, op: "<", unit: "ms", state: "fail", state_code: 2 },
      atMs,
    },
  );
});

test("a row that nothing was measured for has a state and no value", () => {
  const [row] = RUN.sla;
  const run = { ...RUN, sla: [{ ...(row as Run["sla"][number]), value: null, state: "no-data" as const }] };
  const [point] = only("sla", new PointsOfRun(run).end(run));
  assert.deepEqual(
    [point?.fields.state, point?.fields.state_code, point?.fields.value],
    ["no-data", 3, undefined],
  );
});

test("a row in quarantine warns, as the run does, and does not read as failed", () => {
  const [row] = RUN.sla;
  const failed = { ...(row as Run["sla"][number]), state: "fail" as const };
  const run = {
    ...RUN,
    sla: [
      { ...failed, quarantine: { flips: 2, runs: 10 } },
      { ...failed, id: "other" },
    ],
  };
  assert.deepEqual(
    only("sla", new PointsOfRun(run).end(run)).map(({ fields }) => [fields.state, fields.state_code]),
    [
      ["warn", 1],
      ["fail", 2],
    ],
  );
});

test("a run that was killed has no end", () => {
  const killed: Run = { ...RUN, state: "running", verdict: null, endedAt: null };
  assert.deepEqual(new PointsOfRun(killed).end(killed), []);
});

test("a run outside of a repository has no commit", () => {
  const [point] = new PointsOfRun({ ...RUN, commit: null }).start();
  assert.equal(point?.tags.commit, "none");
});

test("a phase is annotated where it begins, once", () => {
  const points = new PointsOfRun(RUN);
  const phases = ["ramp", "ramp", "hold", "hold", "ramp"].flatMap((phase, at) =>
    only("annotations", points.window(windowAt(at, requests(10, 1, { phase })))),
  );
  assert.deepEqual(
    phases.map(({ tags, fields, atMs }) => [tags.kind, fields.title, (atMs - START_MS) / 1_000]),
    [
      ["phase", "ramp", 0],
      ["phase", "hold", 2],
      ["phase", "ramp", 4],
    ],
  );
});

test("once an arrival was dropped, latency is the time on the wire, as the judge reads it", () => {
  const points = new PointsOfRun(RUN);
  const second = (at: number, dropped: number) =>
    points.window(
      windowAt(at, [
        trend("http_req_duration", [[1, 60]], { status: "2xx" }),
        trend("http_req_duration", [[2, 40]], { status: "5xx" }),
        trend("latency", [[900, 100]]),
        ...(dropped > 0 ? [counter("dropped_iterations", dropped)] : []),
      ]),
    );
  const latencies = [second(0, 0), second(1, 5)].flatMap((all) => only("latency", all));
  assert.deepEqual(
    latencies.map(({ fields: { n, p50, p99 } }) => [n, p50, p99]),
    [
      [100, 900, 900],
      [100, 1, 2],
    ],
  );
});

const SAMPLE: ResourceSample = {
  at: "2026-11-21T10:00:05.250Z",
  target: {
    cpuCores: 1.5,
    rssBytes: 300e6,
    heapBytes: 40e6,
    eventLoopDelayMs: 2,
    variants: null,
    members: { A: { cpuCores: 0.5, rssBytes: 100e6, heapBytes: null, eventLoopDelayMs: 1.5 } },
  },
  k6: { cpuCores: 0.6, rssBytes: 90e6 },
  bench: { cpuCores: 0.05, rssBytes: 80e6, loopDelayP99Ms: 11 },
  otherCpuCores: 0.25,
  stolenCpuCores: 0.04,
  nodes: {
    A: {
      received: 1000,
      fulfilled: 990,
      rejected: 10,
      unanswered: 0,
      held: 17,
      waitingBytes: 0,
      ledgerPosted: 990,
      ledgerQueued: 33,
      ledgerBatchMean: 5.5,
      ledgerCommitMeanMs: 1.25,
      telemetryRecorded: 4000,
      telemetryDropped: 0,
      telemetryWaiting: 96,
      latencyP50Ms: 2.5,
      latencyP99Ms: null,
    },
  },
};

test("each process has a point of what it used, with what is known of it, at the sample's own time", () => {
  const points = new PointsOfRun(RUN).resources(SAMPLE);
  assert.deepEqual(
    only("resources", points).map(({ tags: { process, kind }, fields: { elapsed_s, ...used } }) => {
      assert.equal(elapsed_s, 5.25);
      return [process, kind, used];
    }),
    [
      ["target", "target", { cpu_cores: 1.5, rss_bytes: 300e6, heap_bytes: 40e6, event_loop_delay_ms: 2 }],
      ["A", "member", { cpu_cores: 0.5, rss_bytes: 100e6, event_loop_delay_ms: 1.5 }],
      ["k6", "generator", { cpu_cores: 0.6, rss_bytes: 90e6 }],
      ["bench", "generator", { cpu_cores: 0.05, rss_bytes: 80e6, event_loop_delay_ms: 11 }],
      ["other", "other", { cpu_cores: 0.25 }],
      ["stolen", "host", { cpu_cores: 0.04 }],
    ],
  );
  for (const { atMs, tags } of points) {
    assert.equal(atMs, START_MS + 5_250);
    assert.equal(tags.run, RUN.run);
  }
});

test("a connector has a point of what it told; what it did not is left out", () => {
  const [node, ...more] = only("nodes", new PointsOfRun(RUN).resources(SAMPLE));
  assert.deepEqual(more, []);
  assert.deepEqual(node?.tags, { ...TAGS, node: "A" });
  assert.deepEqual(node?.fields, {
    received: 1000,
    fulfilled: 990,
    rejected: 10,
    unanswered: 0,
    held: 17,
    waiting_bytes: 0,
    ledger_posted: 990,
    ledger_queued: 33,
    ledger_batch_mean: 5.5,
    ledger_commit_mean_ms: 1.25,
    telemetry_recorded: 4000,
    telemetry_dropped: 0,
    telemetry_waiting: 96,
    latency_p50_ms: 2.5,
    // Nobody is behind it.
    hop_p50_ms: 2.5,
  });
});

test("a connector's own time is its p50 less that of the next; where the next one is silent nobody is blamed", () => {
  const points = new PointsOfRun(RUN);
  const second = (figures: Readonly<Record<string, number | null>>) => {
    const nodes = Object.fromEntries(
      Object.entries(figures).map(([node, latencyP50Ms]) => [node, { ...SAMPLE.nodes!.A!, latencyP50Ms }]),
    );
    return only("nodes", points.resources({ ...SAMPLE, nodes })).map(
      ({ tags: { node }, fields: { hop_p50_ms } }) => [node, hop_p50_ms],
    );
  };
  const both = [
    ["A", 2],
    ["B", 8],
  ];
  assert.deepEqual(second({ A: 10, B: 8 }), both);
  assert.deepEqual(second({ A: 10 }), [["A", undefined]]);
  assert.deepEqual(second({ A: 10, B: null }), [
    ["A", undefined],
    ["B", undefined],
  ]);
  assert.deepEqual(second({ A: 7, B: 8 }), [
    ["A", undefined],
    ["B", 8],
  ]);
  assert.deepEqual(second({ A: 10, B: 8 }), both);
});

test("a server whose process is not ours has no point of its own", () => {
  const { target: _, otherCpuCores: __, stolenCpuCores: ___, nodes: ____, ...rest } = SAMPLE;
  const points = new PointsOfRun(RUN).resources({ ...rest, target: null, otherCpuCores: null });
  assert.deepEqual(
    points.map(({ tags }) => tags.process),
    ["k6", "bench"],
  );
});

test("time since the start counts from when the target was ready, so that runs can be laid over each other", () => {
  const slow = { ...RUN, target: { ...RUN.target, readySeconds: 3 } };
  const points = new PointsOfRun(slow);
  const [totals] = only("totals", points.window(windowAt(10, requests(10, 1, { phase: "hold" }))));
  assert.equal(totals?.fields.elapsed_s, 7);
  for (const { fields } of only("resources", points.resources(SAMPLE))) assert.equal(fields.elapsed_s, 2.25);
});

test("a variant has a point of what its calls cost since the sample before", () => {
  const points = new PointsOfRun(RUN);
  const at = (second: number, cpuSeconds: number, requests: number): ResourceSample => ({
    ...SAMPLE,
    at: new Date(START_MS + second * 1_000).toISOString(),
    target: { ...SAMPLE.target!, variants: { none: { cpuSeconds, requests } } },
  });
  assert.deepEqual(only("variants", points.resources(at(1, 1, 100))), []);
  assert.deepEqual(only("variants", points.resources(at(2, 1.25, 150))), [
    {
      measurement: "variants",
      tags: { ...TAGS, variant: "none" },
      fields: { cpu_cores: 0.25, rate: 50, cpu_us_per_request: 5_000 },
      atMs: START_MS + 2_000,
    },
  ]);
});
