import { board } from "../parts/board.ts";
import { verdictMappings } from "../parts/codes.ts";
import { influxql } from "../parts/influxql.ts";
import { chosen, TOTALS, WITHOUT_WARM_UP } from "../parts/select.ts";
import { bars, stat } from "../parts/stat.ts";
import { table } from "../parts/table.ts";
import { NO_PROCESS } from "../parts/unseen.ts";
import { choice, datasourceVariable, targetAndScenario, twoRuns } from "../parts/variables.ts";
import { type Curve, xyChart } from "../parts/xy-chart.ts";

const RUNS = ["A", "B"] as const;
type Name = (typeof RUNS)[number];

const of = (name: Name) => chosen("run", `run${name}`);
/** Seconds a step has, as the user chose. */
const STEP = `\${step}`;
/** Steps that a curve is smoothed over: second by second, two runs are two clouds. */
const SMOOTHED = 3;

/**
 * A curve of a run over the seconds since its target was ready. Runs lie days apart and InfluxQL has no arithmetic on time,
 * so points carry that time as a field; it is smoothed as what it belongs to, or the curve would lag. No time range: both
 * runs are whole.
 */
function curve(name: Name, aggregate: string, from: string, where = ""): Curve {
  const [x, y] = [`seconds of ${name}`, `run ${name}`];
  const smooth = (field: string) => `moving_average("${field}", ${SMOOTHED})`;
  const steps = `SELECT mean("elapsed_s") AS "at", ${aggregate} AS "v" FROM ${from} WHERE ${of(name)}${where} GROUP BY time(${STEP}s) fill(none)`;
  const query = `SELECT ${smooth("at")} AS "${x}", ${smooth("v")} AS "${y}" FROM (${steps})`;
  return { name: y, x, y, query: influxql(query, { table: true }) };
}

function curves(
  title: string,
  description: string,
  unit: string,
  make: (name: Name) => Curve,
  noValue?: string,
) {
  return xyChart({
    title,
    description: `${description} Both runs begin at 0, whenever they were; smoothed over ${SMOOTHED} steps.`,
    unit,
    xLabel: "seconds since the target was ready",
    curves: RUNS.map(make),
    ...(noValue !== undefined && { noValue }),
  });
}

const verdict = (name: Name) =>
  stat({
    title: `Verdict of run ${name}`,
    description: `What run ${name} came to. It is written at its end.`,
    unit: "short",
    queries: [influxql(`SELECT last("verdict_code") AS "verdict" FROM "verdicts" WHERE ${of(name)}`)],
    mappings: verdictMappings(),
    noValue: "running or cut",
  });

const percentiles = bars({
  title: "Latency, mean second",
  description:
    "Mean over the seconds of the run, without its warm-up, of the p50 and p99 of all requests of each. What the SLA judged, over a whole phase at once, is in the table.",
  unit: "ms",
  decimals: 2,
  queries: (["p50", "p99"] as const).flatMap((percentile) =>
    RUNS.map((name) =>
      influxql(
        `SELECT mean("${percentile}") AS "v" FROM ${TOTALS} WHERE ${of(name)} AND ${WITHOUT_WARM_UP}`,
        {
          alias: `${percentile} of ${name}`,
        },
      ),
    ),
  ),
});

/** To InfluxQL a number over zero is zero: what is divided by is only taken where it is none. */
const value = (as: string, name: Name, where = "") =>
  `(SELECT "value" AS "${as}" FROM "sla" WHERE ${of(name)}${where})`;

const rows = table({
  title: "SLA rows side by side",
  description:
    "What was measured for each row of the SLA, in both runs, B less A, and B over A: 2 is twice as much, and there is none where A is zero. A row that only one of them has stands alone. Ratios of one pair of runs hold noise of some 15 %.",
  queries: [
    influxql(
      `SELECT max("a") AS "run A", max("b") AS "run B", max("b") - max("a") AS "B - A", max("b") / max("base") AS "B over A" FROM ${value("a", "A")}, ${value("b", "B")}, ${value("base", "A", ' AND "value" != 0')} GROUP BY "id"`,
      { table: true },
    ),
  ],
  columns: [
    { name: "id", title: "row" },
    { name: "run A", width: 170 },
    { name: "run B", width: 170 },
    { name: "B - A", width: 170 },
    { name: "B over A", width: 170, decimals: 2 },
  ],
  sortBy: { column: "id", desc: false },
});

/** Is run B slower than run A? */
export const compareRuns = board({
  uid: "plimsoll-compare",
  title: "Plimsoll: Compare runs",
  description:
    "Two runs beside each other, whenever they were: what did a change cost? Both are whole: the time range does not matter.",
  refresh: "",
  variables: [
    datasourceVariable(),
    ...targetAndScenario(),
    ...twoRuns(),
    choice(
      "step",
      "Step, s",
      `Seconds a point stands for; more for long runs: a curve begins at the ${SMOOTHED}rd step.`,
      ["1", "5", "10"],
    ),
  ],
  sections: [
    {
      title: "What they came to",
      rows: [
        {
          height: 7,
          panels: [
            [verdict("A"), 4],
            [verdict("B"), 4],
            [percentiles, 16],
          ],
        },
        { height: 11, panels: [rows] },
      ],
    },
    {
      title: "Latency",
      rows: [
        {
          height: 10,
          panels: [
            curves("p50", "Median latency.", "ms", (name) => curve(name, 'median("p50")', TOTALS)),
            curves("p99", "The worst p99 of each step.", "ms", (name) => curve(name, 'max("p99")', TOTALS)),
          ],
        },
      ],
    },
    {
      title: "Load and resources",
      rows: [
        {
          height: 10,
          panels: [
            curves("Requests a second", "What was sent.", "reqps", (name) =>
              curve(name, 'mean("rate")', TOTALS),
            ),
            curves(
              "CPU of the target",
              "Cores that the target used, all of its processes together.",
              "short",
              (name) => curve(name, 'mean("cpu_cores")', '"resources"', ` AND "process" = 'target'`),
              NO_PROCESS,
            ),
            curves(
              "Memory of the target",
              "Resident memory, all of its processes together.",
              "bytes",
              (name) => curve(name, 'max("rss_bytes")', '"resources"', ` AND "process" = 'target'`),
              NO_PROCESS,
            ),
          ],
        },
      ],
    },
  ],
});
