import type { Chart, Size } from "../report/charts/chart.ts";
import { legend, line, valueAxis } from "../report/charts/frame.ts";
import { linearScale } from "../report/charts/scale.ts";
import { type ColourName, colour } from "../report/palette.ts";
import type { GatheredRun } from "./gather.ts";
import { type Api, heightOf, MOST_ROWS, rowAxis, rowGrid } from "./run-rows.ts";
import type { RunFigures } from "./summary-schema.ts";
import { drawnNames } from "./words.ts";

const ROW = 28;
/** Of the bar, and of the mark, above and below the middle of a row. */
const BAR = 6;
const MARK = 10;
/** A bar a run, and a mark that it is seen against. */
export interface BarsChart {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly wide: boolean;
  readonly bar: { readonly name: string; readonly tint: ColourName; of(figures: RunFigures): number | null };
  readonly mark: { readonly name: string; readonly tint: ColourName; of(figures: RunFigures): number | null };
  /** What stands behind the bar: its value, and that of the mark; and the room it takes, in pixels. */
  readonly text: (value: number, against: number | null) => string;
  readonly room: number;
  readonly tick: (value: number) => string;
}

/** Undefined when no run has a value. */
export function barsChart(chart: BarsChart, all: readonly GatheredRun[]): Chart | undefined {
  const { id, title, note, wide, bar, mark, text } = chart;
  const runs = all.filter(({ figures }) => bar.of(figures) !== null).slice(0, MOST_ROWS);
  if (runs.length === 0) return undefined;
  const names = drawnNames(runs.map(({ run }) => run));
  const rows = runs.map(({ figures }) => ({
    value: bar.of(figures) as number,
    against: mark.of(figures),
  }));
  const height = heightOf(runs.length, ROW);
  const said = rows.map(({ value, against }, i) => `${names[i]}: ${text(value, against)}`);
  return {
    ...{ id, title, note, wide, height },
    phoneHeight: height,
    description: `${said.join("; ")}.`,
    option: (size) => option(chart, rows, names, size),
  };
}

interface Bar {
  readonly value: number;
  readonly against: number | null;
}

function option(
  { bar, mark, text, room, tick }: BarsChart,
  rows: readonly Bar[],
  names: readonly string[],
  size: Size,
) {
  const values = rows.flatMap(({ value, against }) => [value, against ?? 0]);
  const scale = linearScale(values, tick, size.narrow ? 3 : 5);
  const marked = rows.some(({ against }) => against !== null);
  return {
    grid: rowGrid(size, rows.length, ROW, room),
    legend: legend([bar.name, ...(marked ? [mark.name] : [])], size),
    xAxis: valueAxis(scale),
    yAxis: rowAxis(names, size),
    series: [
      {
        type: "custom",
        silent: true,
        data: rows.map((_, i) => [0, i]),
        renderItem: ({ dataIndex }: { dataIndex: number }, api: Api) => {
          const { value, against } = rows[dataIndex] as Bar;
          const [zero, y] = api.coord([0, dataIndex]);
          const at = (of: number) => api.coord([of, dataIndex])[0];
          const end = Math.max(at(value), at(against ?? 0));
          return {
            type: "group",
            children: [
              {
                type: "rect",
                shape: { x: zero, y: y - BAR, width: Math.max(1, at(value) - zero), height: 2 * BAR },
                style: { fill: colour(bar.tint) },
              },
              ...(against === null
                ? []
                : [
                    {
                      type: "line",
                      shape: { x1: at(against), x2: at(against), y1: y - MARK, y2: y + MARK },
                      style: { fill: "none", stroke: colour(mark.tint), lineWidth: 2 },
                    },
                  ]),
              {
                type: "text",
                x: end + 8,
                y,
                style: {
                  text: text(value, against),
                  fontSize: 11,
                  fill: colour("ink"),
                  verticalAlign: "middle",
                },
              },
            ],
          };
        },
      },
      line(bar.name, bar.tint, []),
      line(mark.name, mark.tint, []),
    ],
  };
}
