import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { openRpcPort, type RpcPortOptions } from "../testing/rpc-port.ts";

/** Fails the first `failures` calls with `code`, and notes when each call came. */
function flaky(code: Code, failures: number) {
  const callsMs: number[] = [];
  const sayHello: RpcPortOptions["sayHello"] = () => {
    callsMs.push(performance.now());
    if (callsMs.length <= failures) throw new ConnectError("not now", code);
    return { message: "at last" };
  };
  return { callsMs, sayHello };
}

for (const code of [Code.Unavailable, Code.ResourceExhausted]) {
  test(`${Code[code]} is tried again until it works`, async () => {
    const service = flaky(code, 3);
    await using port = await openRpcPort({
      variant: "retry",
      chain: { retryInitialMs: 1 },
      sayHello: service.sayHello,
    });
    assert.equal((await port.hello("Ada")).body?.message, "at last");
    assert.equal(service.callsMs.length, 4);
  });
}

test("after three further tries the error is the client's", async () => {
  const service = flaky(Code.Unavailable, 99);
  await using port = await openRpcPort({
    variant: "retry",
    chain: { retryInitialMs: 1 },
    sayHello: service.sayHello,
  });
  const answer = await port.hello("Ada");
  assert.equal(answer.status, 503);
  assert.equal(service.callsMs.length, 4);
});

for (const code of [Code.Internal, Code.InvalidArgument, Code.DeadlineExceeded, Code.Unknown]) {
  test(`${Code[code]} is not tried again`, async () => {
    const service = flaky(code, 1);
    await using port = await openRpcPort({ variant: "retry", sayHello: service.sayHello });
    assert.notEqual((await port.hello("Ada")).status, 200);
    assert.equal(service.callsMs.length, 1);
  });
}

test("waits double from 200 ms on by default, and never longer than the maximum", async () => {
  const service = flaky(Code.Unavailable, 2);
  await using port = await openRpcPort({ variant: "retry", sayHello: service.sayHello });
  await port.hello("Ada");
  const [first = 0, second = 0, third = 0] = service.callsMs;
  // Timers may fire up to a millisecond early, and as late as they like.
  assert.ok(second - first >= 199, `first wait ${second - first} ms`);
  assert.ok(third - second >= 399, `second wait ${third - second} ms`);
});
