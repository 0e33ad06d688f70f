import { BUILDS } from "../../scenarios/lib/duet.ts";
import { bytes, count, latency } from "../format.ts";
import type { Ab } from "./ab-schema.ts";
import type { Metric } from "./look.ts";
import { LEAST_BEYOND } from "./summary.ts";
import { METRIC_NAMES, signedPercent, spread } from "./verdict.ts";

export const COLUMNS = ["", "A", "B", "B to A", "interval", ""] as const;

/** What was measured of both builds, in words: a row a metric, a cell a column. */
export function rowsOf(ab: Ab): string[][] {
  const sides = (of: (side: Ab["a"]) => number | null | undefined, written: (value: number) => string) =>
    BUILDS.map((build) => {
      const value = of(ab[build]);
      return value === null || value === undefined ? "–" : written(value);
    });
  const judged = (metric: Metric, of: (side: Ab["a"]) => number | null | undefined) => {
    const row = ab.looks.at(-1)?.metrics.find((one) => one.metric === metric);
    const decision = row === undefined || row.decision === "open" ? "undecided" : row.decision;
    const cells = row ? [signedPercent(row.ratio), spread(row)] : ["", ""];
    return [METRIC_NAMES[metric], ...sides(of, latency), ...cells, decision];
  };
  const p99 = ab.p99 ? [signedPercent(ab.p99.ratio), spread(ab.p99)] : ["", ""];
  const memory = ab.a.rssBytes && ab.b.rssBytes ? signedPercent(ab.b.rssBytes / ab.a.rssBytes) : "";
  return [
    judged("latency-mean", ({ latencyMs }) => latencyMs?.mean),
    judged("latency-p50", ({ latencyMs }) => latencyMs?.p50),
    judged("cpu", ({ cpuMsPerRequest }) => cpuMsPerRequest),
    ["latency, p99", ...sides(({ latencyMs }) => latencyMs?.p99, latency), ...p99, "not judged"],
    ["memory", ...sides(({ rssBytes }) => rssBytes, bytes), memory, "", "not judged"],
  ];
}

/** The columns are of all requests, so their ratio may even lie on the other side of 1. */
const RATIO =
  "B to A of what is judged: the mean of paired seconds without the extreme fifth at either end, not the ratio of the two columns.";

/** What to bear in mind of them, a sentence each. */
export function remarksOf({ a, b, p99, shape, looks, notes }: Ab): string[] {
  const rounds = looks.at(-1)?.rounds;
  const measured = `${count(a.requests)} requests to each in ${rounds} rounds of ${shape.pairs} s`;
  const planned = shape.rounds - 1;
  const few = p99 === null && Math.min(a.requests, b.requests) > 0;
  return [
    ...(rounds === undefined ? [] : [RATIO]),
    ...(rounds === undefined
      ? []
      : [`${measured}; intervals allow for ${planned} ${planned === 1 ? "look" : "looks"}.`]),
    ...(few ? [`p99 has no ratio: it takes ${count(100 * LEAST_BEYOND)} requests to each.`] : []),
    ...notes.map((note) => `Note: ${note}.`),
  ];
}
