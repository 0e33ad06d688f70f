import { latency, percent, significant } from "../../format.ts";
import type { Run } from "../../results/run-schema.ts";
import type { Family } from "../figures.ts";
import type { Timeline } from "../timeline.ts";
import type { Chart } from "./chart.ts";
import { type LinesChart, limitsOf, linesChart, type Trace, tracesOf } from "./lines.ts";
import { latencyTick, numberTick, tickOf } from "./scale.ts";

/** What others are compared with. */
const BARE = "none";

const time = { tick: latencyTick, text: (value: number) => latency(value) };
/** Figures in µs that are written as a latency. */
const us = {
  tick: (value: number) => latencyTick(value / 1000),
  text: (value: number) => latency(value / 1000),
};

/** What each variant did, second by second; none of a run with one variant. */
export function variantCharts(run: Run, timeline: Timeline): Chart[] {
  const { points, resources } = timeline;
  if (tracesOf("call-p50", points).length < 2) return [];
  const traces = (family: Family) => {
    const stretches = family === "variant-cpu" || family === "call-cpu" ? resources : points;
    return { timeline, stretches, traces: tracesOf(family, stretches), wide: true };
  };
  const rows = (test: (row: Run["sla"][number]) => boolean) => limitsOf(run.sla.filter(test), () => "limit");
  const added = rows(({ stat }) => stat === "added-p50").map(({ name, ...limit }) => ({
    ...limit,
    name: name.replace("added-p50", "added"),
  }));
  const all: LinesChart[] = [
    {
      ...traces("call-p50"),
      id: "adds-p50",
      title: "Added to p50",
      note: "over the bare variant, second by second; a cost that grows shows here",
      traces: addedTo(tracesOf("call-p50", points)),
      limits: added,
      scale: "signed",
      ...time,
    },
    {
      ...traces("call-p95"),
      id: "adds-p95",
      title: "Added to p95",
      note: "over the bare variant, second by second",
      traces: addedTo(tracesOf("call-p95", points)),
      scale: "signed",
      ...time,
    },
    { ...traces("call-p50"), id: "variant-p50", title: "p50 by variant", note: "time of a request", ...time },
    {
      ...traces("due-p95"),
      id: "variant-p95",
      title: "Latency p95 by variant",
      note: "from when a request was due to its answer",
      limits: rows(({ id }) => id === "full-p95"),
      ...time,
    },
    {
      ...traces("call-cpu"),
      id: "variant-call-cpu",
      title: "CPU of a request by variant",
      note: "what an interceptor costs, and does not make anybody wait for",
      ...us,
    },
    {
      ...traces("variant-cpu"),
      id: "variant-cpu",
      title: "CPU by variant",
      note: "cores that its requests used",
      tick: numberTick,
      text: (value) => significant(value),
    },
    {
      ...traces("calls"),
      id: "variant-requests",
      title: "Requests a second by variant",
      note: "blocks take turns, so every variant has the same share",
      tick: numberTick,
      text: (value) => significant(value),
    },
    {
      ...traces("failed-calls"),
      id: "variant-failed",
      title: "Failed by variant",
      note: "share of its requests",
      limits: rows(({ id, unit }) => id === "failed" && unit === "%"),
      tick: tickOf(percent),
      text: percent,
    },
  ];
  return all.map(linesChart).filter(({ option }) => option !== undefined);
}

/** Each variant less the bare one of the same moment. */
function addedTo(traces: readonly Trace[]): Trace[] {
  const bare = traces.find(({ name }) => name === BARE)?.values;
  if (!bare) return [];
  return traces
    .filter(({ name }) => name !== BARE)
    .map((trace) => ({
      ...trace,
      values: trace.values.map((value, i) => {
        const base = bare[i] ?? null;
        return value === null || base === null ? null : value - base;
      }),
    }));
}
