import assert from "node:assert/strict";
import { test } from "node:test";
import { Resvg } from "@resvg/resvg-js";
import { count } from "../../format.ts";
import { PALETTE } from "../palette.ts";
import { scopeOf } from "../scope.ts";
import { type Sample, sample } from "../testing/sample.ts";
import { timelineOf } from "../timeline.ts";
import { type Charts, chartsOf } from "./charts.ts";
import { drawFile, drawForPage } from "./draw.ts";

async function chartsFrom({ run, windows, resources }: Sample): Promise<Charts> {
  const timeline = await timelineOf(windows, resources);
  return chartsOf(run, timeline, scopeOf(run, timeline));
}

const all = (charts: Charts) => Object.values(charts).flat();

/** The texts of a drawing, in order. */
const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);

test("the charts of each scenario, every file well-formed and with title and description", async () => {
  const usual = [
    "latency",
    "throughput",
    "errors",
    "histogram",
    "percentiles",
    "cpu",
    "memory",
    "event-loop",
  ];
  for (const [scenario, found] of [
    ["basic-load", []],
    ["stress", ["knee"]],
    ["spike", ["recovery"]],
    ["interceptor-overhead", ["overhead"]],
  ] as const) {
    const charts = all(await chartsFrom(sample(scenario)));
    assert.deepEqual(
      charts.map(({ id }) => id),
      [...found, ...usual],
    );
    for (const chart of charts) {
      const svg = drawFile(chart);
      const { width } = new Resvg(svg, { font: { loadSystemFonts: false } });
      assert.equal(width, chart.wide ? 1128 : 564);
      assert.match(svg, new RegExp(`<title id="${chart.id}-title">${chart.title}</title>`));
      assert.ok(chart.description.length > 10);
    }
  }
});

test("limits of the SLA are dashed lines with their names; phases are named", async () => {
  const [latency] = (await chartsFrom(sample("basic-load"))).overTime;
  assert.ok(latency);
  const svg = drawFile(latency);
  for (const text of ["p50 &lt; 50 ms", "p95 &lt; 100 ms", "p99 &lt; 150 ms", "warm-up", "ramp", "hold"])
    assert.ok(texts(svg).includes(text), text);
  assert.match(svg, /stroke-dasharray/);
});

test("a run without errors says so on a flat chart; one with errors counts them", async () => {
  const clean = (await chartsFrom(sample("basic-load"))).overTime[2];
  assert.equal(clean?.note, "no failed requests, no dropped arrivals; per second");
  assert.ok(clean?.option);
  const bad = sample("basic-load", { failing: () => 0.1 });
  const failed = bad.windows
    .flatMap(({ series }) => series)
    .reduce((sum, one) => sum + (one.metric === "http_req_failed" && one.type === "rate" ? one.yes : 0), 0);
  assert.ok(failed > 0);
  const failing = (await chartsFrom(bad)).overTime[2];
  assert.equal(failing?.note, `${count(failed)} failed requests, no dropped arrivals; per second`);
});

test("on the page every colour is a variable, so that dark and light need one drawing", async () => {
  for (const chart of all(await chartsFrom(sample("interceptor-overhead")))) {
    const { wide, phone } = drawForPage(chart);
    for (const svg of [wide, phone]) {
      const seen = svg
        .replace(/<clipPath[\s\S]*?<\/clipPath>/g, "")
        .replace(/<path[^>]*fill-opacity="0"[^>]*>/g, "");
      assert.deepEqual(seen.match(/#[0-9a-fA-F]{3,6}\b|rgba?\(/g) ?? [], [], chart.id);
      for (const [, name] of svg.matchAll(/var\(--(\w+)\)/g)) assert.ok(name && name in PALETTE, name);
    }
    assert.match(wide, /width="(1096|532)"/);
    assert.match(phone, /width="358"/);
  }
});

test("ids on a page are those of their own chart", async () => {
  const charts = all(await chartsFrom(sample("basic-load")));
  const ids = charts.flatMap((chart) => {
    const { wide, phone } = drawForPage(chart);
    return [...`${wide}${phone}`.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id);
  });
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.length >= 4 * charts.length);
});

test("light colours all differ, or a drawing could not be turned dark", () => {
  const lights = Object.values(PALETTE).map(([light]) => light);
  assert.equal(new Set(lights).size, lights.length);
});

test("nothing measured: the chart says no data", async () => {
  const { run } = sample("basic-load", { seconds: 1 });
  for (const chart of all(await chartsFrom({ run, windows: [], resources: [] })))
    assert.ok(texts(drawFile(chart)).includes("no data"), chart.id);
});
