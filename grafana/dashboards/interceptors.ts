import { FULL_CHAIN } from "../../scenarios/plans.ts";
import { runAnnotations } from "../parts/annotations.ts";
import { board } from "../parts/board.ts";
import { stateMappings } from "../parts/codes.ts";
import { graph } from "../parts/graph.ts";
import { influxql } from "../parts/influxql.ts";
import { cpuByProcess, loopDelays } from "../parts/run-graphs.ts";
import { over, perSecond, RUN, RUN_NOW } from "../parts/select.ts";
import { bars } from "../parts/stat.ts";
import { table } from "../parts/table.ts";
import { NO_VARIANTS } from "../parts/unseen.ts";
import { datasourceVariable, runVariable, targetAndScenario } from "../parts/variables.ts";

/** Only runs that called the bare variant too have something to compare with. */
const RUNS = { measurement: "calls", where: `"variant" = 'none'` };
const HOLD = `${RUN_NOW} AND "phase" = 'hold'`;
/** All calls of a variant in one point a second, whatever became of them. */
const CALLS = '"calls"';

/** What a variant adds to the bare one: both called in turns, in blocks, so that they meet the same machine. */
function added(percentile: "p50" | "p95", variant: string, steps: string) {
  const of = (name: string, value: string) =>
    `(SELECT "${percentile}" AS "${name}" FROM ${CALLS} WHERE ${HOLD} AND "variant" = '${value}')`;
  const sources = `${of("with", variant)}, ${of("without", "none")}`;
  return influxql(
    `SELECT mean("with") - mean("without") AS "added" FROM ${sources} WHERE $timeFilter${steps}`,
    { alias: variant },
  );
}

const VARIANTS = [...FULL_CHAIN, "full"];
const STEPS = " GROUP BY time($__interval) fill(none)";
const allAdded = (percentile: "p50" | "p95", steps: string) =>
  VARIANTS.map((variant) => added(percentile, variant, steps));

const byVariant = (aggregates: Record<string, string>, from: string) =>
  influxql(over(aggregates, from, { where: HOLD, by: "variant" }), { alias: "$tag_variant" });

const cpuOfVariant = (aggregate: string) =>
  influxql(over({ cpu: aggregate }, '"variants"', { by: "variant" }), { alias: "$tag_variant" });

const judged = table({
  title: "Added latency, judged",
  description:
    "What each interceptor adds to p50, in ms: the upper end of its 95 % interval, as the SLA has it. Written when the run is over.",
  queries: [
    influxql(
      `SELECT last("limit") AS "limit", last("value") AS "value", last("state_code") AS "state" FROM "sla" WHERE ${RUN} AND "id" =~ /^(added-.*|full-p95)$/ GROUP BY "id"`,
      { table: true },
    ),
  ],
  columns: [
    { name: "id", title: "row" },
    { name: "limit", width: 90, unit: "ms" },
    { name: "value", title: "measured", width: 120, unit: "ms" },
    { name: "state", width: 120, mappings: stateMappings() },
  ],
  sortBy: { column: "value", desc: true },
});

/** What does each interceptor cost? */
export const interceptors = board({
  uid: "plimsoll-interceptors",
  title: "Plimsoll: Interceptors",
  description: "What each interceptor of the connector costs: latency it adds, and what it does to the rest.",
  variables: [datasourceVariable(), ...targetAndScenario(RUNS), runVariable(RUNS)],
  annotations: [runAnnotations()],
  sections: [
    {
      title: "What each adds",
      rows: [
        {
          height: 12,
          panels: [
            bars({
              title: "Added to p50",
              description:
                "Mean over the seconds of the hold phase of what each variant adds to the bare one's p50. `full` is the whole chain; the others are one interceptor each. Differences below some 0.05 ms are noise. Limits are in the table beside.",
              unit: "ms",
              decimals: 3,
              queries: allAdded("p50", ""),
            }),
            judged,
          ],
        },
        {
          height: 14,
          panels: [
            graph({
              title: "Added to p50, over time",
              description:
                "The same, second by second: a cost that grows while the run lasts shows here. Dashed: the limit of the SLA on what an interceptor adds in all; `full` has none.",
              unit: "ms",
              decimals: 3,
              queries: allAdded("p50", STEPS),
              limits: { limit: "added-.*" },
            }),
            graph({
              title: "Added to p95, over time",
              description: "What each variant adds to the bare one's p95, second by second.",
              unit: "ms",
              decimals: 3,
              queries: allAdded("p95", STEPS),
            }),
          ],
        },
      ],
    },
    {
      title: "Variants as they are",
      rows: [
        {
          height: 14,
          panels: [
            graph({
              title: "p50 by variant",
              description:
                "Median time of a request in each variant, median over the seconds of an interval.",
              unit: "ms",
              queries: [byVariant({ p50: 'median("p50")' }, CALLS)],
            }),
            graph({
              title: "Latency p95 by variant",
              description:
                "From when a request was due to its answer: the worst second of an interval. Dashed: the limit on the full chain.",
              unit: "ms",
              queries: [byVariant({ p95: 'max("latency_p95")' }, CALLS)],
              limits: { limit: "full-p95" },
            }),
          ],
        },
        {
          height: 14,
          panels: [
            graph({
              title: "Requests a second by variant",
              description:
                "Blocks take turns: every variant has the same share, and a line that is off says that it had not.",
              unit: "reqps",
              queries: [
                influxql(perSecond({ rate: "rate" }, '"http_reqs"', { where: HOLD, by: "variant" }), {
                  alias: "$tag_variant",
                }),
              ],
            }),
            graph({
              title: "Failed by variant",
              description:
                "Share of requests that failed, by variant. An interceptor that turns calls away shows here, not in its latency.",
              unit: "percent",
              queries: [
                byVariant({ failed: '100 * sum("yes") / (sum("yes") + sum("no"))' }, '"http_req_failed"'),
              ],
              limits: { limit: "failed" },
            }),
          ],
        },
      ],
    },
    {
      title: "Resources",
      rows: [
        {
          height: 14,
          panels: [
            graph({
              title: "CPU of a request, by variant",
              description:
                "CPU time the target spent on a request of each variant, mean over the seconds of an interval: what an interceptor costs, and does not make anybody wait for.",
              unit: "µs",
              decimals: 0,
              queries: [cpuOfVariant('mean("cpu_us_per_request")')],
              noValue: NO_VARIANTS,
            }),
            graph({
              title: "CPU by variant",
              description:
                "Cores that the requests of each variant used. All have the same share of requests, so lines differ by what they cost.",
              unit: "short",
              decimals: 3,
              queries: [cpuOfVariant('mean("cpu_cores")')],
              noValue: NO_VARIANTS,
            }),
          ],
        },
        { height: 9, panels: [cpuByProcess({ limited: false }), loopDelays()] },
      ],
    },
  ],
});
