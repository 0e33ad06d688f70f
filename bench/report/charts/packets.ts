import { count, latency, percent, significant } from "../../format.ts";
import type { Run } from "../../results/run-schema.ts";
import type { Family } from "../figures.ts";
import type { Timeline } from "../timeline.ts";
import type { Chart } from "./chart.ts";
import { limitsOf, linesChart, type Trace, tracesOf } from "./lines.ts";
import { latencyTick, numberTick, tickOf } from "./scale.ts";

const rate = { tick: numberTick, text: (value: number) => significant(value) };
const whole = { tick: numberTick, text: (value: number) => count(value) };
const time = { tick: latencyTick, text: (value: number) => latency(value) };

interface ConnectorChart {
  readonly id: Family;
  readonly title: string;
  readonly note: string;
  readonly tick: (value: number) => string;
  readonly text: (value: number) => string;
}

/** What connectors tell, a line each: a chart for each of these. */
const BY_CONNECTOR: readonly ConnectorChart[] = [
  {
    id: "node-p50",
    title: "p50 by connector",
    note: "from receipt to answer, all behind it included",
    ...time,
  },
  { id: "node-p99", title: "p99 by connector", note: "the same at p99", ...time },
  {
    id: "fulfilled",
    title: "Fulfilled by connector",
    note: "packets a second; where lines part, packets were lost",
    ...rate,
  },
  {
    id: "rejected",
    title: "Rejected by connector",
    note: "packets a second, its own and those from behind it",
    ...rate,
  },
  { id: "held", title: "Held packets", note: "that went on and are not answered yet", ...whole },
  {
    id: "ledger-queue",
    title: "Ledger queue",
    note: "entries that are not on disk yet, two a packet",
    ...whole,
  },
  { id: "commit-ms", title: "Time of a commit", note: "mean; every Fulfill waits for one", ...time },
  {
    id: "commit-entries",
    title: "Entries a commit",
    note: "mean; more at once is fewer waits for the disk",
    ...rate,
  },
  {
    id: "telemetry-dropped",
    title: "Telemetry dropped",
    note: "events a second that never reach the hub",
    ...rate,
  },
  { id: "telemetry-waiting", title: "Telemetry waiting", note: "events that wait for the hub", ...whole },
];

/** A run of packets, second by second: what became of them, for its section over time. */
export function outcomesChart(timeline: Timeline): Chart | undefined {
  const traces = tracesOf("outcome", timeline.points);
  if (traces.length === 0) return undefined;
  if (!traces.some(({ name }) => name === "failed")) traces.push(noneFailed(timeline));
  return linesChart({
    id: "outcomes",
    title: "Packets by outcome",
    note: "a second; sent and fulfilled lie on each other while nothing is lost",
    timeline,
    stretches: timeline.points,
    // Sent is broad and pale under the others: where two agree, both are seen.
    traces: traces.map((trace) => ({
      ...trace,
      tint: TINTS[trace.name] ?? trace.tint,
      ...(trace.name === "sent" && { style: { width: 5 } }),
    })),
    ...rate,
  });
}

/** Good and bad must not look alike. */
const TINTS: Readonly<Record<string, Trace["tint"]>> = {
  sent: "asked",
  fulfilled: "achieved",
  rejected: "failed",
  "timed-out": "dropped",
};

function noneFailed({ points }: Timeline): Trace {
  return { name: "failed", tint: "failed", values: points.map(() => 0) };
}

/** What each connector on the way told of itself, and how the telemetry of all of them came; none of any other run. */
export function connectorCharts(run: Run, timeline: Timeline): Chart[] {
  const { resources } = timeline;
  const several = tracesOf("node-p50", resources).length > 1;
  const charts = BY_CONNECTOR.map((chart) =>
    linesChart({ ...chart, timeline, stretches: resources, traces: tracesOf(chart.id, resources) }),
  );
  const telemetry = [telemetryChart(run, timeline), missingChart(run, timeline)];
  return [...(several ? [hopsChart(timeline)] : []), ...charts, ...telemetry].filter(
    ({ option }) => option !== undefined,
  );
}

/**
 * A connector's p50 holds those of all behind it, so what is its own is the difference to the next one's: of connectors in
 * a line, in the order of their names.
 */
function hopsChart(timeline: Timeline): Chart {
  const { resources } = timeline;
  const all = tracesOf("node-p50", resources);
  return linesChart({
    id: "hops",
    title: "Time in each connector",
    note: "p50, to the next one: the difference of neighbours",
    timeline,
    stretches: resources,
    traces: all.map((trace, n) => ({
      ...trace,
      values: trace.values.map((value, i) => {
        const behind = n + 1 === all.length ? 0 : (all[n + 1]?.values[i] ?? null);
        // Medians do not add up exactly: a difference below zero says nothing.
        return value === null || behind === null || value < behind ? null : value - behind;
      }),
    })),
    ...time,
  });
}

/** Metrics of telemetry that an SLA may name. */
const TELEMETRY = new Set(["telemetry_delay", "heartbeat"]);

function telemetryChart(run: Run, timeline: Timeline): Chart {
  return linesChart({
    id: "telemetry",
    title: "Telemetry in time",
    note: "p95 of a second; a packet to its telemetry, a heartbeat, first hop to last",
    timeline,
    stretches: timeline.points,
    traces: tracesOf("telemetry", timeline.points),
    limits: limitsOf(
      run.sla.filter(({ metric, unit }) => TELEMETRY.has(metric) && unit === "ms"),
      () => "limit",
    ),
    ...time,
    scale: "latency",
  });
}

/** What is missing of a hundred percent, since a packet in a thousand would not be seen below a line of all others. */
function missingChart(run: Run, timeline: Timeline): Chart {
  const rows = run.sla.filter(({ metric, unit }) => metric === "telemetry_complete" && unit === "%");
  return linesChart({
    id: "telemetry-missing",
    title: "Telemetry missing",
    note: "share of packets that some connector did not tell all of",
    timeline,
    stretches: timeline.points,
    traces: tracesOf("telemetry-complete", timeline.points).map(({ values }) => ({
      name: "missing",
      tint: "failed",
      values: values.map((value) => (value === null ? null : 100 - value)),
      style: { area: true },
    })),
    limits: limitsOf(rows, () => "limit").map(({ value, name, tint }) => ({
      value: 100 - value,
      name: name.replace("share", "complete"),
      tint,
    })),
    tick: tickOf(percent),
    text: percent,
  });
}
