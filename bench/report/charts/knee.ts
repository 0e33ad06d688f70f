import type { Findings } from "../../results/run-schema.ts";
import { count, latency, rate } from "../format.ts";
import { colour } from "../palette.ts";
import type { Chart, Size } from "./chart.ts";
import { line, valueAxis } from "./frame.ts";
import { latencyScale, linearScale, numberTick } from "./scale.ts";

/** stress: throughput and p95 by stage; the knee is where one stops growing and the other starts. */
export function kneeChart(knee: NonNullable<Findings["knee"]>): Chart {
  const { stages, at } = knee;
  return {
    id: "knee",
    title: "The knee",
    note: at
      ? `held up to ${count(at.vus)} callers at ${rate(at.requestsPerSecond)}; p95 above, throughput below, by callers`
      : "no stage held; p95 above, throughput below, by callers",
    description: at
      ? `The last stage that held had ${count(at.vus)} callers: ${rate(at.requestsPerSecond)}, p95 ${latency(at.p95Ms)}.`
      : "No stage held.",
    wide: true,
    height: 320,
    option: stages.length === 0 ? undefined : (size) => option(knee, size),
  };
}

function option({ stages, at }: NonNullable<Findings["knee"]>, size: Size) {
  const names = stages.map(({ vus }) => count(vus));
  const p95 = latencyScale(
    stages.map(({ p95Ms }) => p95Ms),
    5,
  );
  const throughput = linearScale(
    stages.map(({ requestsPerSecond }) => requestsPerSecond),
    numberTick,
    5,
  );
  const left = size.narrow ? 52 : 58;
  const half = (size.height - 92) / 2;
  const kneeAt = at ? stages.findIndex(({ vus }) => vus === at.vus) : -1;
  const band = kneeAt < 0 ? [] : [[{ xAxis: kneeAt }, { xAxis: kneeAt }]];
  const category = (gridIndex: number, labelled: boolean) => ({
    type: "category",
    gridIndex,
    data: names,
    axisLine: { lineStyle: { color: colour("axis") } },
    axisTick: { show: false },
    axisLabel: {
      show: labelled,
      interval: 0,
      fontSize: 11,
      color: colour("muted"),
      formatter: (name: string, i: number) => (i === kneeAt ? `${name}\nknee` : name),
    },
  });
  const value = (gridIndex: number, name: string, axis: object) => ({
    ...axis,
    gridIndex,
    name,
    nameLocation: "end",
    nameGap: 8,
    nameTextStyle: { align: "left", padding: [0, 0, 0, -left + 2], fontSize: 12, color: colour("muted") },
  });
  const markArea = {
    silent: true,
    itemStyle: { color: colour("fill"), opacity: 0.5 },
    data: band,
  };
  return {
    grid: [
      { left, right: 16, top: 24, height: half },
      { left, right: 16, top: 24 + half + 32, height: half },
    ],
    xAxis: [category(0, false), category(1, true)],
    yAxis: [value(0, "p95", valueAxis(p95)), value(1, "requests/s", valueAxis(throughput))],
    series: [
      {
        ...line("p95", "p95", []),
        data: stages.map(({ p95Ms }) => p95.position(p95Ms)),
        showSymbol: true,
        markArea,
      },
      {
        type: "bar",
        xAxisIndex: 1,
        yAxisIndex: 1,
        silent: true,
        emphasis: { disabled: true },
        barMaxWidth: 64,
        data: stages.map(({ requestsPerSecond, held }) => ({
          value: requestsPerSecond,
          itemStyle: { color: colour(held ? "achieved" : "unclear") },
        })),
        label: {
          show: true,
          position: "insideTop",
          fontSize: 11,
          color: colour("paper"),
          formatter: ({ dataIndex }: { dataIndex: number }) => (stages[dataIndex]?.held ? "held" : "broke"),
        },
        markArea,
      },
    ],
  };
}
