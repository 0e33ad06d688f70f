/** What a second of a run costs InfluxDB: that depends on what is measured, and not on how often. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { plan } from "../../scenarios/plans.ts";
import { sample } from "../report/testing/sample.ts";
import type { ResourceSample } from "../results/run-schema.ts";
import { wholeRun } from "../results/testing/run.ts";
import { counter, gauge, rate, START_MS, trend, windowAt } from "../windows/testing/windows.ts";
import type { Series, Tags } from "../windows/window.ts";
import { PointsOfRun } from "./points-of-run.ts";
import { MOST_SERIES } from "./window-points.ts";

const RUN = wholeRun();
const VARIANTS = plan("interceptor-overhead", "full", {})?.blocks?.variants ?? [];
/** Trends that k6 keeps of every request, and one that our scripts add. */
const TIMES = [
  "http_req_duration",
  ...["blocked", "connecting", "tls_handshaking", "sending", "waiting", "receiving"].map(
    (part) => `http_req_${part}`,
  ),
  "iteration_duration",
  "latency",
  "pacing_lag",
];
const GAUGES = [gauge("vus", 8), gauge("vus_max", 8)];

/** As many answers that each took another time, as far as a histogram tells them apart. */
function times(metric: string, n: number, tags: Tags): Series {
  const samples = Array.from({ length: n }, (_, i) => 1 + (1_000 * i) / n);
  return trend(metric, samples, tags);
}

/** What k6 tells of `n` requests over HTTP. */
function calls(n: number, tags: Tags): Series[] {
  return [
    ...TIMES.map((metric) => times(metric, n, tags)),
    ...["http_reqs", "iterations", "data_sent", "data_received"].map((metric) => counter(metric, n, tags)),
    rate("http_req_failed", 0, n, tags),
    rate("checks", n, 0, tags),
  ];
}

/** What k6 tells of `n` packets. */
function packets(n: number): Series[] {
  const tags = { scenario: "soak", phase: "hold" };
  return [
    counter("packets", n, tags),
    counter("packets_fulfilled", n - 1, tags),
    counter("packets_failed", 1, { ...tags, outcome: "rejected" }),
    times("latency", n, tags),
    times("pacing_lag", n, tags),
    ...GAUGES,
  ];
}

/** What one second writes that is neither the first nor the last of its run. */
function pointsIn(series: readonly Series[], used: ResourceSample): number {
  const points = new PointsOfRun(RUN);
  const second = (at: number) => [
    ...points.window(windowAt(at, series)),
    ...points.resources({ ...used, at: new Date(START_MS + (at + 1) * 1_000).toISOString() }),
  ];
  second(0);
  return second(1).length;
}

/** What the target, k6, plimsoll, all else on the machine and its host used. */
const PROCESSES = 5;

function usedBy(scenario: string): ResourceSample {
  const [first] = sample(scenario, { seconds: 1 }).resources;
  return { ...(first as ResourceSample), otherCpuCores: 0.1, stolenCpuCores: 0.03 };
}

test("10,000 packets a second write as many points as 100", () => {
  const used = { ...usedBy("soak"), target: { ...usedBy("soak").target!, variants: null } };
  const few = pointsIn(packets(100), used);
  // Of each series, their totals, and the processes.
  assert.equal(few, packets(100).length + 1 + PROCESSES);
  assert.equal(pointsIn(packets(10_000), used), few);
});

test("10,000 calls of one variant a second write as many points as 100", () => {
  const tags = { scenario: "stress", phase: "hold", variant: "full", status: "2xx" };
  const at = (n: number) => pointsIn([...calls(n, tags), ...GAUGES], usedBy("basic-load"));
  assert.equal(at(10_000), at(100));
});

test("a second in which every interceptor is called writes a few hundred points, at any rate", () => {
  assert.ok(VARIANTS.length >= 12, `${VARIANTS}`);
  const second = (perVariant: number) =>
    VARIANTS.flatMap((variant) => calls(perVariant, { phase: "hold", variant, status: "2xx" }));
  const used = usedBy("interceptor-overhead");
  assert.equal(Object.keys(used.target?.variants ?? {}).length, VARIANTS.length);
  const few = pointsIn([...second(3), ...GAUGES], used);
  // Of each variant its series, its calls of all statuses, and what they cost.
  assert.equal(few, VARIANTS.length * (calls(3, {}).length + 2) + GAUGES.length + 1 + PROCESSES);
  assert.ok(few < 250, `${few}`);
  assert.equal(pointsIn([...second(300), ...GAUGES], used), few);
});

test("however many series it has, what k6 measured in a second is bounded", () => {
  const statuses = ["2xx", "4xx", "5xx"].flatMap((status) =>
    ["warm-up", "hold"].map((phase) => ({ status, phase })),
  );
  const crowd = VARIANTS.flatMap((variant) => statuses.flatMap((tags) => calls(3, { ...tags, variant })));
  assert.ok(crowd.length > 2 * MOST_SERIES, `${crowd.length}`);
  // Their totals, the processes, what each variant cost, and that a phase began.
  const others = 1 + PROCESSES + VARIANTS.length + 2;
  const points = pointsIn(crowd, usedBy("interceptor-overhead"));
  assert.ok(points >= MOST_SERIES && points <= MOST_SERIES + others, `${points}`);
});

test("a run has no more series after two minutes than after two seconds", () => {
  const points = new PointsOfRun(RUN);
  const used = usedBy("basic-load");
  const seen = new Set<string>();
  const tags = { scenario: "basic-load", phase: "hold", variant: "full", status: "2xx" };
  const series = [...calls(10, tags), ...GAUGES];
  const sizes = Array.from({ length: 120 }, (_, at) => {
    const sample = { ...used, at: new Date(START_MS + (at + 1) * 1_000).toISOString() };
    const written = [...points.window(windowAt(at, series)), ...points.resources(sample)];
    for (const { measurement, tags } of written) seen.add(JSON.stringify([measurement, tags]));
    return seen.size;
  });
  assert.ok((sizes[1] ?? 0) > 20);
  assert.equal(sizes.at(-1), sizes[1]);
});
