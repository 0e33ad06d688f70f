import { count, significant } from "../../format.ts";
import type { Timeline } from "../timeline.ts";
import type { Chart, Size } from "./chart.ts";
import { bands, grid, legend, line, middle, timeAxis, timeOf, valueAxis } from "./frame.ts";
import { linearScale, numberTick } from "./scale.ts";

/** Failed requests and dropped arrivals a second; a run without any gets its flat line as well. */
export function errorsChart(timeline: Timeline): Chart {
  const failed = timeline.points.reduce((sum, point) => sum + point.failed, 0);
  const dropped = timeline.points.reduce((sum, point) => sum + point.dropped, 0);
  const words = [
    failed === 0 ? "no failed requests" : `${count(failed)} failed requests`,
    dropped === 0 ? "no dropped arrivals" : `${count(dropped)} dropped arrivals`,
  ].join(", ");
  const empty = timeline.points.length === 0;
  return {
    id: "errors",
    title: "Errors",
    note: empty ? "nothing was measured" : `${words}; per second`,
    description: empty
      ? "Nothing was measured."
      : `${words} in the whole run. At most ${significant(most(timeline))} a second.`,
    wide: false,
    option: empty ? undefined : (size) => option(timeline, size),
  };
}

function most({ points }: Timeline): number {
  return points.reduce(
    (max, point) => Math.max(max, (point.failed + point.dropped) / (point.seconds || 1)),
    0,
  );
}

function option(timeline: Timeline, size: Size) {
  const time = timeOf(timeline);
  const at = (of: "failed" | "dropped") =>
    timeline.points.map(
      (point) => [middle(time, point), point.seconds > 0 ? point[of] / point.seconds : null] as const,
    );
  return {
    grid: grid(size),
    legend: legend(["failed/s", "dropped/s"], size),
    xAxis: timeAxis(time, size),
    yAxis: valueAxis(linearScale([most(timeline)], numberTick)),
    series: [
      bands(timeline.phases, time, size),
      line("dropped/s", "dropped", at("dropped"), { area: true }),
      line("failed/s", "failed", at("failed"), { area: true }),
    ],
  };
}
