import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { openRpcPort } from "../testing/rpc-port.ts";

test("a server fault is answered with the lesser greeting, and marked", async () => {
  await using port = await openRpcPort({
    variant: "fallback",
    sayHello: () => {
      throw new ConnectError("down", Code.Unavailable);
    },
  });
  const answer = await port.hello("Ada");
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.body, { message: "Hello!" });
  assert.equal(answer.headers.get("x-fallback"), "true");
  assert.equal(answer.headers.get("content-type"), "application/json");
});

test("the client's own mistake stays an error", async () => {
  await using port = await openRpcPort({
    variant: "fallback",
    sayHello: () => {
      throw new ConnectError("no such name", Code.NotFound);
    },
  });
  assert.equal((await port.hello("Ada")).body?.code, "not_found");
});

test("a good answer is left alone", async () => {
  await using port = await openRpcPort({ variant: "fallback" });
  const answer = await port.hello("Ada");
  assert.deepEqual(answer.body, { message: "Hello, Ada!" });
  assert.equal(answer.headers.get("x-fallback"), null);
});

test("the full chain has it only when asked", async () => {
  const down = () => {
    throw new ConnectError("down", Code.Internal);
  };
  await using without = await openRpcPort({ variant: "full", sayHello: down });
  await using having = await openRpcPort({ variant: "full", chain: { fallback: true }, sayHello: down });
  assert.equal((await without.hello("Ada")).status, 500);
  assert.equal((await having.hello("Ada")).body?.message, "Hello!");
});
