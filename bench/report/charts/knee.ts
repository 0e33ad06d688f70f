import { count, latency, rate, significant } from "../../format.ts";
import type { Findings } from "../../results/run-schema.ts";
import { colour } from "../palette.ts";
import type { Chart, Size } from "./chart.ts";
import { line, valueAxis } from "./frame.ts";
import { latencyScale, linearScale, numberTick } from "./scale.ts";

type Knee = NonNullable<Findings["knee"]>;
type Stage = Knee["stages"][number];

/** stress: throughput and p95 by stage; the knee is where one stops growing and the other starts. */
export function kneeChart(knee: Knee): Chart {
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

/** Room above the highest bar and point for their labels. */
const HEADROOM = 1.25;

function option({ stages, at }: Knee, size: Size) {
  const p95 = latencyScale(
    stages.flatMap(({ p95Ms }) => [p95Ms, p95Ms * HEADROOM]),
    5,
  );
  const throughput = linearScale(
    stages.map(({ requestsPerSecond }) => requestsPerSecond * HEADROOM),
    numberTick,
    5,
  );
  const left = size.narrow ? 52 : 58;
  const height = (size.height - 100) / 2;
  const label = { show: true, position: "top", fontSize: 11, color: colour("ink"), distance: 4 };
  return {
    grid: [
      { left, right: 16, top: 24, height },
      { left, right: 16, top: 24 + height + 36, height },
    ],
    xAxis: [stageAxis(stages, at, 0), stageAxis(stages, at, 1)],
    yAxis: [named(valueAxis(p95), 0, "p95", left), named(valueAxis(throughput), 1, "requests/s", left)],
    series: [
      {
        ...line("p95", "p95", []),
        data: stages.map(({ p95Ms }) => p95.position(p95Ms)),
        showSymbol: true,
        label: { ...label, formatter: labelOf(stages, ({ p95Ms }) => latency(p95Ms)) },
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
          ...label,
          formatter: labelOf(stages, ({ requestsPerSecond, held }) =>
            [significant(requestsPerSecond), held ? "held" : "broke"].join(size.narrow ? "\n" : ", "),
          ),
        },
      },
    ],
  };
}

/** The stages side by side; the knee stands out. */
function stageAxis(stages: readonly Stage[], at: Stage | null, gridIndex: number) {
  const isKnee = (i: number) => at !== null && stages[i]?.vus === at.vus;
  return {
    type: "category",
    gridIndex,
    data: stages.map(({ vus }) => `${count(vus)} VUs`),
    axisLine: { lineStyle: { color: colour("axis") } },
    axisTick: { show: false },
    axisLabel: {
      show: gridIndex === 1,
      interval: 0,
      fontSize: 11,
      color: colour("muted"),
      formatter: (name: string, i: number) => (isKnee(i) ? `${name}\nknee` : name),
    },
    splitArea: {
      show: true,
      interval: 0,
      areaStyle: { color: stages.map((_, i) => (isKnee(i) ? colour("knee") : "transparent")) },
    },
  };
}

function named(axis: object, gridIndex: number, name: string, left: number) {
  const nameTextStyle = { align: "left", padding: [0, 0, 0, 2 - left], fontSize: 12, color: colour("muted") };
  return { ...axis, gridIndex, name, nameLocation: "end", nameGap: 8, nameTextStyle };
}

function labelOf(stages: readonly Stage[], text: (stage: Stage) => string) {
  return ({ dataIndex }: { dataIndex: number }) => text(stages[dataIndex] as Stage);
}
