import assert from "node:assert/strict";
import { test } from "node:test";
import { startConnectorProcess } from "./testing/connector-process.ts";
import { helloBytes, post, rawClient, SAY_HELLO, scrape, until } from "./testing/requests.ts";

test("every request is counted once under its code, and nothing else is", async () => {
  await using connector = await startConnectorProcess("--variants", "full,none", "--log-level", "silent");
  const { admin, urls } = connector.ready;
  const { full = "", none = "" } = urls;
  const times = <T>(n: number, make: () => Promise<T>) => Promise.all(Array.from({ length: n }, make));
  await Promise.all([
    times(300, () => post(none, '{"name":"Ada"}')),
    times(70, () => post(full, '{"name":"Ada"}')),
    times(13, () => post(full, '{"name":""}')),
    times(11, () => post(none, "{")),
    times(7, () => post(none, "{}", { "content-type": "text/plain" })),
    times(5, () => fetch(`${none}/nowhere`)),
    times(3, () => fetch(`${none}${SAY_HELLO}`)),
    times(20, () => fetch(`${none}/health`)),
    times(4, () => fetch(`${admin}/health`)),
  ]);
  const leaving = await rawClient(none);
  leaving.socket.write(helloBytes("x".repeat(100)).slice(0, -10));
  await until(
    "the half request to arrive",
    async () => (await scrape(admin)).get('connector_in_flight{variant="none"}') === 1,
  );
  leaving.socket.destroy();
  await until(
    "it to be over",
    async () => (await scrape(admin)).get('connector_in_flight{variant="none"}') === 0,
  );

  const samples = await scrape(admin);
  const counts = Object.fromEntries(
    [...samples].filter(([name, value]) => name.startsWith("connector_requests_total") && value > 0),
  );
  assert.deepEqual(counts, {
    'connector_requests_total{variant="none",code="ok"}': 300,
    'connector_requests_total{variant="none",code="invalid_argument"}': 11,
    'connector_requests_total{variant="none",code="http_415"}': 7,
    'connector_requests_total{variant="none",code="http_404"}': 5,
    'connector_requests_total{variant="none",code="http_405"}': 3,
    'connector_requests_total{variant="none",code="canceled"}': 1,
    'connector_requests_total{variant="full",code="ok"}': 70,
    'connector_requests_total{variant="full",code="invalid_argument"}': 13,
  });
  assert.equal(samples.get('connector_request_duration_seconds_count{variant="none"}'), 327);
  assert.equal(samples.get('connector_request_duration_seconds_count{variant="full"}'), 83);
});

test("an answer is counted before its client can have read it", async () => {
  await using connector = await startConnectorProcess("--variants", "none");
  const { admin, urls } = connector.ready;
  for (let n = 1; n <= 20; n++) {
    await post(urls.none ?? "", '{"name":"Ada"}');
    assert.equal((await scrape(admin)).get('connector_requests_total{variant="none",code="ok"}'), n);
  }
});

test("the metrics the contract names are there", async () => {
  await using connector = await startConnectorProcess("--variants", "none");
  const samples = await scrape(connector.ready.admin);
  for (const name of [
    "process_cpu_seconds_total",
    "process_resident_memory_bytes",
    "nodejs_heap_size_used_bytes",
    "nodejs_eventloop_lag_p99_seconds",
    'connector_cpu_seconds_total{variant="startup"}',
    'connector_in_flight{variant="none"}',
    'connector_requests_total{variant="none",code="ok"}',
    'connector_requests_total{variant="grpc",code="ok"}',
  ]) {
    assert.ok(samples.has(name), name);
  }
});
