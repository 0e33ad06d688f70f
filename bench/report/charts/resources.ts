import { bytes, cores, latency } from "../../format.ts";
import type { Run } from "../../results/run-schema.ts";
import type { Family } from "../figures.ts";
import type { Timeline } from "../timeline.ts";
import type { Chart } from "./chart.ts";
import { limitsOf, linesChart, tracesOf } from "./lines.ts";
import { bytesTick, latencyTick, numberTick } from "./scale.ts";

interface ResourceChart {
  readonly id: string;
  readonly family: Family;
  readonly title: string;
  readonly note: string;
  /** What the SLA calls it, and the statistic of a row that is a level of it. */
  readonly metric?: string;
  readonly tick: (value: number) => string;
  readonly text: (value: number) => string;
}

const CHARTS: readonly ResourceChart[] = [
  {
    id: "cpu",
    family: "cpu",
    title: "CPU",
    note: "cores in use by process",
    metric: "target_cpu_cores",
    tick: numberTick,
    text: (value) => cores(value),
  },
  {
    id: "memory",
    family: "rss",
    title: "Memory",
    note: "resident memory by process",
    metric: "target_rss_bytes",
    tick: bytesTick,
    text: (value) => bytes(value),
  },
  {
    id: "heap",
    family: "heap",
    title: "Heap",
    note: "JavaScript heap in use, of processes that tell it",
    metric: "target_heap_bytes",
    tick: bytesTick,
    text: (value) => bytes(value),
  },
  {
    id: "event-loop",
    family: "loop",
    title: "Event-loop delay",
    note: "how late a callback that is due runs, p99 of a second",
    tick: latencyTick,
    text: (value) => latency(value),
  },
];

/** Statistics whose limit is a level of the line itself: growth, say, is none. */
const LEVELS = new Set(["max", "avg", "p95"]);

function ofMachine({ host, generator }: Run): string {
  const stolen = generator.stolenCpuCores ? "; stolen: kept by its host for others" : "";
  return `of the ${host.cores} this machine has${stolen}`;
}

/** What the processes used. A chart that nobody told anything for is left out, but for the two that every run has. */
export function resourceCharts(run: Run, timeline: Timeline): Chart[] {
  return CHARTS.map(({ family, metric, ...chart }) =>
    linesChart({
      ...chart,
      note: family === "cpu" ? `${chart.note}, ${ofMachine(run)}` : chart.note,
      timeline,
      stretches: timeline.resources,
      traces: tracesOf(family, timeline.resources),
      limits: limitsOf(
        run.sla.filter((row) => row.metric === metric && LEVELS.has(row.stat)),
        () => "limit",
      ),
    }),
  ).filter(({ id, option }) => option !== undefined || id === "cpu" || id === "memory");
}
