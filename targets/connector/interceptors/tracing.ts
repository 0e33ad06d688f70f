import { ConnectError, type Interceptor } from "@connectrpc/connect";
import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { codeName, codeOf } from "../codes.ts";

const HEADERS: TextMapGetter<Headers> = {
  get: (carrier, key) => carrier.get(key) ?? undefined,
  keys: (carrier) => [...carrier.keys()],
};

/**
 * A server span a call, named and attributed by OpenTelemetry's RPC conventions, child of the caller's `traceparent`
 * if there is one, and current while the inner chain runs. Where spans go is the tracer's business (tracers.ts).
 */
export function tracingInterceptor(tracer: Tracer): Interceptor {
  return (next) => async (req) => {
    const service = req.service.typeName;
    const span = tracer.startSpan(
      `${service}/${req.method.name}`,
      {
        kind: SpanKind.SERVER,
        attributes: { "rpc.system": "connect_rpc", "rpc.service": service, "rpc.method": req.method.name },
      },
      propagation.extract(ROOT_CONTEXT, req.header, HEADERS),
    );
    try {
      return await context.with(trace.setSpan(ROOT_CONTEXT, span), next, undefined, req);
    } catch (reason) {
      span.setAttribute("rpc.connect_rpc.error_code", codeName(codeOf(reason)));
      span.setStatus({
        code: SpanStatusCode.ERROR,
        message: reason instanceof ConnectError ? reason.rawMessage : String(reason),
      });
      throw reason;
    } finally {
      span.end();
    }
  };
}
