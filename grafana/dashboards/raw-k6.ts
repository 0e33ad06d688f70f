import { board, RAW_TAG } from "../parts/board.ts";
import { graph } from "../parts/graph.ts";
import { influxql } from "../parts/influxql.ts";
import { A_SECOND, chosen } from "../parts/select.ts";
import { stat } from "../parts/stat.ts";
import { table } from "../parts/table.ts";
import { anyOf, datasourceVariable, RAW_K6 } from "../parts/variables.ts";

/**
 * What k6's own output writes: measurement = metric, field `value`, a point a sample, with k6's tags. `run` and
 * `target` are tags of the user's (`k6 run --tag run=... --tag target=...`); `.*` matches points without them too.
 */
const TAGGED = `${chosen("run")} AND ${chosen("target")}`;
const CHOSEN = `${TAGGED} AND ${chosen("scenario")} AND $timeFilter`;
/** VUs belong to no scenario. */
const OF_RUN = `${TAGGED} AND $timeFilter`;
const STEPS = "GROUP BY time($__interval)";

/** Latency from the intended start where our scripts ran, k6's own time of a request, or of a connection, elsewhere. */
const LATENCY = "/^(latency|http_req_duration)$/";
const REQUESTS = "/^(http_reqs|packets)$/";

const select = (what: string, from: string, by = "", where = CHOSEN) =>
  `SELECT ${what} FROM ${from} WHERE ${where} ${STEPS}${by} fill(none)`;

const latency = graph({
  title: "Latency",
  description:
    "Percentiles of the samples of each interval. `latency`: from the intended start, as our scripts take it; `http_req_duration`: k6's own, from the sending.",
  unit: "ms",
  queries: [
    influxql(
      select(
        'median("value") AS "p50", percentile("value", 95) AS "p95", percentile("value", 99) AS "p99"',
        LATENCY,
      ),
      { alias: "$m $col" },
    ),
  ],
});

const requests = graph({
  title: "Requests a second",
  description: "Samples of each interval over its length: a rate, not a count an interval.",
  unit: "reqps",
  queries: [influxql(select(`sum("value") ${A_SECOND} AS "rate"`, REQUESTS), { alias: "$m" })],
});

const answers = graph({
  title: "Answers a second",
  description:
    "What became of requests. Over HTTP: answered or failed, by k6's own rule. Packets: fulfilled, and failed by outcome; a line that is not there was never needed.",
  unit: "reqps",
  queries: [
    influxql(
      select(
        `(count("value") - sum("value")) ${A_SECOND} AS "answered", sum("value") ${A_SECOND} AS "failed"`,
        '"http_req_failed"',
      ),
      { alias: "$col" },
    ),
    influxql(select(`sum("value") ${A_SECOND} AS "fulfilled"`, '"packets_fulfilled"'), { alias: "$col" }),
    influxql(select(`sum("value") ${A_SECOND} AS "failed"`, '"packets_failed"', ', "outcome"'), {
      alias: "$tag_outcome",
    }),
  ],
});

const vus = graph({
  title: "Virtual users",
  description: "Callers at work, and how many k6 has made.",
  unit: "short",
  decimals: 0,
  queries: [influxql(select('max("value") AS "v"', "/^(vus|vus_max)$/", "", OF_RUN), { alias: "$m" })],
});

const iterations = graph({
  title: "Iterations a second",
  description:
    "Iterations that ended, and arrivals that were dropped because no virtual user was free. A paced script has one long iteration a connection, so its line has points at its end only.",
  unit: "short",
  queries: [
    influxql(select(`sum("value") ${A_SECOND} AS "v"`, "/^(iterations|dropped_iterations)$/"), {
      alias: "$m",
    }),
  ],
});

const traffic = graph({
  title: "Traffic",
  description: "Bytes a second that k6 sent and received.",
  unit: "Bps",
  queries: [
    influxql(select(`sum("value") ${A_SECOND} AS "v"`, "/^(data_sent|data_received)$/"), { alias: "$m" }),
  ],
});

const phases = graph({
  title: "Where a request's time goes",
  description:
    "Mean time of each part of a request: waiting for a connection, connecting, sending, waiting for the answer, receiving. Over WebSocket: connecting alone.",
  unit: "ms",
  queries: [
    influxql(
      select(
        'mean("value") AS "v"',
        "/^(http_req_blocked|http_req_connecting|http_req_sending|http_req_waiting|http_req_receiving|ws_connecting)$/",
      ),
      { alias: "$m" },
    ),
  ],
});

const byName = table({
  title: "By request",
  description:
    "Every kind of request of the time range by its name and status, how many there were, and how long they took, in ms.",
  queries: [
    influxql(
      `SELECT count("value") AS "n", median("value") AS "p50", percentile("value", 95) AS "p95", percentile("value", 99) AS "p99", max("value") AS "max" FROM /^(http_req_duration|ws_session_duration)$/ WHERE ${CHOSEN} GROUP BY "scenario", "name", "status"`,
      { table: true },
    ),
  ],
  columns: [
    { name: "scenario" },
    { name: "name" },
    { name: "status", width: 90 },
    { name: "n", title: "requests", width: 110 },
    ...["p50", "p95", "p99", "max"].map((name) => ({ name, width: 110, unit: "ms", decimals: 2 })),
  ],
  sortBy: { column: "n", desc: true },
});

const worst = (percentile: number) =>
  stat({
    title: `p${percentile}`,
    description: `p${percentile} over all samples of the time range: exact, because raw points are all there.`,
    unit: "ms",
    decimals: 2,
    queries: [
      influxql(`SELECT percentile("value", ${percentile}) AS "v" FROM ${LATENCY} WHERE ${CHOSEN}`, {
        alias: "$m",
      }),
    ],
  });

/** Plain `k6 run --out influxdb=...`, any script: what does k6 itself say? */
export const rawK6 = board({
  tag: RAW_TAG,
  uid: "plimsoll-raw-k6",
  title: "Plimsoll: Raw k6",
  description: "Points that k6's own InfluxDB output writes, one a sample, of any script.",
  variables: [
    datasourceVariable(RAW_K6),
    anyOf(
      "target",
      "Target",
      "Points with this tag `target` (k6 run --tag target=...), or all.",
      'SHOW TAG VALUES FROM "vus" WITH KEY = "target"',
    ),
    anyOf(
      "run",
      "Run",
      "Points with this tag `run` (k6 run --tag run=...), or all.",
      `SHOW TAG VALUES FROM "vus" WITH KEY = "run" WHERE ${chosen("target")}`,
    ),
    anyOf(
      "scenario",
      "Scenario",
      "A scenario of the script, or all.",
      `SHOW TAG VALUES FROM ${REQUESTS} WITH KEY = "scenario" WHERE ${TAGGED}`,
    ),
  ],
  sections: [
    {
      title: "At a glance",
      rows: [
        {
          height: 5,
          panels: [
            stat({
              title: "Requests",
              description: "HTTP requests or packets in the time range.",
              unit: "short",
              queries: [
                influxql(`SELECT sum("value") AS "n" FROM ${REQUESTS} WHERE ${CHOSEN}`, { alias: "$m" }),
              ],
            }),
            worst(50),
            worst(95),
            worst(99),
          ],
        },
      ],
    },
    {
      title: "Load and latency",
      rows: [
        { height: 10, panels: [requests, latency] },
        { height: 10, panels: [answers, phases] },
      ],
    },
    { title: "k6 itself", rows: [{ height: 9, panels: [vus, iterations, traffic] }] },
    { title: "Requests by name", rows: [{ height: 9, panels: [byName] }] },
  ],
});
