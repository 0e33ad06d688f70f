import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { openRpcPort } from "../testing/rpc-port.ts";

const INFO = 30;
const WARN = 40;
const ERROR = 50;

test("one line a call: what was called, how it ended, how long it took", async () => {
  await using port = await openRpcPort({ variant: "logger" });
  await port.hello("Ada");
  assert.equal(port.log.length, 1);
  const { level, variant, service, method, code, ms, msg } = port.log[0] ?? {};
  assert.deepEqual(
    { level, variant, service, method, code, msg },
    {
      level: INFO,
      variant: "logger",
      service: "greeter.v1.GreeterService",
      method: "SayHello",
      code: "ok",
      msg: "call",
    },
  );
  assert.ok(typeof ms === "number" && ms >= 0);
});

test("the client's mistakes are warnings, the server's are errors", async () => {
  await using port = await openRpcPort({
    variant: "logger",
    sayHello: ({ name }) => {
      throw new ConnectError(`no ${name}`, name === "Ada" ? Code.NotFound : Code.Unavailable);
    },
  });
  await port.hello("Ada");
  await port.hello("Bob");
  assert.deepEqual(
    port.log.map(({ level, code, error }) => [level, code, error]),
    [
      [WARN, "not_found", "no Ada"],
      [ERROR, "unavailable", "no Bob"],
    ],
  );
});
