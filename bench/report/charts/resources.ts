import { bytes, cores, latency, limitInUnit, opSign } from "../../format.ts";
import type { Run } from "../../results/run-schema.ts";
import type { ColourName } from "../palette.ts";
import type { ResourcePoint, Timeline } from "../timeline.ts";
import type { Chart, Size } from "./chart.ts";
import { bands, grid, legend, level, line, marks, middle, timeAxis, timeOf, valueAxis } from "./frame.ts";
import { bytesTick, latencyTick, linearScale, numberTick } from "./scale.ts";

/** Room above the line of a limit for its label. */
const HEADROOM = 1.1;

type Field = Exclude<keyof ResourcePoint, "fromMs" | "toMs">;

interface Trace {
  readonly name: string;
  readonly tint: ColourName;
  readonly field: Field;
}

const CPU: readonly Trace[] = [
  { name: "target", tint: "target", field: "targetCpuCores" },
  { name: "k6", tint: "k6", field: "k6CpuCores" },
  { name: "bench", tint: "bench", field: "benchCpuCores" },
];

const MEMORY: readonly Trace[] = [
  { name: "target RSS", tint: "target", field: "targetRssBytes" },
  { name: "target heap", tint: "achieved", field: "targetHeapBytes" },
];

const LOOP: readonly Trace[] = [{ name: "target", tint: "target", field: "eventLoopDelayMs" }];

export function cpuChart(run: Run, timeline: Timeline): Chart {
  return {
    ...resourceChart(run, timeline, CPU, "target_cpu_cores", numberTick, (value) => cores(value)),
    id: "cpu",
    title: "CPU",
    note: `cores in use, of the ${run.host.cores} this machine has`,
  };
}

export function memoryChart(run: Run, timeline: Timeline): Chart {
  return {
    ...resourceChart(run, timeline, MEMORY, "target_rss_bytes", bytesTick, (value) => bytes(value)),
    id: "memory",
    title: "Memory",
    note: "resident memory of the target, and its JavaScript heap",
  };
}

export function loopDelayChart(run: Run, timeline: Timeline): Chart {
  return {
    ...resourceChart(run, timeline, LOOP, "target_event_loop_delay", latencyTick, (value) => latency(value)),
    id: "event-loop",
    title: "Event-loop delay of the target",
    note: "how late a callback that is due runs",
  };
}

function resourceChart(
  run: Run,
  timeline: Timeline,
  traces: readonly Trace[],
  metric: string,
  tick: (value: number) => string,
  text: (value: number) => string,
) {
  const shown = traces.filter(({ field }) => timeline.resources.some((point) => point[field] !== null));
  const greatest = shown.map(({ name, field }) => {
    const max = timeline.resources.reduce((most, point) => Math.max(most, point[field] ?? 0), 0);
    return `${name} at most ${text(max)}`;
  });
  const limits = run.sla.filter((row) => row.metric === metric);
  const draw = (size: Size) => {
    const time = timeOf(timeline);
    const within = timeline.resources.filter(
      ({ fromMs, toMs }) => toMs > time.startMs && fromMs < time.startMs + time.seconds * 1000,
    );
    const values = within.flatMap((point) => shown.map(({ field }) => point[field] ?? 0));
    const scale = linearScale([...values, ...limits.map(({ limit }) => limit * HEADROOM)], tick);
    const series = shown.map(({ name, tint, field }) =>
      line(
        name,
        tint,
        within.map((point) => [middle(time, point), point[field]] as const),
      ),
    );
    const levels = limits.map(({ stat, op, limit, unit }) =>
      level(limit, `target ${stat} ${opSign(op)} ${limitInUnit(limit, unit)}`, "target"),
    );
    return {
      grid: grid(size),
      legend: legend(
        shown.map(({ name }) => name),
        size,
      ),
      xAxis: timeAxis(time, size),
      yAxis: valueAxis(scale),
      series: [
        bands(timeline.phases, time, size),
        ...series.map((one, i) => (i === 0 ? { ...one, ...marks(levels) } : one)),
      ],
    };
  };
  return {
    wide: false,
    description: greatest.length > 0 ? `${greatest.join(", ")}.` : "Nothing was sampled.",
    option: shown.length === 0 ? undefined : draw,
  };
}
