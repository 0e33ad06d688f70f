import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { openRpcPort } from "../testing/rpc-port.ts";

test("calls are counted by method and code, and timed", async () => {
  await using port = await openRpcPort({
    variant: "metrics",
    sayHello: ({ name }) => {
      if (name === "Bob") throw new ConnectError("no", Code.NotFound);
      return { message: "yes" };
    },
  });
  for (const name of ["Ada", "Bob", "Ada"]) await port.hello(name);
  const text = await port.registry.metrics();
  assert.match(text, /^connector_calls_total\{variant="metrics",method="SayHello",code="ok"\} 2$/m);
  assert.match(text, /^connector_calls_total\{variant="metrics",method="SayHello",code="not_found"\} 1$/m);
  assert.match(text, /^connector_call_duration_seconds_count\{variant="metrics",method="SayHello"\} 3$/m);
});
