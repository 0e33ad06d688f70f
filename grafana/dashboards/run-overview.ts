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
import {
  A_SECOND,
  FAILED_SHARE,
  over,
  perSecond,
  RUN,
  RUN_NOW,
  TOTALS,
  WITHOUT_WARM_UP,
} from "../parts/select.ts";
import { stat } from "../parts/stat.ts";
import { datasourceVariable, runVariable, targetAndScenario } from "../parts/variables.ts";

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
    queries: [influxql(`SELECT sum("requests") AS "requests" FROM ${TOTALS} WHERE ${RUN_NOW}`)],
  }),
  stat({
    title: "Rate, latest",
    description: "Requests a second, the latest; behind it, its course.",
    unit: "reqps",
    decimals: 0,
    queries: [influxql(over({ rate: 'mean("rate")' }, TOTALS))],
    sparkline: true,
  }),
  stat({
    title: "p50, latest",
    description: "Median latency of the latest second; behind it, its course.",
    unit: "ms",
    queries: [influxql(over({ p50: 'median("p50")' }, TOTALS))],
    sparkline: true,
  }),
  stat({
    title: "p99, worst second",
    description: "The highest p99 of all requests of any second in the time range, without the warm-up.",
    unit: "ms",
    queries: [influxql(`SELECT max("p99") AS "p99" FROM ${TOTALS} WHERE ${RUN_NOW} AND ${WITHOUT_WARM_UP}`)],
  }),
  stat({
    title: "Failed, in all",
    description: "Share of requests or packets that failed in the time range, warm-up included.",
    unit: "percent",
    decimals: 2,
    queries: [influxql(`SELECT ${FAILED_SHARE} AS "failed" FROM ${TOTALS} WHERE ${RUN_NOW}`)],
  }),
];

const outcomes = graph({
  title: "Answers a second",
  description:
    "What became of the requests. Over HTTP: answered, or failed. Packets: fulfilled, or failed, and how; of an outcome that never was there is no line.",
  unit: "reqps",
  queries: [
    influxql(perSecond({ answered: "no" }, '"http_req_failed"'), { alias: "$col" }),
    influxql(over({ failed: 'mean("failed_rate")' }, TOTALS), { alias: "$col" }),
    influxql(perSecond({ fulfilled: "rate" }, '"packets_fulfilled"'), { alias: "$col" }),
    influxql(perSecond({ failed: "rate" }, '"packets_failed"', { by: "outcome" }), { alias: "$tag_outcome" }),
  ],
})
  .overrideByRegexp("answered|fulfilled", [colour("green")])
  .overrideByRegexp("failed|rejected|timed-out", [colour("red")]);

const failedShare = graph({
  title: "Failed",
  description:
    "Share of requests that failed; of packets also the share that each connector on their way rejected. Dashed: the limit of the SLA, in percent over HTTP; of packets none may fail.",
  unit: "percent",
  queries: [
    influxql(over({ failed: FAILED_SHARE }, TOTALS), { alias: "$col" }),
    influxql(over({ rejected: '100 * sum("rejected") / sum("received")' }, '"nodes"', { by: "node" }), {
      alias: "rejected by $tag_node",
    }),
  ],
  limits: { limit: "failed" },
});

const dropped = graph({
  title: "Dropped arrivals a second",
  description:
    "Arrivals that were due and never sent, because no virtual user was free (open loads). They are in no percentile: from the first one on, latency is the time on the wire alone and looks better than it was.",
  unit: "reqps",
  queries: [influxql(over({ dropped: `sum("dropped") ${A_SECOND}` }, TOTALS), { alias: "$col" })],
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
        { height: 9, panels: [outcomes, failedShare, dropped] },
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
