import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { openRpcPort } from "../testing/rpc-port.ts";

test("an unknown error becomes internal, its text goes to the log and not to the client", async () => {
  await using port = await openRpcPort({
    variant: "error-handler",
    sayHello: () => {
      throw new Error("cannot reach db-7.example");
    },
  });
  const answer = await port.hello("Ada");
  assert.equal(answer.status, 500);
  assert.deepEqual(answer.body, { code: "internal", message: "internal error" });
  assert.deepEqual(
    port.log.map(({ err }) => (err as Error).message),
    ["cannot reach db-7.example"],
  );
});

test("a Connect error passes as it is, with its message and metadata", async () => {
  await using port = await openRpcPort({
    variant: "error-handler",
    sayHello: () => {
      throw new ConnectError("nobody of that name", Code.NotFound, { "x-hint": "try Ada" });
    },
  });
  const answer = await port.hello("Bob");
  assert.equal(answer.status, 404);
  assert.deepEqual(answer.body, { code: "not_found", message: "nobody of that name" });
  assert.equal(answer.headers.get("x-hint"), "try Ada");
});
