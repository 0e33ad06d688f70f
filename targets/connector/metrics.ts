import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { collectProcessMetrics } from "../process-metrics.ts";
import type { CpuLedger } from "./cpu-ledger.ts";

/** What a port reports about its requests. Children of the metrics are bound once: 0.3 us a request in all. */
export interface Meter {
  /** A request reached the RPC port. Returns its arrival time, for `answered`. */
  arrived(): number;
  /** Its answer was handed to the socket, or its client went away (`canceled`). Called once a request. */
  answered(code: string, arrivedMs: number): void;
  /** Bytes that never became a request: a parse error, a timeout, a connection too many. */
  refused(reason: string): void;
}

export interface Metrics {
  readonly registry: Registry;
  /** The meter of one port; `variant` is its label. */
  meter(variant: string): Meter;
  /** Requests that arrived on any port and were not answered yet. */
  inFlight(): number;
}

/** 0.25 ms to 30 s: the timeout of the chain is the last bucket, a loopback answer is among the first. */
const DURATION_BUCKETS_S = [
  0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

export function createMetrics(ledger: CpuLedger): Metrics {
  const registry = new Registry();
  collectProcessMetrics(registry);

  const requests = new Counter({
    name: "connector_requests_total",
    help: "Requests that reached an RPC port, by the Connect code of their answer (http_<status> where the answer is no Connect error).",
    labelNames: ["variant", "code"],
    registers: [registry],
  });
  const duration = new Histogram({
    name: "connector_request_duration_seconds",
    help: "From the request's head parsed to its answer handed to the socket.",
    labelNames: ["variant"],
    buckets: DURATION_BUCKETS_S,
    registers: [registry],
  });
  const refusals = new Counter({
    name: "connector_refused_total",
    help: "Connections and bytes that never became a request, by reason.",
    labelNames: ["variant", "reason"],
    registers: [registry],
  });
  const inFlight = new Map<string, number>();
  new Gauge({
    name: "connector_in_flight",
    help: "Requests that arrived and were not answered yet.",
    labelNames: ["variant"],
    registers: [registry],
    collect() {
      for (const [variant, count] of inFlight) this.set({ variant }, count);
    },
  });
  new Counter({
    name: "connector_cpu_seconds_total",
    help: "CPU time of the process, charged to the variant whose request arrived last; the sum is the process's CPU time.",
    labelNames: ["variant"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [variant, us] of ledger.balances()) this.inc({ variant }, us / 1e6);
    },
  });

  return {
    registry,
    inFlight: () => [...inFlight.values()].reduce((sum, count) => sum + count, 0),
    meter(variant) {
      const answered = new Map([["ok", requests.labels(variant, "ok")]]);
      const observed = duration.labels(variant);
      answered.get("ok")?.inc(0); // so that the series exists before the first request
      let open = 0;
      inFlight.set(variant, 0);
      return {
        arrived() {
          ledger.enter(variant);
          inFlight.set(variant, ++open);
          return performance.now();
        },
        answered(code, arrivedMs) {
          inFlight.set(variant, --open);
          let child = answered.get(code);
          if (child === undefined) {
            child = requests.labels(variant, code);
            answered.set(code, child);
          }
          child.inc();
          observed.observe((performance.now() - arrivedMs) / 1000);
        },
        refused: (reason) => refusals.labels(variant, reason).inc(),
      };
    },
  };
}
