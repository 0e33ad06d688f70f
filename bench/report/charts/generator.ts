import { bytes, count, latency, significant } from "../../format.ts";
import type { Family } from "../figures.ts";
import type { Timeline } from "../timeline.ts";
import type { Chart } from "./chart.ts";
import { type LinesChart, linesChart, type Trace, tracesOf } from "./lines.ts";
import { latencyTick, numberTick, tickOf } from "./scale.ts";

/** A line says something from so many values on. */
const ENOUGH = 3;

/** Of a script that sends over connections it keeps k6 tells bytes and iterations when those end: once, at the end. */
const AT_THE_END = new Set(["request-parts", "iterations", "traffic"]);

/** Callers at work, and how many k6 has made. */
export function callersChart(timeline: Timeline): Chart {
  return linesChart({
    ...lines(timeline, "callers"),
    id: "callers",
    title: "Virtual users",
    note: "callers at work, and how many k6 has made",
    tick: numberTick,
    text: (value) => count(value),
  });
}

function lines(timeline: Timeline, family: Family) {
  const { points } = timeline;
  return { timeline, stretches: points, traces: tracesOf(family, points) };
}

/**
 * What k6 did itself: lateness, and of each request where its time went.
 *
 * @param kept whether requests went over connections that were kept
 */
export function generatorCharts(timeline: Timeline, kept: boolean): Chart[] {
  const of = (family: Family) => lines(timeline, family);
  const all: LinesChart[] = [
    {
      ...of("lag"),
      id: "lateness",
      title: "Lateness of the generator",
      note: "p99 of a second; what is late here is not the target's fault",
      tick: latencyTick,
      text: (value) => latency(value),
    },
    {
      ...of("part"),
      id: "request-parts",
      title: "Where a request's time goes",
      note: "mean of each part, as k6 takes it",
      tick: latencyTick,
      text: (value) => latency(value),
      scale: "latency",
    },
    {
      ...of("iterations"),
      id: "iterations",
      title: "Iterations",
      note: "a second: ended, and arrivals that were dropped",
      tick: numberTick,
      text: (value) => significant(value),
    },
    {
      ...of("traffic"),
      id: "traffic",
      title: "Traffic",
      note: "bytes a second that k6 sent and received",
      tick: tickOf((value) => `${bytes(value)}/s`),
      text: (value) => `${bytes(value)}/s`,
    },
  ];
  return all
    .filter(({ id }) => !kept || !AT_THE_END.has(id))
    .map((chart) => ({ ...chart, traces: chart.traces.filter(tells) }))
    .filter(({ traces }) => traces.length > 0)
    .map(linesChart);
}

function tells({ values }: Trace): boolean {
  return values.filter((value) => value !== null && value !== 0).length >= ENOUGH;
}
