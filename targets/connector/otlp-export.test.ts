import assert from "node:assert/strict";
import { readdirSync, readlinkSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { startConnectorProcess } from "./testing/connector-process.ts";
import { post, until } from "./testing/requests.ts";
import { tracesUrl } from "./tracers.ts";

interface Collector extends AsyncDisposable {
  readonly url: string;
  readonly requests: Array<{ path: string | undefined; spans: string[] }>;
}

/** The few lines of an OTLP/HTTP collector that a test needs. */
async function collector(): Promise<Collector> {
  const requests: Collector["requests"] = [];
  const server = createServer((req, res) => {
    let text = "";
    req.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    req.on("end", () => {
      const { resourceSpans } = JSON.parse(text) as {
        resourceSpans: Array<{ scopeSpans: Array<{ spans: Array<{ name: string }> }> }>;
      };
      const spans = resourceSpans.flatMap((r) =>
        r.scopeSpans.flatMap((s) => s.spans.map(({ name }) => name)),
      );
      requests.push({ path: req.url, spans });
      res.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

test("with an endpoint, the spans of tracing-otlp reach the collector, and those of other variants do not", async () => {
  await using otlp = await collector();
  await using connector = await startConnectorProcess(
    "--otlp-endpoint",
    otlp.url,
    "--variants",
    "full,tracing,tracing-otlp",
  );
  const { urls } = connector.ready;
  for (const variant of ["full", "tracing"] as const) await post(urls[variant] ?? "", '{"name":"Ada"}');
  for (let i = 0; i < 3; i++) await post(urls["tracing-otlp"] ?? "", '{"name":"Ada"}');
  await until("the spans", () => otlp.requests.flatMap(({ spans }) => spans).length >= 3);
  assert.equal(await connector.stop(), 0);
  assert.deepEqual(
    otlp.requests.flatMap(({ spans }) => spans),
    Array(3).fill("greeter.v1.GreeterService/SayHello"),
  );
  assert.deepEqual(new Set(otlp.requests.map(({ path }) => path)), new Set(["/v1/traces"]));
});

test("spans that wait are sent when it is stopped", async () => {
  await using otlp = await collector();
  await using connector = await startConnectorProcess(
    "--otlp-endpoint",
    otlp.url,
    "--variants",
    "tracing-otlp",
  );
  await post(connector.ready.urls["tracing-otlp"] ?? "", '{"name":"Ada"}');
  assert.equal(await connector.stop(), 0);
  assert.equal(otlp.requests.flatMap(({ spans }) => spans).length, 1);
});

test("a collector that is away costs neither an answer nor the exit code", async () => {
  await using connector = await startConnectorProcess(
    "--otlp-endpoint",
    "http://127.0.0.1:9",
    "--variants",
    "tracing-otlp",
  );
  assert.equal((await post(connector.ready.urls["tracing-otlp"] ?? "", '{"name":"Ada"}')).status, 200);
  assert.equal(await connector.stop(), 0);
});

test("without an endpoint nothing is opened beyond the listening ports", {
  skip: process.platform !== "linux",
}, async () => {
  await using connector = await startConnectorProcess("--variants", "tracing-otlp");
  const { urls } = connector.ready;
  const sockets = () => {
    const dir = `/proc/${connector.child.pid}/fd`;
    return readdirSync(dir).filter((fd) => {
      try {
        return readlinkSync(`${dir}/${fd}`).startsWith("socket:");
      } catch {
        return false;
      }
    }).length;
  };
  const before = sockets();
  for (let i = 0; i < 20; i++) {
    await post(urls["tracing-otlp"] ?? "", '{"name":"Ada"}', { connection: "close" });
  }
  // Our own connection may still be closing; one that exports would stay.
  await until("as many sockets as before", () => sockets() <= before);
});

test("an endpoint may be the base or the full URL", () => {
  assert.equal(tracesUrl("http://127.0.0.1:4318"), "http://127.0.0.1:4318/v1/traces");
  assert.equal(tracesUrl("http://127.0.0.1:4318/"), "http://127.0.0.1:4318/v1/traces");
  assert.equal(tracesUrl("http://127.0.0.1:4318/v1/traces"), "http://127.0.0.1:4318/v1/traces");
});
