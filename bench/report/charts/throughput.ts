import { significant } from "../../format.ts";
import type { Run } from "../../results/run-schema.ts";
import { askedPerSecond, loadOf } from "../load.ts";
import type { Timeline } from "../timeline.ts";
import type { Chart, Size } from "./chart.ts";
import { bands, grid, legend, line, middle, timeAxis, timeOf, valueAxis } from "./frame.ts";
import { linearScale, numberTick } from "./scale.ts";

/** Requests a second: against what an open model asked for, or with the callers of a closed one. */
export function throughputChart(run: Run, timeline: Timeline): Chart {
  const load = loadOf(run);
  const achieved = timeline.points.map(({ requests, seconds }) => (seconds > 0 ? requests / seconds : null));
  const most = Math.max(0, ...achieved.map((value) => value ?? 0));
  const empty = timeline.points.every(({ requests }) => requests === 0);
  const shared = { id: "throughput", title: "Throughput", wide: false };
  const description = `Requests answered a second; at most ${significant(most)}.`;
  if (empty)
    return { ...shared, note: "no request was made", description: "No requests.", option: undefined };
  if (load && load.model !== "closed") {
    const asked = askedPerSecond(timeline, load);
    return {
      ...shared,
      note: "requests a second: the plan asked, the target answered",
      description: `${description} The plan asked for at most ${significant(Math.max(0, ...asked.map((v) => v ?? 0)))}.`,
      option: (size) => againstAsked(timeline, achieved, asked, size),
    };
  }
  return {
    ...shared,
    note: "requests a second, and the callers that made them (right axis)",
    description,
    option: (size) => withCallers(timeline, achieved, size),
  };
}

type Values = readonly (number | null)[];

function againstAsked(timeline: Timeline, achieved: Values, asked: Values, size: Size) {
  const time = timeOf(timeline);
  const scale = linearScale(numbers([...achieved, ...asked]), numberTick);
  const at = (values: Values) =>
    timeline.points.map((point, i) => [middle(time, point), values[i] ?? null] as const);
  return {
    grid: grid(size),
    legend: legend(["asked", "answered"], size),
    xAxis: timeAxis(time, size),
    yAxis: valueAxis(scale),
    series: [
      bands(timeline.phases, time, size),
      // Broad and pale under the other line: where the two agree, both are seen.
      line("asked", "asked", at(asked), { width: 5 }),
      line("answered", "achieved", at(achieved)),
    ],
  };
}

function withCallers(timeline: Timeline, achieved: Values, size: Size) {
  const time = timeOf(timeline);
  const callers = timeline.points.map(({ vus }) => vus);
  const callerScale = linearScale(numbers(callers), numberTick);
  return {
    grid: grid(size, { right: 44 }),
    legend: legend(["requests/s", "callers (VUs)"], size),
    xAxis: timeAxis(time, size),
    yAxis: [
      valueAxis(linearScale(numbers(achieved), numberTick)),
      valueAxis(callerScale, { splitLine: { show: false } }),
    ],
    series: [
      bands(timeline.phases, time, size),
      {
        ...line(
          "callers (VUs)",
          "vus",
          timeline.points.map((point, i) => [middle(time, point), callers[i] ?? null]),
          { type: "dashed", width: 1.25 },
        ),
        yAxisIndex: 1,
      },
      line(
        "requests/s",
        "achieved",
        timeline.points.map((point, i) => [middle(time, point), achieved[i] ?? null]),
      ),
    ],
  };
}

function numbers(values: Values): number[] {
  return values.filter((value) => value !== null);
}
