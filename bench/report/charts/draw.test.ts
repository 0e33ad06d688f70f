import assert from "node:assert/strict";
import { test } from "node:test";
import { Resvg } from "@resvg/resvg-js";
import { count } from "../../format.ts";
import { PALETTE } from "../palette.ts";
import { scopeOf } from "../scope.ts";
import { packetsSample } from "../testing/packets-sample.ts";
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

const VARIANTS = [
  ...["adds-p50", "adds-p95", "variant-p50", "variant-p95"],
  ...["variant-call-cpu", "variant-cpu", "variant-requests", "variant-failed"],
];
const CONNECTORS = [
  ...["hops", "node-p50", "node-p99", "fulfilled", "rejected", "held", "ledger-queue"],
  ...["commit-ms", "commit-entries", "telemetry-dropped", "telemetry-waiting"],
];

test("the charts of each scenario, every file well-formed and with title and description", async () => {
  const overTime = ["latency", "throughput", "errors", "failed-share", "callers"];
  const packets = ["latency", "throughput", "outcomes", "errors", "failed-share"];
  const rest = ["histogram", "percentiles", "cpu", "memory", "heap", "event-loop"];
  for (const [one, ids] of [
    [sample("basic-load"), [...overTime, ...rest, "lateness"]],
    [sample("stress"), ["knee", ...overTime, ...rest]],
    [sample("spike"), ["recovery", ...overTime, ...rest]],
    [sample("interceptor-overhead"), ["overhead", ...overTime, ...VARIANTS, ...rest, "lateness"]],
    [packetsSample(), [...packets, ...CONNECTORS, ...rest, "callers"]],
    [
      packetsSample({ scenario: "chain" }),
      [...packets, ...CONNECTORS, "telemetry-missing", ...rest, "callers"],
    ],
  ] as const) {
    const charts = all(await chartsFrom(one));
    assert.deepEqual(
      charts.map(({ id }) => id),
      ids,
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

test("limits on the target, on one of its processes and on variants are lines of their charts", async () => {
  const textsOf = async (one: Sample) => {
    const charts = all(await chartsFrom(one));
    return (id: string) => texts(drawFile(charts.find((chart) => chart.id === id)!));
  };
  const http = await textsOf(sample("basic-load"));
  for (const [id, limit] of [
    ["failed-share", "share &lt; 1 %"],
    ["cpu", "target avg &lt; 0.5 cores"],
    ["memory", "target max &lt; 100 MB"],
  ] as const)
    assert.ok(http(id).includes(limit), `${id}: ${http(id)}`);
  const packets = await textsOf(packetsSample());
  assert.ok(packets("cpu").includes("A avg &lt; 0.8 cores"));
  assert.ok(packets("heap").includes("A max &lt; 500 MB"));
  // How fast memory grows is no level of it.
  assert.ok(!packets("memory").some((text) => text?.includes("growth")));
  const variants = await textsOf(sample("interceptor-overhead"));
  assert.equal(variants("adds-p50").filter((text) => text === "added &lt; 2 ms").length, 1);
  assert.ok(variants("variant-p95").includes("p95 &lt; 15 ms"));
  // A ladder has the same limit at each of its rates: one line.
  const ladder = await textsOf(packetsSample({ scenario: "latency-ladder" }));
  assert.equal(ladder("latency").filter((text) => text === "p99 &lt; 10 ms").length, 1);
});

test("a packet that some connector told nothing of is seen when it happened, against the limit of the SLA", async () => {
  const untold = (second: number) => (second === 12 ? 0.2 : 0);
  const charts = all(await chartsFrom(packetsSample({ scenario: "chain", untold })));
  const chart = charts.find(({ id }) => id === "telemetry-missing");
  assert.equal(chart?.description, "missing at most 20.0 %.");
  const drawn = texts(drawFile(chart!));
  assert.ok(drawn.includes("complete ≥ 100 %"), `${drawn}`);
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
