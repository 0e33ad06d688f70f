import assert from "node:assert/strict";
import { connect as connectHttp2 } from "node:http2";
import { test } from "node:test";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { GreeterService } from "./gen/greeter/v1/greeter_pb.ts";
import { startConnectorProcess } from "./testing/connector-process.ts";
import { exchangeBytes, SAY_HELLO, scrape, until } from "./testing/requests.ts";

test("gRPC and Connect share the h2c port, behind the full chain, and are counted", async () => {
  await using connector = await startConnectorProcess("--variants", "none");
  const baseUrl = `http://${connector.ready.grpc}`;
  const grpc = createClient(GreeterService, createGrpcTransport({ baseUrl }));
  const connect = createClient(GreeterService, createConnectTransport({ baseUrl, httpVersion: "2" }));
  for (const client of [grpc, connect]) {
    assert.equal((await client.sayHello({ name: "Ada" })).message, "Hello, Ada!");
    await assert.rejects(client.sayHello({ name: "" }), (error) => {
      assert.ok(error instanceof ConnectError);
      assert.equal(error.code, Code.InvalidArgument);
      return true;
    });
  }
  const samples = await scrape(connector.ready.admin);
  assert.equal(samples.get('connector_requests_total{variant="grpc",code="ok"}'), 2);
  assert.equal(samples.get('connector_requests_total{variant="grpc",code="invalid_argument"}'), 2);
  assert.equal(await connector.stop(), 0, "open HTTP/2 sessions do not hold it up");
});

test("a gRPC call that is canceled is counted as canceled", async () => {
  await using connector = await startConnectorProcess("--variants", "none", "--fault", "stall");
  const grpc = createClient(
    GreeterService,
    createGrpcTransport({ baseUrl: `http://${connector.ready.grpc}` }),
  );
  await assert.rejects(grpc.sayHello({ name: "Ada" }, { timeoutMs: 50 }), (error) => {
    assert.equal((error as ConnectError).code, Code.DeadlineExceeded);
    return true;
  });
  // The client gives up by its own clock; the server hears of it a moment later.
  const counted = async () =>
    [...(await scrape(connector.ready.admin))]
      .filter(([name, value]) => name.startsWith('connector_requests_total{variant="grpc"') && value > 0)
      .map(([name, value]) => `${name} ${value}`);
  await until("the call to be counted", async () => (await counted()).length > 0);
  assert.match(
    (await counted()).join(),
    /^connector_requests_total\{variant="grpc",code="(canceled|deadline_exceeded)"\} 1$/,
  );
});

test("bytes that are no HTTP/2, and an authority that is no host, do not end it", async () => {
  await using connector = await startConnectorProcess("--variants", "none");
  const baseUrl = `http://${connector.ready.grpc}`;
  await exchangeBytes(baseUrl, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await exchangeBytes(baseUrl, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nrubbish that is no frame at all");
  const session = connectHttp2(baseUrl);
  const status = await new Promise((resolve, reject) => {
    const stream = session.request({
      ":method": "POST",
      ":path": SAY_HELLO,
      ":authority": "[[[",
      "content-type": "application/json",
    });
    stream.on("response", (headers) => resolve(headers[":status"]));
    stream.on("error", reject);
    stream.end("{}");
  });
  session.destroy();
  assert.equal(status, 500);
  const grpc = createClient(GreeterService, createGrpcTransport({ baseUrl }));
  assert.equal((await grpc.sayHello({ name: "Ada" })).message, "Hello, Ada!");
});
