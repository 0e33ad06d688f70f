import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { openRpcPort, type RpcPortOptions } from "../testing/rpc-port.ts";
import { tracingInterceptor } from "./tracing.ts";

async function traced(sayHello?: NonNullable<RpcPortOptions["sayHello"]>) {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const port = await openRpcPort({
    interceptors: [tracingInterceptor(provider.getTracer("test"))],
    ...(sayHello === undefined ? {} : { sayHello }),
  });
  return { port, spans: () => exporter.getFinishedSpans() };
}

test("a server span a call, with the names of OpenTelemetry's RPC conventions", async () => {
  const { port, spans } = await traced();
  await using _ = port;
  await port.hello("Ada");
  const [span] = spans();
  assert.equal(spans().length, 1);
  assert.equal(span?.name, "greeter.v1.GreeterService/SayHello");
  assert.equal(span.kind, SpanKind.SERVER);
  assert.deepEqual(span.attributes, {
    "rpc.system": "connect_rpc",
    "rpc.service": "greeter.v1.GreeterService",
    "rpc.method": "SayHello",
  });
});

test("the caller's traceparent is its parent", async () => {
  const { port, spans } = await traced();
  await using _ = port;
  await port.hello("Ada", { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" });
  const [span] = spans();
  assert.equal(span?.spanContext().traceId, "0af7651916cd43dd8448eb211c80319c");
  assert.equal(span.parentSpanContext?.spanId, "b7ad6b7169203331");
});

test("it is the current span in the service", async () => {
  const { port, spans } = await traced(() => ({
    message: trace.getActiveSpan()?.spanContext().spanId ?? "none",
  }));
  await using _ = port;
  const answer = await port.hello("Ada");
  assert.equal(answer.body?.message, spans()[0]?.spanContext().spanId);
});

test("a failed call is an error span with the Connect code", async () => {
  const { port, spans } = await traced(() => {
    throw new ConnectError("down", Code.Unavailable);
  });
  await using _ = port;
  await port.hello("Ada");
  assert.deepEqual(spans()[0]?.status, { code: SpanStatusCode.ERROR, message: "down" });
  assert.equal(spans()[0]?.attributes["rpc.connect_rpc.error_code"], "unavailable");
});
