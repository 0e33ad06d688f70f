import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { test } from "node:test";
import { parseCli } from "./cli.ts";
import { runConnector, startConnectorProcess } from "./testing/connector-process.ts";
import { DEFAULT_CHAIN, VARIANTS } from "./variants.ts";

/** What a wrong command line prints; it must be one line, with exit code 2. */
function refusal(...args: string[]): string {
  const result = parseCli(args);
  assert.equal(result.kind, "exit", args.join(" "));
  assert.ok(result.kind === "exit");
  assert.equal(result.exitCode, 2);
  assert.equal(result.stdout, "");
  assert.match(result.stderr, /^error: [^\n]+\n$/);
  return result.stderr;
}

test("a wrong flag is one line and exit code 2", () => {
  assert.match(refusal("--no-such-flag"), /unknown option '--no-such-flag'/);
  assert.match(refusal("--port-base", "eighty"), /whole number from 0 to 65515/);
  assert.match(refusal("--admin-port", "65536"), /whole number from 0 to 65535/);
  assert.match(refusal("--port-base"), /argument missing/);
  assert.match(refusal("extra"), /too many arguments/);
  assert.match(refusal("--log-level", "loud"), /Allowed choices are fatal, error/);
  assert.match(refusal("--fault", "lag=2s"), /no such fault: "lag=2s"; there are latency=200ms/);
  assert.match(
    refusal("--variants", "full,nope"),
    /No such variant: nope\. There are full, none, validation/,
  );
  assert.match(refusal("--rate-limit", "0"), /above 0/);
  assert.match(refusal("--auth-token", ""), /must not be empty/);
  assert.match(refusal("--otlp-endpoint", "localhost:4318"), /http:\/\/ or https:\/\/ URL/);
});

test("a port base that leaves no room for the other ports is refused", () => {
  assert.match(refusal("--port-base", "65530"), /from 0 to 65515/);
});

test("the process prints the same line on stderr and exits with 2", async () => {
  const { code, stdout, stderr } = await runConnector("--fault", "lag");
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.match(stderr, /^error: no such fault: "lag"; there are [^\n]+\n$/);
});

test("--help shows faults, variants and examples, and exits with 0", () => {
  const result = parseCli(["--help"]);
  assert.ok(result.kind === "exit");
  assert.equal(result.exitCode, 0);
  assert.equal(result.stderr, "");
  for (const text of ["slow=50ms@20%", "tracing-otlp", "Examples:", "--fault latency=200ms"]) {
    assert.ok(result.stdout.includes(text), text);
  }
});

test("without flags: the documented ports and the default chain", () => {
  delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const result = parseCli([]);
  assert.ok(result.kind === "run");
  const { portBase, adminPort, grpcPort, host, variants, chain, otlpEndpoint } = result.settings;
  assert.deepEqual([portBase, adminPort, grpcPort, host], [8080, 9464, 8100, "127.0.0.1"]);
  assert.deepEqual(variants, VARIANTS);
  assert.deepEqual(chain, DEFAULT_CHAIN);
  assert.equal(otlpEndpoint, undefined);
});

test("variants keep the ports of the contract", () => {
  assert.deepEqual(VARIANTS.slice(0, 6), ["full", "none", "validation", "logger", "tracing", "tracing-otlp"]);
});

test("--port-base 0 makes the admin and gRPC ports the system's choice too, unless they are given", () => {
  const ports = (...args: string[]) => {
    const result = parseCli(["--port-base", "0", ...args]);
    assert.ok(result.kind === "run");
    return [result.settings.adminPort, result.settings.grpcPort];
  };
  assert.deepEqual(ports(), [0, 0]);
  assert.deepEqual(ports("--admin-port", "9000", "--grpc-port", "9001"), [9000, 9001]);
});

test("a port that is taken is one line with the port and its holder, and exit code 2", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  const { port } = holder.address() as AddressInfo;
  const { code, stdout, stderr } = await runConnector("--port-base", "0", "--admin-port", String(port));
  holder.close();
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.match(stderr, new RegExp(`^error: port ${port} is taken[^\\n]*\\n$`));
  if (process.platform === "linux") assert.match(stderr, new RegExp(`by process ${process.pid} \\(.*node`));
});

test("the ready line is the one line on stdout, and every port in it answers /health", async () => {
  await using connector = await startConnectorProcess();
  const { ready, target, pid, admin, urls, grpc } = connector.ready;
  assert.deepEqual([ready, target, pid], [true, "connector", connector.child.pid]);
  assert.deepEqual(Object.keys(urls), VARIANTS);
  assert.match(grpc, /^127\.0\.0\.1:\d+$/);
  for (const url of [admin, ...Object.values(urls)]) {
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
    const res = await fetch(`${url}/health`);
    assert.equal(res.status, 200);
    assert.equal(((await res.json()) as { status: string }).status, "ok");
  }
});

test("the full chain has ten interceptors or more, in the documented order", async () => {
  await using connector = await startConnectorProcess("--variants", "full");
  const { chain } = (await (await fetch(`${connector.ready.admin}/health`)).json()) as { chain: string[] };
  assert.deepEqual(chain, [
    "error-handler",
    "timeout",
    "bulkhead",
    "circuit-breaker",
    "retry",
    "validation",
    "serializer",
    "logger",
    "tracing",
    "metrics",
  ]);
});
