import { type ColourName, colour } from "../palette.ts";

/** A value with its interval, in a row of a category axis. */
export interface IntervalBar {
  readonly row: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly tint: ColourName;
  /** The interval goes on beyond `high`, which is where the picture ends: an arrow, and no cap. */
  readonly goesOn?: boolean;
  /** Values that are marked in its row by short upright lines. */
  readonly limits?: readonly number[];
}

interface Api {
  value(dimension: number): number;
  coord(point: readonly number[]): [number, number];
}

/** Height of the marks of limits, in pixels above and below the middle of a row. */
const LIMIT = 9;

/** Lying intervals with a dot at the value, and an upright line all along at `level`. */
export function intervalBars(
  bars: readonly IntervalBar[],
  { index = 0, level }: { index?: number; level: number },
) {
  return {
    type: "custom",
    silent: true,
    xAxisIndex: index,
    yAxisIndex: index,
    clip: true,
    data: bars.map(({ row, value, low, high }) => [row, value, low, high]),
    encode: { x: [1, 2, 3], y: 0 },
    renderItem: ({ dataIndex }: { dataIndex: number }, api: Api) => {
      const row = api.value(0);
      const [x, y] = api.coord([api.value(1), row]);
      const [low] = api.coord([api.value(2), row]);
      const [high] = api.coord([api.value(3), row]);
      const bar = bars[dataIndex] as IntervalBar;
      const tint = colour(bar.tint);
      const stroke = (x1: number, y1: number, x2: number, y2: number, colour = tint, width = 2) => ({
        type: "line",
        shape: { x1, y1, x2, y2 },
        style: { fill: "none", stroke: colour, lineWidth: width },
      });
      const limits = (bar.limits ?? []).map((limit) => {
        const [at] = api.coord([limit, row]);
        return stroke(at, y - LIMIT, at, y + LIMIT, colour("limit"), 1);
      });
      return {
        type: "group",
        children: [
          ...limits,
          stroke(low, y, high, y),
          stroke(low, y - 4, low, y + 4),
          ...(bar.goesOn
            ? [stroke(high - 6, y - 5, high, y), stroke(high - 6, y + 5, high, y)]
            : [stroke(high, y - 4, high, y + 4)]),
          { type: "circle", shape: { cx: x, cy: y, r: 4.5 }, style: { fill: tint } },
        ],
      };
    },
    markLine: {
      silent: true,
      symbol: "none",
      data: [
        {
          xAxis: level,
          lineStyle: { color: colour("ink"), width: 1, type: "solid" },
          label: { show: false },
        },
      ],
    },
  };
}
