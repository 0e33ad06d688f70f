import type { Interceptor } from "@connectrpc/connect";
import { Counter, Histogram, type Registry } from "prom-client";
import { codeName, codeOf } from "../codes.ts";

/** The RED metrics a service framework keeps: calls by method and code, and how long they took inside the chain. */
export interface CallMetrics {
  readonly calls: Counter<"variant" | "method" | "code">;
  readonly seconds: Histogram<"variant" | "method">;
}

export function createCallMetrics(registry: Registry): CallMetrics {
  return {
    calls: new Counter({
      name: "connector_calls_total",
      help: "Calls the metrics interceptor saw (variants that have it), by method and code.",
      labelNames: ["variant", "method", "code"],
      registers: [registry],
    }),
    seconds: new Histogram({
      name: "connector_call_duration_seconds",
      help: "Time inside the metrics interceptor (variants that have it).",
      labelNames: ["variant", "method"],
      buckets: [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
      registers: [registry],
    }),
  };
}

export function metricsInterceptor(metrics: CallMetrics, variant: string): Interceptor {
  return (next) => async (req) => {
    const startMs = performance.now();
    const method = req.method.name;
    let code = "ok";
    try {
      return await next(req);
    } catch (reason) {
      code = codeName(codeOf(reason));
      throw reason;
    } finally {
      metrics.calls.inc({ variant, method, code });
      metrics.seconds.observe({ variant, method }, (performance.now() - startMs) / 1000);
    }
  };
}
