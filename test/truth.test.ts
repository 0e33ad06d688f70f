/** What is reported is what happened: counts exact against the server's own, percentiles right for known delays. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { until } from "../bench/run/testing/processes.ts";
import { onlyRun, resultsFolder, runScenario, said, start } from "./plimsoll.ts";

/**
 * For how long a test holds the generator up: 60 arrivals of 200 a second, for which 100 VUs are ready. Were one dropped,
 * latency would from then on be the time on the wire.
 */
const STOPPED_MS = 300;

/**
 * What real sockets, Node's timers (whole milliseconds, rounded up) and a shared machine may add to a known delay at
 * the median. HDR's own error (0.1 %) is small beside it.
 */
const BOUND_MS = 4;

/** Other work on the machine only ever adds to a latency: the quickest of a few runs is the nearest to the truth. */
const ATTEMPTS = 3;

for (const [fault, p50Ms] of [
  ["latency=0ms", 0],
  ["latency=5ms", 5],
  ["latency=50ms", 50],
] as const) {
  test(`a target that takes ${p50Ms} ms is reported as taking ${p50Ms} ms, and every request is counted`, async (t) => {
    const flags = ["--seconds", "8", "--rate", "200", "--fault", fault];
    const { min, p50 } = await undisturbed(t, flags, (it) => it.p50 <= p50Ms + BOUND_MS);
    assert.ok(min >= p50Ms * 0.999, `min ${min} is not below the delay`);
    assert.ok(p50 >= p50Ms * 0.999 && p50 <= p50Ms + BOUND_MS, `p50 ${p50}`);
  });
}

test("a bimodal target shows both modes where they lie", async (t) => {
  // One answer in five takes 50 ms more: p50 is fast, p90 is slow, and the share of slow ones is one in five.
  const flags = ["--seconds", "10", "--rate", "300", "--fault", "latency=5ms,slow=50ms@20%"];
  const near = (it: Quantiles) => it.p50 <= 5 + BOUND_MS && it.p90 <= 55 + 2 * BOUND_MS;
  const { p50, p90 } = await undisturbed(t, flags, near);
  assert.ok(p50 >= 5 && p50 <= 5 + BOUND_MS, `p50 ${p50}`);
  assert.ok(p90 >= 55 * 0.999 && p90 <= 55 + 2 * BOUND_MS, `p90 ${p90}`);
});

/** Latency in the hold phase, of the first run that came near or of the last; counts must be exact in each. */
async function undisturbed(
  t: TestContext,
  flags: readonly string[],
  near: (quantiles: Quantiles) => boolean,
): Promise<Quantiles> {
  for (let attempt = 1; ; attempt++) {
    const { run } = await runScenario(t, "basic-load", ...flags);
    assert.equal(counterOf(run, "http_reqs"), run.target.requestsServed, "k6 and the server count the same");
    const { quantiles, n } = trendOf(run, { scenario: "basic-load", phase: "hold" });
    assert.ok(n > 0);
    if (near(quantiles) || attempt === ATTEMPTS) return quantiles;
  }
}

test("a generator that is late itself cannot hide it: latency is from the intended start", async (t) => {
  const out = resultsFolder(t);
  const { child, outcome } = start(t, [
    ...["run", "basic-load", "--profile", "smoke", "--port-base", "0", "--out", out],
    ...["--seconds", "8", "--rate", "200"],
  ]);
  await said(child, /basic-load \d+ s\//);
  await until(() => {
    const windows = readFileSync(join(out, String(readdirSync(out)[0]), "windows.ndjson"), "utf8");
    return windows.includes('"phase":"hold"');
  }, "the load is at its rate");
  const k6 = descendant(child.pid as number, "k6");
  process.kill(k6, "SIGSTOP");
  await delay(STOPPED_MS);
  process.kill(k6, "SIGCONT");
  const { stderr } = await outcome;
  const { run } = onlyRun(out, { stderr });
  const tags = { scenario: "basic-load", phase: "hold" };
  const latency = trendOf(run, tags).quantiles;
  const onTheWire = trendOf(run, tags, "http_req_duration").quantiles;
  // Some 60 of 1,000 arrivals were due while k6 stood still; they went out together when it was over.
  assert.ok(latency.max >= STOPPED_MS * 0.9, `max ${latency.max}`);
  assert.ok(latency.p99 >= STOPPED_MS * 0.5, `p99 ${latency.p99}`);
  assert.ok(onTheWire.p99 < latency.p99 / 2, `on the wire p99 ${onTheWire.p99}, latency p99 ${latency.p99}`);
  assert.ok((run.generator.pacingLagP99Ms ?? 0) > 100);
  assert.equal(run.verdict, "invalid");
});

/** The process of this name somewhere below another. */
function descendant(of: number, name: string): number {
  const all = execFileSync("ps", ["-A", "-o", "pid=,ppid=,comm="], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, ppid, ...comm]) => ({ pid: Number(pid), ppid: Number(ppid), comm: comm.join(" ") }));
  const parentOf = new Map(all.map(({ pid, ppid }) => [pid, ppid]));
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (pid === of || isBelow(parentOf.get(pid)));
  const found = all.find(({ pid, comm }) => comm.endsWith(name) && isBelow(pid));
  assert.ok(found, `${name} runs`);
  return found.pid;
}

type Quantiles = ReturnType<typeof trendOf>["quantiles"];
type AnyRun = Awaited<ReturnType<typeof runScenario>>["run"];

function trendOf(run: AnyRun, tags: Record<string, string>, metric = "latency") {
  const found = run.series.filter(
    (series) =>
      series.type === "trend" &&
      series.metric === metric &&
      Object.entries(tags).every(([key, value]) => series.tags[key] === value),
  );
  assert.equal(found.length, 1, "one series");
  const [series] = found;
  assert.ok(series?.type === "trend");
  return series;
}

function counterOf(run: AnyRun, metric: string): number {
  return run.series.reduce(
    (sum, it) => (it.type === "counter" && it.metric === metric ? sum + it.value : sum),
    0,
  );
}
