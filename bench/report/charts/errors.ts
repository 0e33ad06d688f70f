import { count, percent, significant } from "../../format.ts";
import type { Run } from "../../results/run-schema.ts";
import type { Timeline } from "../timeline.ts";
import type { Chart } from "./chart.ts";
import { limitsOf, linesChart } from "./lines.ts";
import { numberTick, tickOf } from "./scale.ts";

/** Failed requests and dropped arrivals a second; a run without any gets its flat line as well. */
export function errorsChart(timeline: Timeline): Chart {
  const total = (of: "failed" | "dropped") => timeline.points.reduce((sum, point) => sum + point[of], 0);
  const [failed, dropped] = [total("failed"), total("dropped")];
  const words = [
    failed === 0 ? "no failed requests" : `${count(failed)} failed requests`,
    dropped === 0 ? "no dropped arrivals" : `${count(dropped)} dropped arrivals`,
  ].join(", ");
  const rate = (of: "failed" | "dropped") =>
    timeline.points.map((point) => (point.seconds > 0 ? point[of] / point.seconds : null));
  const empty = timeline.points.length === 0;
  return linesChart({
    id: "errors",
    title: "Errors",
    note: empty ? "nothing was measured" : `${words}; per second`,
    ...(empty && { description: "Nothing was measured." }),
    timeline,
    stretches: timeline.points,
    traces: (["failed", "dropped"] as const).map((of) => ({
      name: `${of}/s`,
      tint: of,
      values: rate(of),
      style: { area: true },
    })),
    tick: numberTick,
    text: (value) => significant(value),
  });
}

/** Share of requests that failed, against its limit. */
export function failedShareChart(run: Run, timeline: Timeline): Chart {
  const limits = run.sla.filter(({ id, unit }) => id === "failed" && unit === "%");
  return linesChart({
    id: "failed-share",
    title: "Failed",
    note: limits.length > 0 ? "share of requests; dashed: the SLA's limit" : "share of requests",
    timeline,
    stretches: timeline.points,
    traces: [
      {
        name: "failed",
        tint: "failed",
        values: timeline.points.map(({ failed, requests }) =>
          requests > 0 ? Math.min(100, (100 * failed) / requests) : null,
        ),
        style: { area: true },
      },
    ],
    limits: limitsOf(limits, () => "limit"),
    tick: tickOf(percent),
    text: percent,
  });
}
