import { latency as latencyText } from "../../format.ts";
import type { Run } from "../../results/run-schema.ts";
import type { ColourName } from "../palette.ts";
import { latencyLimits } from "../scope.ts";
import type { Timeline } from "../timeline.ts";
import type { Chart } from "./chart.ts";
import { limitsOf, linesChart } from "./lines.ts";
import { latencyTick } from "./scale.ts";

const STATS = ["p99.9", "p99", "p95", "p50"] as const;
const TINTS: Readonly<Record<string, ColourName>> = { p50: "p50", p95: "p95", p99: "p99", "p99.9": "p999" };

/** Latency percentiles over time against the limits of the SLA. */
export function latencyChart(run: Run, timeline: Timeline): Chart {
  const limits = limitsOf(latencyLimits(run), ({ stat }) => TINTS[stat] as ColourName);
  const answered = timeline.points.flatMap(({ latency }) => latency ?? []);
  const limitText = limits.map(({ name }) => name).join(", ");
  return linesChart({
    id: "latency",
    title: "Latency percentiles",
    note:
      answered.length === 0
        ? "no request was answered"
        : limitText === ""
          ? "of each moment; the SLA has no limit for all of it"
          : `of each moment; dashed: the SLA's limits (${limitText})`,
    description:
      answered.length === 0
        ? "No request was answered."
        : `Lines of p50, p95, p99 and p99.9. The highest p99 is ${latencyText(Math.max(...answered.map(({ p99 }) => p99)))}. Limits: ${limitText || "none"}.`,
    wide: true,
    height: 360,
    phoneHeight: 300,
    timeline,
    stretches: timeline.points,
    traces: STATS.map((stat) => ({
      name: stat,
      tint: TINTS[stat] as ColourName,
      values: timeline.points.map(({ latency }) => latency?.[stat] ?? null),
      ...(stat === "p99.9" && { style: { width: 1, type: "dotted" as const } }),
    })),
    limits,
    scale: "latency",
    tick: latencyTick,
    text: latencyText,
  });
}
