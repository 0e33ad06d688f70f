import { duration, latency } from "../../format.ts";
import type { Findings } from "../../results/run-schema.ts";
import type { Timeline } from "../timeline.ts";
import type { Chart, Size } from "./chart.ts";
import { bands, grid, level, line, marks, middle, timeAxis, timeOf, upright, valueAxis } from "./frame.ts";
import { latencyScale } from "./scale.ts";

type Recovery = NonNullable<Findings["recovery"]>;

/** spike: p95 from before the spike until it was back for good. */
export function recoveryChart(recovery: Recovery, timeline: Timeline): Chart {
  const said =
    recovery.seconds === null
      ? `not back within ${duration(recovery.observedSeconds)} of the end of the spike`
      : `back for good ${duration(recovery.seconds)} after the end of the spike`;
  const answered = timeline.points.some((point) => point.latency !== undefined);
  return {
    id: "recovery",
    title: "Recovery after the spike",
    note: `p95 ${said}; dashed: what counts as back`,
    description: `p95 was ${latency(recovery.beforeP95Ms)} before the spike and ${said} (under ${latency(recovery.limitMs)}).`,
    wide: true,
    height: 240,
    option: answered ? (size) => option(recovery, timeline, size) : undefined,
  };
}

function option({ beforeP95Ms, limitMs, seconds }: Recovery, timeline: Timeline, size: Size) {
  const time = timeOf(timeline);
  const p95 = timeline.points.map((point) => [middle(time, point), point.latency?.p95 ?? null] as const);
  const values = p95.flatMap(([, value]) => (value === null ? [] : [value]));
  const scale = latencyScale([...values, limitMs, beforeP95Ms], 6);
  const spikeEndMs = timeline.phases.findLast(({ name }) => name === "spike")?.toMs;
  const backAt =
    spikeEndMs === undefined || seconds === null ? undefined : (spikeEndMs - time.startMs) / 1000 + seconds;
  return {
    grid: grid(size, { top: 40 }),
    xAxis: timeAxis(time, size),
    yAxis: valueAxis(scale),
    series: [
      bands(timeline.phases, time, size),
      {
        ...line(
          "p95",
          "p95",
          p95.map(([at, value]) => [at, value === null ? null : scale.position(value)] as const),
        ),
        ...marks([
          level(scale.position(limitMs), `back: p95 ≤ ${latency(limitMs)}`, "limit"),
          ...(backAt === undefined ? [] : [upright(backAt, "recovered", "achieved", 16)]),
        ]),
      },
    ],
  };
}
