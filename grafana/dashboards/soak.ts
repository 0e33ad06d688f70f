import { runAnnotations } from "../parts/annotations.ts";
import { board } from "../parts/board.ts";
import { graph } from "../parts/graph.ts";
import { influxql } from "../parts/influxql.ts";
import {
  byProcess,
  cpuByProcess,
  LATENCY_LIMITS,
  loopDelays,
  memoryByProcess,
  requestRate,
} from "../parts/run-graphs.ts";
import { slaTable } from "../parts/run-tables.ts";
import { over, RUN_NOW, TOTALS, WITHOUT_WARM_UP } from "../parts/select.ts";
import { bars, stat } from "../parts/stat.ts";
import { NO_HEAP } from "../parts/unseen.ts";
import { datasourceVariable, runVariable, targetAndScenario } from "../parts/variables.ts";

const LOADED = `${RUN_NOW} AND ${WITHOUT_WARM_UP}`;
/** Into so many parts a time range is cut, and the last is set against the first: a minute each of a quarter of an hour. */
const PARTS = 15;
const BY_PART = "GROUP BY time($__interval)";

/** From the first part of the time range to the last. */
function drift(value: string, from: string, where: string, by = "") {
  return `SELECT last("v") - first("v") AS "drift" FROM (SELECT ${value} AS "v" FROM ${from} WHERE ${where} ${BY_PART}${by} fill(none))`;
}

const driftOf = (percentile: "p50" | "p99") =>
  stat({
    title: `${percentile}, drift`,
    description: `Mean ${percentile} of the seconds of the last fifteenth of the time range, less that of the first, without the warm-up. Near zero when nothing wears out.`,
    unit: "ms",
    decimals: 2,
    queries: [influxql(drift(`mean("${percentile}")`, TOTALS, LOADED))],
  }).maxDataPoints(PARTS);

const growth = bars({
  title: "Growth of memory",
  description:
    "Resident memory in the last fifteenth of the time range against the first, in percent, by process. Processes that start fill their heap: take a time range that leaves the first minutes out.",
  unit: "percent",
  decimals: 1,
  queries: [
    influxql(
      `SELECT 100 * (last("v") - first("v")) / first("v") AS "growth" FROM (SELECT mean("rss_bytes") AS "v" FROM "resources" WHERE ${RUN_NOW} ${BY_PART}, "process" fill(none)) GROUP BY "process"`,
      { alias: "$tag_process" },
    ),
  ],
}).maxDataPoints(PARTS);

const heap = graph({
  title: "Heap",
  description:
    "Heap in use after each second, of processes that tell it: a server of your own that has no admin address tells none. Collections make it a saw; what counts is whether its lower edge climbs. Dashed: the limit on the connector.",
  unit: "bytes",
  queries: [byProcess("heap_bytes")],
  noValue: NO_HEAP,
  limits: { limit: "connector-heap" },
});

const p99 = graph({
  title: "Latency p99",
  description:
    "p99 of each second: the median second of an interval and the worst. A median that climbs is drift; a worst that stands out is a pause. Dashed: the limit of the SLA.",
  unit: "ms",
  queries: [
    influxql(over({ "median second": 'median("p99")', "worst second": 'max("p99")' }, TOTALS), {
      alias: "$col",
    }),
  ],
  limits: { "limit p99": LATENCY_LIMITS["limit p99"] },
});

const p50 = graph({
  title: "Latency p50",
  description:
    "p50 of each second, median and worst of an interval. It moves when every packet takes longer, not only the unlucky.",
  unit: "ms",
  queries: [
    influxql(over({ "median second": 'median("p50")', "worst second": 'max("p50")' }, TOTALS), {
      alias: "$col",
    }),
  ],
});

/** Does it hold for an hour: does memory grow, does latency drift? */
export const soak = board({
  uid: "plimsoll-soak",
  title: "Plimsoll: Soak",
  description: "A long run: does memory grow, does latency drift, does anything wear out?",
  from: "now-1h",
  variables: [datasourceVariable(), ...targetAndScenario(), runVariable()],
  annotations: [runAnnotations()],
  sections: [
    {
      title: "Drift",
      rows: [
        {
          height: 7,
          panels: [
            [driftOf("p50"), 5],
            [driftOf("p99"), 5],
            [growth, 14],
          ],
        },
      ],
    },
    {
      title: "Memory",
      rows: [{ height: 10, panels: [memoryByProcess(), heap] }],
    },
    {
      title: "Latency",
      rows: [{ height: 10, panels: [p50, p99] }],
    },
    {
      title: "Load and resources",
      rows: [{ height: 10, panels: [requestRate(), cpuByProcess(), loopDelays()] }],
    },
    { title: "SLA", rows: [{ height: 11, panels: [slaTable()] }] },
  ],
});
