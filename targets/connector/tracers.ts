import type { Tracer } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

export interface Tracers {
  /** Makes full spans and drops them when they end: what tracing costs before anything is exported. */
  readonly local: Tracer;
  /** The same, with spans sent in batches to an OTLP endpoint; without one it is `local`. */
  readonly exporting: Tracer;
  /** Sends what waits. Never throws: a collector that is away must not keep the process from ending. */
  shutdown(): Promise<void>;
}

const SCOPE = "plimsoll/connector";

/**
 * @param otlpEndpoint base URL of an OTLP/HTTP collector (http://127.0.0.1:4318), or its full .../v1/traces. Without one
 *   nothing is loaded that could open a connection.
 */
export async function createTracers(otlpEndpoint: string | undefined): Promise<Tracers> {
  const resource = resourceFromAttributes({ "service.name": "plimsoll-connector" });
  const local = new NodeTracerProvider({ resource });
  // Sets the W3C propagator and the AsyncLocalStorage context manager for both tracers.
  local.register();
  if (otlpEndpoint === undefined) {
    const tracer = local.getTracer(SCOPE);
    return { local: tracer, exporting: tracer, shutdown: async () => {} };
  }
  const [{ OTLPTraceExporter }, { BatchSpanProcessor }] = await Promise.all([
    import("@opentelemetry/exporter-trace-otlp-http"),
    import("@opentelemetry/sdk-trace-node"),
  ]);
  const exporter = new OTLPTraceExporter({ url: tracesUrl(otlpEndpoint), timeoutMillis: 5_000 });
  // At most 8192 spans wait; a collector that cannot follow costs spans, not memory.
  const processor = new BatchSpanProcessor(exporter, {
    maxQueueSize: 8192,
    maxExportBatchSize: 512,
    scheduledDelayMillis: 1000,
  });
  const exporting = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  return {
    local: local.getTracer(SCOPE),
    exporting: exporting.getTracer(SCOPE),
    shutdown: () => exporting.shutdown().catch(() => {}),
  };
}

/** The OTLP specification's rule: a base endpoint gets the signal's path appended. */
export function tracesUrl(endpoint: string): string {
  return endpoint.endsWith("/v1/traces") ? endpoint : `${endpoint.replace(/\/+$/, "")}/v1/traces`;
}
