/** Faults in the real process, over HTTP. Delays are checked from below: a busy machine may always be later. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startConnectorProcess } from "./testing/connector-process.ts";
import { helloBytes, post, rawClient, until } from "./testing/requests.ts";

const HELLO = '{"name":"Ada"}';

async function timedPost(url: string): Promise<{ status: number; ms: number }> {
  const startMs = performance.now();
  const { status } = await post(url, HELLO);
  return { status, ms: performance.now() - startMs };
}

test("latency: no answer is earlier than told, on every variant", async () => {
  await using connector = await startConnectorProcess("--fault", "latency=40ms");
  for (const url of Object.values(connector.ready.urls)) {
    const { status, ms } = await timedPost(url);
    assert.equal(status, 200);
    assert.ok(ms >= 40, `${ms} ms`);
  }
});

test("slow: the told share of answers is slow, the others are not", async () => {
  await using connector = await startConnectorProcess("--fault", "slow=100ms@20%", "--variants", "none");
  let slow = 0;
  for (let i = 0; i < 50; i++) if ((await timedPost(connector.ready.urls.none ?? "")).ms >= 100) slow++;
  // Binomial: mean 10, standard deviation 2.8.
  assert.ok(slow >= 1 && slow <= 22, `${slow} of 50`);
});

test("error-rate: the same seed fails the same calls, another seed others", async () => {
  const codes = async (seed: string) => {
    await using connector = await startConnectorProcess(
      "--fault",
      "error-rate=30%",
      "--seed",
      seed,
      "--variants",
      "none",
    );
    const list: number[] = [];
    for (let i = 0; i < 100; i++) list.push((await post(connector.ready.urls.none ?? "", HELLO)).status);
    return list;
  };
  const [one, again, other] = await Promise.all([codes("1"), codes("1"), codes("2")]);
  assert.deepEqual(one, again);
  assert.notDeepEqual(one, other);
  assert.deepEqual(new Set(one), new Set([200, 500]));
  const failed = one.filter((status) => status === 500).length;
  assert.ok(failed >= 15 && failed <= 45, `${failed} of 100`);
});

test("an injected error is internal, and passes the chain as one", async () => {
  await using connector = await startConnectorProcess("--fault", "error-rate=100%", "--variants", "full");
  const answer = await post(connector.ready.urls.full ?? "", HELLO);
  assert.deepEqual(answer.body, { code: "internal", message: "injected fault" });
});

test("stall: for a while nothing is answered, then everything that waited", async () => {
  await using connector = await startConnectorProcess(
    "--fault",
    "stall=300ms@0ms",
    "--variants",
    "full,none",
  );
  const { full = "", none = "" } = connector.ready.urls;
  const answers = await Promise.all([timedPost(none), timedPost(full), timedPost(none)]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200],
  );
  // The stall began with the first of them.
  assert.ok(Math.max(...answers.map(({ ms }) => ms)) >= 300);
  assert.equal((await post(none, HELLO)).status, 200);
});

test("stall without an end: calls wait until their client gives up, and nothing is kept of them", async () => {
  await using connector = await startConnectorProcess("--fault", "stall", "--variants", "none");
  const { none = "" } = connector.ready.urls;
  const health = async () =>
    (await (await fetch(`${connector.ready.admin}/health`)).json()) as { inFlight: number };
  const clients = await Promise.all(Array.from({ length: 20 }, () => rawClient(none)));
  for (const { socket } of clients) socket.write(helloBytes());
  await until("20 calls in flight", async () => (await health()).inFlight === 20);
  assert.ok(clients.every((client) => client.received() === ""));
  for (const { socket } of clients) socket.destroy();
  await until("none in flight", async () => (await health()).inFlight === 0);
});

test("crash: the process ends with code 1 and a last line that says why, after the first call and not before", async () => {
  await using connector = await startConnectorProcess("--fault", "crash=50ms", "--variants", "none");
  const startMs = performance.now();
  assert.equal((await post(connector.ready.urls.none ?? "", HELLO)).status, 200);
  assert.equal(await connector.exited, 1);
  assert.ok(performance.now() - startMs >= 49);
  const last = connector.stderr().trimEnd().split("\n").at(-1) ?? "";
  assert.equal(JSON.parse(last).msg, "fault: crash");
});

test("faults are visible in /health, on the admin port and on every RPC port", async () => {
  await using connector = await startConnectorProcess(
    "--fault",
    "latency=1ms,stall=1s@1m",
    "--variants",
    "none",
  );
  for (const url of [connector.ready.admin, connector.ready.urls.none]) {
    const { faults } = (await (await fetch(`${url}/health`)).json()) as { faults: string[] };
    assert.deepEqual(faults, ["latency=1ms", "stall=1000ms@60000ms"]);
  }
});
