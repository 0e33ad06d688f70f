import type { Chart, Size } from "../report/charts/chart.ts";
import { grid, marks, valueAxis } from "../report/charts/frame.ts";
import { linearScale, tickOf } from "../report/charts/scale.ts";
import { colour } from "../report/palette.ts";
import type { Ab } from "./ab-schema.ts";
import type { Metric } from "./look.ts";
import { METRIC_NAMES, signedPercent, spread } from "./verdict.ts";

/** One metric through a trial: each round alone, and the interval at each look as it narrows; between: the noise band. */
export function looksChart(ab: Ab, metric: Metric): Chart {
  const looks = looksOf(ab, metric);
  const last = looks.at(-1);
  const said = last ? `B to A ${signedPercent(last.ratio)}, ${spread(last)}` : "not measured";
  return {
    id: metric,
    title: METRIC_NAMES[metric],
    note: said,
    description: `${METRIC_NAMES[metric]} of B as against A after each round: ${said}.`,
    wide: false,
    option: last ? (size) => option(ab, metric, size) : undefined,
  };
}

function looksOf({ looks }: Ab, metric: Metric) {
  return looks.flatMap(({ rounds, metrics }) =>
    metrics.filter((one) => one.metric === metric).map((one) => ({ ...one, after: rounds })),
  );
}

interface Api {
  value(dimension: number): number;
  coord(point: readonly number[]): [number, number];
}

/** In percent that B has more than A. */
const added = (ratio: number) => 100 * (ratio - 1);

function option(ab: Ab, metric: Metric, size: Size) {
  const { shape, rule } = ab;
  const looks = looksOf(ab, metric);
  const rounds = looks.at(-1)?.rounds ?? [];
  const [bandLow, bandHigh] = [added(1 / (1 + rule.band)), added(1 + rule.band)];
  const ends = looks.flatMap(({ low, high }) => [added(low), added(high)]);
  // A first interval may reach far beyond what is of interest.
  const most = 4 * Math.max(bandHigh, ...rounds.map((ratio) => Math.abs(added(ratio))));
  const shown = ends.map((end) => Math.min(most, Math.max(-most, end)));
  const percents = tickOf((value) => `${value > 0 ? "+" : ""}${value} %`.replace("-", "−"));
  const scale = linearScale([...shown, ...rounds.map(added), bandLow, bandHigh], percents, 7, true);
  const names = Array.from({ length: shape.rounds }, (_, i) => `${i + 1}`);
  return {
    grid: grid(size, { top: 12, bottom: 40 }),
    xAxis: {
      type: "category",
      data: names,
      name: "round, each on fresh processes",
      nameLocation: "middle",
      nameGap: 24,
      nameTextStyle: { fontSize: 11, color: colour("muted") },
      axisTick: { show: false },
      axisLine: { onZero: false, lineStyle: { color: colour("axis") } },
      axisLabel: { fontSize: 11, color: colour("muted"), interval: 0 },
    },
    yAxis: valueAxis(scale),
    series: [
      {
        type: "line",
        data: [],
        silent: true,
        markArea: {
          silent: true,
          itemStyle: { color: colour("ink"), opacity: 0.06 },
          data: [[{ yAxis: bandLow }, { yAxis: bandHigh }]],
        },
        ...marks([
          { yAxis: 0, lineStyle: { color: colour("ink"), width: 1, type: "solid" }, label: { show: false } },
        ]),
      },
      {
        type: "scatter",
        silent: true,
        symbolSize: 6,
        symbolOffset: [-9, 0],
        itemStyle: { color: colour("unclear") },
        data: rounds.map((ratio, i) => [i, added(ratio)]),
      },
      {
        type: "custom",
        silent: true,
        clip: true,
        data: looks.map(({ after, ratio, low, high }) => [after - 1, added(ratio), added(low), added(high)]),
        encode: { x: 0, y: [1, 2, 3] },
        renderItem: (_: unknown, api: Api) => interval(api),
      },
    ],
  };
}

function interval(api: Api) {
  const [x, y] = api.coord([api.value(0), api.value(1)]);
  const [, low] = api.coord([api.value(0), api.value(2)]);
  const [, high] = api.coord([api.value(0), api.value(3)]);
  const stroke = (x1: number, y1: number, x2: number, y2: number) => ({
    type: "line",
    shape: { x1, y1, x2, y2 },
    style: { fill: "none", stroke: colour("target"), lineWidth: 2 },
  });
  return {
    type: "group",
    children: [
      stroke(x, low, x, high),
      stroke(x - 4, low, x + 4, low),
      stroke(x - 4, high, x + 4, high),
      { type: "circle", shape: { cx: x, cy: y, r: 4.5 }, style: { fill: colour("target") } },
    ],
  };
}
