import assert from "node:assert/strict";
import { test } from "node:test";
import { startConnectorProcess } from "./testing/connector-process.ts";
import { helloBytes, post, rawClient, until } from "./testing/requests.ts";

type Connector = Awaited<ReturnType<typeof startConnectorProcess>>;

async function inFlight(connector: Connector): Promise<number> {
  return ((await (await fetch(`${connector.ready.admin}/health`)).json()) as { inFlight: number }).inFlight;
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`${signal}: in-flight calls are answered, new connections are not, exit code 0`, async () => {
    await using connector = await startConnectorProcess("--fault", "latency=400ms", "--variants", "full");
    const { full = "" } = connector.ready.urls;
    const answer = post(full, '{"name":"Ada"}');
    await until("the call to run", async () => (await inFlight(connector)) === 1);
    const exited = connector.stop(signal);
    await until("the port to be closed", () =>
      fetch(`${full}/health`).then(
        () => false,
        () => true,
      ),
    );
    const { status, headers } = await answer;
    assert.equal(status, 200);
    assert.equal(headers.get("connection"), "close");
    assert.equal(await exited, 0);
  });
}

test("idle connections do not hold it up", async () => {
  await using connector = await startConnectorProcess("--variants", "none");
  const client = await rawClient(connector.ready.urls.none ?? "");
  client.socket.write(helloBytes());
  await until("the answer", () => client.received().includes("Hello"));
  assert.equal(await connector.stop(), 0);
  await client.closed;
  assert.ok(!connector.stderr().includes("requests cut"));
});

test("calls that do not finish are cut after five seconds, with a line in the log", async () => {
  await using connector = await startConnectorProcess("--fault", "stall", "--variants", "none");
  const client = await rawClient(connector.ready.urls.none ?? "");
  client.socket.write(helloBytes());
  await until("the call to run", async () => (await inFlight(connector)) === 1);
  const startMs = performance.now();
  assert.equal(await connector.stop(), 0);
  assert.ok(performance.now() - startMs >= 4_900);
  assert.match(connector.stderr(), /"cut":1,"msg":"requests cut/);
});

test("a second signal ends it at once", async () => {
  await using connector = await startConnectorProcess("--fault", "stall", "--variants", "none");
  const client = await rawClient(connector.ready.urls.none ?? "");
  client.socket.write(helloBytes());
  await until("the call to run", async () => (await inFlight(connector)) === 1);
  const startMs = performance.now();
  const exited = connector.stop();
  await until("it to be stopping", () => connector.stderr().includes("stopping"));
  assert.equal(await connector.stop(), 1);
  assert.ok(performance.now() - startMs < 4_900, "did not wait for the drain");
  await exited;
});

test("it does not read stdin: a closed one does not end it", async () => {
  // startConnectorProcess gives it no stdin at all.
  await using connector = await startConnectorProcess("--variants", "none");
  assert.equal((await post(connector.ready.urls.none ?? "", '{"name":"Ada"}')).status, 200);
});
