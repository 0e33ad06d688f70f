import { runAnnotations } from "../parts/annotations.ts";
import { board } from "../parts/board.ts";
import { verdictMappings } from "../parts/codes.ts";
import { graph } from "../parts/graph.ts";
import { influxql } from "../parts/influxql.ts";
import {
  cpuByProcess,
  latencyPercentiles,
  loopDelays,
  memoryByProcess,
  requestRate,
} from "../parts/run-graphs.ts";
import { RUN_OVERVIEW, runsTable, slaTable } from "../parts/run-tables.ts";
import { over, perSecond, REQUESTS, RUN, RUN_NOW, WITHOUT_WARM_UP } from "../parts/select.ts";
import { stat } from "../parts/stat.ts";
import { datasourceVariable, runVariable, targetAndScenario } from "../parts/variables.ts";

/** HTTP says of each request whether it failed; a connector says how many of its packets it rejected. */
const FAILED = {
  http: '100 * sum("yes") / (sum("yes") + sum("no"))',
  packets: '100 * sum("rejected") / sum("received")',
};

const atAGlance = [
  stat({
    title: "Verdict",
    description: "What the run came to. It is written at its end.",
    unit: "short",
    queries: [influxql(`SELECT last("verdict_code") AS "verdict" FROM "verdicts" WHERE ${RUN}`)],
    mappings: verdictMappings(),
    noValue: "running or cut",
  }),
  stat({
    title: "Requests",
    description: "HTTP requests or packets that were sent in the time range, warm-up included.",
    unit: "short",
    queries: [influxql(`SELECT sum("value") AS "requests" FROM ${REQUESTS} WHERE ${RUN_NOW}`)],
  }),
  stat({
    title: "Requests a second",
    description: "The latest rate; behind it, its course.",
    unit: "reqps",
    decimals: 0,
    queries: [influxql(perSecond({ rate: "rate" }, REQUESTS))],
    sparkline: true,
  }),
  stat({
    title: "p50, latest",
    description: "Median latency of the latest second; behind it, its course.",
    unit: "ms",
    queries: [influxql(over({ p50: 'median("p50")' }, '"latency"'))],
    sparkline: true,
  }),
  stat({
    title: "p99, worst second",
    description: "The highest p99 of any second in the time range, without the warm-up.",
    unit: "ms",
    queries: [influxql(`SELECT max("p99") AS "p99" FROM "latency" WHERE ${RUN_NOW} AND ${WITHOUT_WARM_UP}`)],
  }),
  stat({
    title: "Failed",
    description:
      "Share of requests that failed in the time range. Over HTTP as k6 counts them; of packets as the connectors do.",
    unit: "percent",
    decimals: 2,
    queries: [
      influxql(`SELECT ${FAILED.http} AS "failed" FROM "http_req_failed" WHERE ${RUN_NOW}`),
      influxql(`SELECT ${FAILED.packets} AS "failed" FROM "nodes" WHERE ${RUN_NOW}`),
    ],
  }),
];

const outcomes = graph({
  title: "Answers a second",
  description:
    "What became of the requests. Over HTTP: answered, or failed. Packets: fulfilled, rejected, or timed out; a line that is not there was never needed.",
  unit: "reqps",
  queries: [
    influxql(perSecond({ answered: "no", failed: "yes" }, '"http_req_failed"'), { alias: "$col" }),
    influxql(perSecond({ fulfilled: "rate" }, '"packets_fulfilled"'), { alias: "$col" }),
    influxql(perSecond({ failed: "rate" }, '"packets_failed"', { by: "outcome" }), { alias: "$tag_outcome" }),
  ],
})
  .overrideByRegexp("answered|fulfilled", [colour("green")])
  .overrideByRegexp("failed|rejected|timed-out", [colour("red")]);

const failedShare = graph({
  title: "Failed",
  description:
    "Share of requests that failed: over HTTP as k6 counts them, of packets as each connector on their way does. Dashed: the limit of the SLA, in percent over HTTP; of packets none may fail.",
  unit: "percent",
  queries: [
    influxql(over({ failed: FAILED.http }, '"http_req_failed"'), { alias: "HTTP" }),
    influxql(over({ failed: FAILED.packets }, '"nodes"', { by: "node" }), { alias: "rejected by $tag_node" }),
  ],
  limits: { limit: "failed" },
});

const vus = graph({
  title: "Virtual users",
  description:
    "Callers that k6 has at work, and how many it has made. With paced loads each is a connection.",
  unit: "short",
  decimals: 0,
  queries: [influxql(over({ vus: 'max("value")' }, "/^(vus|vus_max)$/"), { alias: "$m" })],
});

const lateness = graph({
  title: "Lateness of the generator",
  description:
    "How late k6 itself was with requests (p99 of each second; none with closed loads, whose callers have no timetable), beside the wait in plimsoll's own event loop. What is late here is not the target's fault.",
  unit: "ms",
  queries: [
    influxql(over({ lag: 'max("p99")' }, '"pacing_lag"'), { alias: "pacing lag p99" }),
    influxql(
      over({ delay: 'max("event_loop_delay_ms")' }, '"resources"', {
        where: `${RUN_NOW} AND "process" = 'bench'`,
      }),
      {
        alias: "plimsoll's event loop",
      },
    ),
  ],
});

function colour(fixedColor: string) {
  return { id: "color", value: { mode: "fixed", fixedColor } };
}

/** Does it hold, and if not, since when and why? */
export const runOverview = board({
  uid: RUN_OVERVIEW,
  title: "Plimsoll: Run overview",
  description: "One run from its load to its verdict: does it hold, and if not, since when and why?",
  variables: [datasourceVariable(), ...targetAndScenario(), runVariable()],
  annotations: [runAnnotations()],
  sections: [
    { title: "At a glance", rows: [{ height: 4, panels: atAGlance }] },
    {
      title: "Load and latency",
      rows: [
        { height: 10, panels: [requestRate(), latencyPercentiles()] },
        { height: 9, panels: [outcomes, failedShare] },
      ],
    },
    {
      title: "Resources",
      rows: [
        { height: 9, panels: [cpuByProcess(), memoryByProcess()] },
        { height: 8, panels: [vus, loopDelays(), lateness] },
      ],
    },
    { title: "SLA", rows: [{ height: 11, panels: [slaTable()] }] },
    { title: "Runs", rows: [{ height: 10, panels: [runsTable()] }] },
  ],
});
