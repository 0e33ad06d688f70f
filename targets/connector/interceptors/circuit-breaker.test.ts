import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { until } from "../testing/requests.ts";
import { openRpcPort } from "../testing/rpc-port.ts";

/** A service that fails with the code it is told. */
function failing(initial: Code | undefined) {
  const state = { code: initial, calls: 0 };
  return {
    state,
    sayHello: () => {
      state.calls++;
      if (state.code !== undefined) throw new ConnectError("told to", state.code);
      return { message: "fine" };
    },
  };
}

test("opens after five server faults in a row and answers unavailable without calling the service", async () => {
  const service = failing(Code.Internal);
  await using port = await openRpcPort({ variant: "circuit-breaker", sayHello: service.sayHello });
  for (let i = 0; i < 5; i++) assert.equal((await port.hello("Ada")).body?.code, "internal");
  const answer = await port.hello("Ada");
  assert.equal(answer.status, 503);
  assert.deepEqual(answer.body, { code: "unavailable", message: "circuit breaker is open" });
  assert.equal(service.state.calls, 5);
});

test("a success in between starts the count again", async () => {
  const service = failing(Code.Internal);
  await using port = await openRpcPort({ variant: "circuit-breaker", sayHello: service.sayHello });
  for (let i = 0; i < 4; i++) await port.hello("Ada");
  service.state.code = undefined;
  await port.hello("Ada");
  service.state.code = Code.Internal;
  for (let i = 0; i < 4; i++) await port.hello("Ada");
  assert.equal((await port.hello("Ada")).body?.code, "internal");
});

test("the client's own mistakes never open it", async () => {
  const service = failing(Code.InvalidArgument);
  await using port = await openRpcPort({ variant: "circuit-breaker", sayHello: service.sayHello });
  for (let i = 0; i < 20; i++) assert.equal((await port.hello("Ada")).body?.code, "invalid_argument");
  assert.equal(service.state.calls, 20);
});

test("half-open lets one call find out that the service is back", async () => {
  const service = failing(Code.Unavailable);
  await using port = await openRpcPort({
    variant: "circuit-breaker",
    chain: { breakerFailures: 1, breakerHalfOpenMs: 30 },
    sayHello: service.sayHello,
  });
  await port.hello("Ada");
  assert.equal((await port.hello("Ada")).body?.message, "circuit breaker is open");
  service.state.code = undefined;
  await until("the breaker to close", async () => (await port.hello("Ada")).status === 200);
  assert.equal((await port.hello("Ada")).body?.message, "fine");
});
