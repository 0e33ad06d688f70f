import assert from "node:assert/strict";
import { test } from "node:test";
import { summaryOf } from "../baseline/summary.ts";
import { drawFile } from "../report/charts/draw.ts";
import { HOSTILE } from "../report/testing/sample.ts";
import { changesChart } from "./charts.ts";
import { compare } from "./compare.ts";
import { pagesOf } from "./pages.ts";
import { DEFAULT_POLICY } from "./policy.ts";
import { side, times } from "./testing/sides.ts";

const before = await side(1);
const after = await side(2, times(1.7));
const latencies = { before: summaryOf(before.blocks).latency, after: summaryOf(after.blocks).latency };
const COMPARISON = compare(before, after, { policy: DEFAULT_POLICY, acrossMachines: false });
const BASELINES = { before: before.blocks, after: after.blocks, whole: false };
const FILES = await pagesOf(COMPARISON, latencies, BASELINES);

function content(path: string): string {
  const file = FILES.find((one) => one.path === path) ?? assert.fail(`no ${path}`);
  return file.content.toString();
}

test("a comparison is a page, its data, and its charts as SVG and PNG", () => {
  const charts = ["changes", "cpu", "latency", "memory", "p50", "p99", "percentiles", "rate"];
  assert.deepEqual(FILES.map(({ path }) => path).sort(), [
    "compare.html",
    "compare.json",
    ...charts.flatMap((name) => [`graphs/compare-${name}.png`, `graphs/compare-${name}.svg`]),
  ]);
  assert.deepEqual(JSON.parse(content("compare.json")), COMPARISON);
});

test("the page says the verdict first, and has a row and an interval for each metric", () => {
  const page = content("compare.html");
  assert.match(page, /<title>slower \(fails\): basic-load smoke<\/title>/);
  assert.match(page, /<li>p50 \+(6|7)\d\.\d % \(\+\d+ to \+\d+ %\), limit \+50 %<\/li>/);
  assert.equal(page.match(/<tr( class="strong")?><th scope="row">/g)?.length, COMPARISON.rows.length);
  // An interval has a dot.
  const svg = content("graphs/compare-changes.svg");
  for (const { title } of COMPARISON.rows) assert.ok(svg.includes(`>${title}</text>`), title);
  assert.match(content("graphs/compare-latency.svg"), />before<\/text>.*>after<\/text>/s);
});

test("the page lays both runs over each other, and says of what", async () => {
  const page = content("compare.html");
  assert.match(page, /<h2 id="over-time-title">Over time<\/h2>\n<p>A baseline keeps the part of a run/);
  for (const title of ["p50 over time", "p99 over time", "Answers a second", "CPU of the target"])
    assert.ok(page.includes(title), title);
  const [whole] = await pagesOf(COMPARISON, latencies, { ...BASELINES, whole: true });
  assert.match(String(whole?.content), /<p>Both runs from the end of their warm-up on/);
});

test("an interval that is cut ends in an arrow, and the note says so", () => {
  const wild = {
    ...COMPARISON,
    rows: COMPARISON.rows.map((row, i) => (i === 0 ? { ...row, high: 3.56 } : row)),
  };
  const strokes = (chart: ReturnType<typeof changesChart>) => drawFile(chart).match(/<path/g)?.length ?? 0;
  const tame = { ...wild, rows: wild.rows.map((row, i) => (i === 0 ? { ...row, high: 3 } : row)) };
  // Two strokes where there was one cap.
  assert.equal(strokes(changesChart(wild)), strokes(changesChart(tame)) + 1);
  assert.match(changesChart(wild).note, /; arrow: goes on beyond \+200 %$/);
  assert.doesNotMatch(changesChart(tame).note, /arrow/);
});

test("names of somebody else's are text on the page", async () => {
  const hostile = {
    ...COMPARISON,
    scenario: HOSTILE,
    notices: [HOSTILE],
    before: { ...COMPARISON.before, run: HOSTILE, host: { ...COMPARISON.before.host, cpu: HOSTILE } },
  };
  const [page] = await pagesOf(hostile, latencies, {
    ...BASELINES,
    after: after.blocks.map((block) => ({ ...block, part: HOSTILE })),
  });
  assert.doesNotMatch(String(page?.content), /<script|<img|onerror=alert\(2\)>/);
});
