import { runAnnotations } from "../parts/annotations.ts";
import { board } from "../parts/board.ts";
import { type GraphOptions, graph } from "../parts/graph.ts";
import { influxql } from "../parts/influxql.ts";
import {
  byProcess,
  cpuByProcess,
  LATENCY_LIMITS,
  latencyPercentiles,
  loopDelays,
} from "../parts/run-graphs.ts";
import { over, perSecond, RUN_NOW, TOTALS } from "../parts/select.ts";
import { NO_HEAP, NO_NODES, NO_WATCH } from "../parts/unseen.ts";
import { datasourceVariable, runVariable, targetAndScenario } from "../parts/variables.ts";

/** Runs that sent packets, to whatever connector. */
const RUNS = { measurement: "packets" };

/** What each connector tells, a line each. */
const byNode = ({ value, ...options }: Omit<GraphOptions, "queries"> & { readonly value: string }) =>
  graph({
    ...options,
    queries: [influxql(over({ value }, '"nodes"', { by: "node" }), { alias: "$tag_node" })],
    noValue: NO_NODES,
  });

const packets = graph({
  title: "Packets a second, at the sender",
  description:
    "Sent, and what came back: fulfilled, or failed, and how (rejected, or nothing in time; of what never was there is no line). Sent and fulfilled lie on each other while nothing is lost, and failed at zero.",
  unit: "pps",
  queries: [
    influxql(over({ sent: 'mean("rate")', failed: 'mean("failed_rate")' }, TOTALS), { alias: "$col" }),
    influxql(perSecond({ fulfilled: "rate" }, '"packets_fulfilled"'), { alias: "$col" }),
    influxql(perSecond({ failed: "rate" }, '"packets_failed"', { by: "outcome" }), { alias: "$tag_outcome" }),
  ],
});

const fulfilled = byNode({
  title: "Fulfilled a second, by connector",
  description:
    "Packets each connector passed a Fulfill back for. In a chain all lines lie on each other; one that is lower than that before it has lost packets in between.",
  unit: "pps",
  value: 'mean("fulfilled")',
});

const rejected = byNode({
  title: "Rejected a second, by connector",
  description:
    "Packets each connector passed a Reject back for, its own or one from behind it. The last connector of a chain with a line is where packets were refused.",
  unit: "pps",
  value: 'mean("rejected")',
});

const hops = byNode({
  title: "Time in each connector, p50",
  description:
    "What a packet spends in each connector and on its way from there to the next: the difference between neighbours' p50. Medians do not add up exactly; a line has a gap where its difference was below zero, and where either of the two had no packet or did not tell.",
  unit: "ms",
  value: 'median("hop_p50_ms")',
});

const telemetry = graph({
  title: "Telemetry in time, p95",
  description:
    "From a packet to what telemetry tells of it, and from a heartbeat to its answer: the worst second of an interval, where the scenario watches them. Beside them the event loops of the connectors, where telemetry waits for packets (p99). Dashed: the limit of the SLA on either.",
  unit: "ms",
  queries: [
    influxql(over({ telemetry: 'max("p95")' }, '"telemetry_delay"'), { alias: "$col" }),
    influxql(over({ heartbeat: 'max("p95")' }, '"heartbeat"'), { alias: "$col" }),
    influxql(
      over({ delay: 'max("event_loop_delay_ms")' }, '"resources"', {
        where: `${RUN_NOW} AND "kind" = 'member'`,
        by: "process",
      }),
      { alias: "event loop of $tag_process" },
    ),
  ],
  limits: { limit: "telemetry-delay|heartbeat" },
  noValue: NO_NODES,
});

const complete = graph({
  title: "Packets with all their telemetry",
  description:
    "Share of packets of which every event of every connector on their way came in time, where the scenario watches it. Dashed: the limit of the SLA.",
  unit: "percent",
  decimals: 2,
  calcs: ["mean", "min"],
  queries: [
    influxql(over({ complete: '100 * sum("yes") / (sum("yes") + sum("no"))' }, '"telemetry_complete"'), {
      alias: "$col",
    }),
  ],
  limits: { limit: "telemetry-complete" },
  noValue: NO_WATCH,
});

/** Where on its way does a packet wait, and is any lost? */
export const ilpNetwork = board({
  uid: "plimsoll-ilp",
  title: "Plimsoll: ILP network",
  description: "Interledger connectors under load: where on its way does a packet wait, and is any lost?",
  variables: [datasourceVariable(), ...targetAndScenario(RUNS), runVariable(RUNS)],
  annotations: [runAnnotations()],
  sections: [
    { title: "Packets", rows: [{ height: 10, panels: [packets, fulfilled, rejected] }] },
    {
      title: "Latency",
      rows: [
        { height: 10, panels: [latencyPercentiles({ "limit p99": LATENCY_LIMITS["limit p99"] }), hops] },
        {
          height: 9,
          panels: [
            byNode({
              title: "p50 by connector",
              description:
                "From the receipt of a packet to its answer, at each connector: the time of all connectors behind it is part of it.",
              unit: "ms",
              value: 'median("latency_p50_ms")',
            }),
            byNode({
              title: "p99 by connector",
              description: "The same at p99: the worst second of an interval.",
              unit: "ms",
              value: 'max("latency_p99_ms")',
            }),
          ],
        },
      ],
    },
    {
      title: "Queues and ledger",
      rows: [
        {
          height: 9,
          panels: [
            byNode({
              title: "Held packets",
              description: "Packets that went on and are not answered yet, the most of an interval.",
              unit: "short",
              decimals: 0,
              value: 'max("held")',
            }),
            byNode({
              title: "Ledger queue",
              description:
                "Entries that are not on disk yet; a packet is two: its hold, and its end. One that grows says that the disk is behind.",
              unit: "short",
              decimals: 0,
              value: 'max("ledger_queued")',
            }),
          ],
        },
        {
          height: 9,
          panels: [
            byNode({
              title: "Time of a commit",
              description: "Mean time of a ledger's commits. Every Fulfill waits for one.",
              unit: "ms",
              value: 'mean("ledger_commit_mean_ms")',
            }),
            byNode({
              title: "Entries a commit",
              description:
                "Mean entries of a ledger's commits. More at once means fewer waits for the disk, and a longer one for each.",
              unit: "short",
              decimals: 1,
              value: 'mean("ledger_batch_mean")',
            }),
          ],
        },
      ],
    },
    {
      title: "Telemetry",
      rows: [
        { height: 9, panels: [telemetry, complete] },
        {
          height: 9,
          panels: [
            byNode({
              title: "Telemetry dropped a second",
              description:
                "Events there was no room for, or that were lost with the connection to the hub. Telemetry gives way to packets: a loss here is not one of packets.",
              unit: "eps",
              value: 'mean("telemetry_dropped")',
            }),
            byNode({
              title: "Telemetry waiting",
              description:
                "Events that wait for the hub, the most of an interval. At its limit, the next are dropped.",
              unit: "short",
              decimals: 0,
              value: 'max("telemetry_waiting")',
            }),
          ],
        },
      ],
    },
    {
      title: "Resources",
      rows: [
        {
          height: 9,
          panels: [
            graph({
              title: "Heap",
              description: "Heap in use, of processes that tell it. Dashed: the limit on connector A.",
              unit: "bytes",
              queries: [byProcess("heap_bytes")],
              noValue: NO_HEAP,
              limits: { limit: "connector-heap" },
            }),
            cpuByProcess(),
            loopDelays(),
          ],
        },
      ],
    },
  ],
});
