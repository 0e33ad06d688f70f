import assert from "node:assert/strict";
import { test } from "node:test";
import { madeUp } from "../ab/testing/trial.ts";
import { emptySample, HOSTILE, hostileSample, sample } from "../report/testing/sample.ts";
import { filesOf } from "./files.ts";
import type { Gathered } from "./gather.ts";
import { allOf, panelsOf } from "./panels.ts";
import { picture } from "./picture.ts";
import { recentTrend } from "./recent-trend.ts";
import { summarize } from "./summarize.ts";
import { summarySchema } from "./summary-schema.ts";
import { gatheredRun, history } from "./testing/gathered.ts";

const BEFORE = sample("basic-load", { seed: 9 });
const entries = history(20, (day) => (day < 15 ? 2 : 3));
const trend = recentTrend(entries, entries.at(-1)?.at ?? "") ?? assert.fail();
const FULL: Gathered = {
  runs: [
    await gatheredRun(sample("basic-load"), { run: "after" }, BEFORE),
    await gatheredRun(sample("stress")),
  ],
  abs: [madeUp(1.3).ab],
  trends: [trend],
};

async function written(gathered: Gathered): Promise<Map<string, string>> {
  const files = await filesOf(summarize(gathered, "0.1.0"), gathered, "/results/summary");
  return new Map(files.map(({ path, content }) => [path, Buffer.from(content).toString("utf8")]));
}

test("a set leaves its report as Markdown, data, picture, page and comment", async () => {
  const files = await written(FULL);
  assert.deepEqual([...files.keys()].sort(), [
    "benchmark-graphs.png",
    "benchmark-report.md",
    "benchmark-results.json",
    "comment.md",
    "report.html",
  ]);
  assert.equal(
    summarySchema.parse(JSON.parse(files.get("benchmark-results.json") ?? "")).outcome,
    "regression",
  );
  const report = files.get("benchmark-report.md") ?? "";
  assert.match(report, /^# ❌ Slower: node server/);
  assert.match(report, /!\[Latency, .*\]\(benchmark-graphs\.png\)/);
  for (const title of ["Runs", "What to do next", "Delta to the baseline", "Trend of the last 30 days"])
    assert.match(report, new RegExp(`^## ${title}$`, "m"));
  assert.match(report, /^basic-load smoke: \S+ before, after after:\n\n\| Metric /m);
  assert.match(report, /^basic-load smoke: 20 runs, 2026-11-01 to 2026-11-20:\n\n\| Metric /m);
  assert.doesNotMatch(report, /\*\*\*\*/);
});

test("the page needs nothing but itself, and says in tables what its charts show", async () => {
  const page = (await written(FULL)).get("report.html") ?? "";
  assert.doesNotMatch(page, /<script|<img|<link rel="stylesheet"|src="http/);
  assert.match(page, /<title>Slower: node server/);
  const charts = [...page.matchAll(/<figure id="chart-(summary-[\w-]+)"/g)].map(([, id]) => id);
  assert.deepEqual(charts, [
    "summary-latency",
    "summary-throughput",
    "summary-cpu",
    "summary-memory",
    "summary-delta-1",
    "summary-trend-1",
  ]);
});

test("in the picture a run that did not pass has its verdict beside its name", async () => {
  const runs = [
    FULL.runs[0] as Gathered["runs"][number],
    await gatheredRun(sample("stress"), { verdict: "invalid" }),
  ];
  const [latency, throughput] = panelsOf({ runs, abs: [], trends: [] }).measured;
  for (const chart of [latency, throughput])
    assert.match(chart?.description ?? "", /^basic-load smoke: .*; stress smoke \(invalid\): /);
});

test("page and report lead to the report of each run that has one; the comment names the run", async () => {
  const failed = await gatheredRun(sample("stress"), {
    run: "r1",
    verdict: "fail",
    reasons: ["p95 9 ms", "p99 12 ms"],
  });
  const other = await gatheredRun(sample("basic-load"));
  const runs = [{ ...failed, report: "/results/a (b)/report.html" }, other];
  const files = await written({ runs, abs: [], trends: [] });
  const address = "../a%20%28b%29/report.html";
  const page = files.get("report.html") ?? "";
  assert.deepEqual(
    [...page.matchAll(/<th scope="row"><a href="([^"]*)">/g)].map(([, href]) => href),
    [address],
  );
  const report = files.get("benchmark-report.md") ?? "";
  assert.ok(report.includes(`](${address})`), report);
  // Once, and not again for its second reason.
  assert.match(report, /^\| stress smoke<br>r1 \| p95 9 ms \|\n\| {2}\| p99 12 ms \|$/m);
  assert.match(files.get("comment.md") ?? "", /See in report\\?\.html of r1 when it began/);
  assert.doesNotMatch(files.get("comment.md") ?? "", /a%20/);
});

test("what nothing was measured for has no panel", async () => {
  const nothing = { runs: [await gatheredRun(emptySample("basic-load"))], abs: [], trends: [] };
  assert.deepEqual(allOf(panelsOf(nothing)), []);
  const files = await written(nothing);
  assert.equal(files.has("benchmark-graphs.png"), false);
  assert.doesNotMatch(files.get("benchmark-report.md") ?? "", /!\[/);
});

test("panels of the picture lie beside and below each other, and over none", () => {
  const svg = picture("a & b", allOf(panelsOf(FULL))) ?? assert.fail();
  assert.match(svg, />a &amp; b<\/text>/);
  const places = [...svg.matchAll(/^<svg x="(\d+)" y="(\d+)" [^>]* width="(\d+)" height="(\d+)"/gm)].map(
    ([, ...numbers]) => numbers.map(Number) as [number, number, number, number],
  );
  assert.equal(places.length, 6);
  for (const [i, [x, y, width, height]] of places.entries())
    for (const [ox, oy, owidth, oheight] of places.slice(i + 1))
      assert.ok(x + width <= ox || ox + owidth <= x || y + height <= oy || oy + oheight <= y);
});

test("names of somebody else's are text on the page", async () => {
  const { run, windows, resources } = hostileSample();
  const hostile = await gatheredRun({ run, windows, resources });
  const files = await written({ ...FULL, runs: [hostile], trends: [{ ...trend, scenario: HOSTILE }] });
  assert.doesNotMatch(files.get("report.html") ?? "", /<script|<img|onerror=alert\(2\)>/);
  // Fenced blocks show what is in them as it is.
  const report = (files.get("benchmark-report.md") ?? "").replace(/^(`{3,})text\n[\s\S]*?^\1$/gm, "");
  assert.doesNotMatch(report, /<(script|img)/);
});
