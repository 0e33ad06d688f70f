import { latency as latencyText, limitInUnit, opSign } from "../../format.ts";
import type { Run } from "../../results/run-schema.ts";
import { latencyLimits } from "../scope.ts";
import type { Timeline } from "../timeline.ts";
import type { Chart, Size } from "./chart.ts";
import { bands, grid, legend, level, line, marks, middle, timeAxis, timeOf, valueAxis } from "./frame.ts";
import { latencyScale } from "./scale.ts";

/** Room above the line of a limit for its label. */
const HEADROOM = 1.3;

const STATS = ["p99", "p95", "p50"] as const;

/** Latency percentiles over time against the limits of the SLA. */
export function latencyChart(run: Run, timeline: Timeline): Chart {
  const limits = latencyLimits(run);
  const answered = timeline.points.filter((point) => point.latency !== undefined);
  const worst = answered.reduce(
    (a, b) => (a === undefined || (b.latency?.p99 ?? 0) > (a.latency?.p99 ?? 0) ? b : a),
    answered[0],
  );
  const limitText = limits
    .map(({ stat, op, limit }) => `${stat} ${opSign(op)} ${limitInUnit(limit, "ms")}`)
    .join(", ");
  return {
    id: "latency",
    title: "Latency percentiles",
    note:
      answered.length === 0
        ? "no request was answered"
        : limitText === ""
          ? "of each moment; the SLA has no limit for all of it"
          : `of each moment; dashed: the SLA's limits (${limitText})`,
    description: worst?.latency
      ? `Lines of p50, p95 and p99. The highest p99 is ${latencyText(worst.latency.p99)}. Limits: ${limitText || "none"}.`
      : "No request was answered.",
    wide: true,
    height: 360,
    phoneHeight: 300,
    option: answered.length === 0 ? undefined : (size) => option(timeline, limits, size),
  };
}

function option(timeline: Timeline, limits: ReturnType<typeof latencyLimits>, size: Size) {
  const time = timeOf(timeline);
  const values = timeline.points.flatMap(({ latency }) =>
    latency ? STATS.map((stat) => latency[stat]) : [],
  );
  const scale = latencyScale([...values, ...limits.map(({ limit }) => limit * HEADROOM)]);
  const series = STATS.map((stat) => ({
    ...line(
      stat,
      stat,
      timeline.points.map((point) => [
        middle(time, point),
        point.latency ? scale.position(point.latency[stat]) : null,
      ]),
    ),
    ...marks(
      limits
        .filter((row) => row.stat === stat)
        .map(({ op, limit }) =>
          level(scale.position(limit), `${stat} ${opSign(op)} ${limitInUnit(limit, "ms")}`, stat),
        ),
    ),
  }));
  return {
    grid: grid(size),
    legend: legend(STATS, size),
    xAxis: timeAxis(time, size),
    yAxis: valueAxis(scale),
    series: [bands(timeline.phases, time, size), ...series],
  };
}
