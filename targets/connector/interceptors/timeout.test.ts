import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { helloBytes, rawClient, until } from "../testing/requests.ts";
import { openRpcPort } from "../testing/rpc-port.ts";
import { timeoutInterceptor } from "./timeout.ts";

const never = () => new Promise<never>(() => {});

test("a handler that never answers and ignores its signal is cut off as deadline_exceeded", async () => {
  await using port = await openRpcPort({ variant: "timeout", chain: { timeoutMs: 20 }, sayHello: never });
  const answer = await port.hello("Ada");
  assert.equal(answer.status, 504);
  assert.deepEqual(answer.body, { code: "deadline_exceeded", message: "no answer within 20 ms" });
});

test("the handler's signal is aborted by the timeout", async () => {
  const aborted = Promise.withResolvers<void>();
  await using port = await openRpcPort({
    variant: "timeout",
    chain: { timeoutMs: 20 },
    sayHello: (_, { signal }) => {
      signal.addEventListener("abort", () => aborted.resolve());
      return never();
    },
  });
  await port.hello("Ada");
  await aborted.promise;
});

test("a quick answer passes, and an error of the handler keeps its code", async () => {
  await using port = await openRpcPort({
    variant: "timeout",
    sayHello: ({ name }) => {
      if (name === "Bob") throw new ConnectError("no", Code.PermissionDenied);
      return { message: "yes" };
    },
  });
  assert.equal((await port.hello("Ada")).body?.message, "yes");
  assert.equal((await port.hello("Bob")).body?.code, "permission_denied");
});

test("a client that leaves is canceled, not timed out", async () => {
  const reasons: unknown[] = [];
  await using port = await openRpcPort({
    interceptors: [
      (next) => async (req) => {
        try {
          return await next(req);
        } catch (reason) {
          reasons.push((reason as ConnectError).code);
          throw reason;
        }
      },
      timeoutInterceptor(60_000),
    ],
    sayHello: never,
  });
  const client = await rawClient(port.url);
  client.socket.write(helloBytes());
  await until("the request to arrive", () => port.inFlight() === 1);
  client.socket.destroy();
  await until("the call to end", () => reasons.length === 1);
  assert.deepEqual(reasons, [Code.Canceled]);
  assert.deepEqual(port.counted, ["canceled"]);
});
