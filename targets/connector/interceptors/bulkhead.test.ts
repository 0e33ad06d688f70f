import assert from "node:assert/strict";
import { test } from "node:test";
import { helloBytes, rawClient, until } from "../testing/requests.ts";
import { openRpcPort } from "../testing/rpc-port.ts";

/** A handler that answers when told to. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  let running = 0;
  return {
    open: resolve,
    running: () => running,
    sayHello: async ({ name }: { name: string }) => {
      running++;
      await promise;
      return { message: name };
    },
  };
}

test("runs its concurrency, queues its queue, and refuses the rest as resource_exhausted", async () => {
  const handler = gate();
  await using port = await openRpcPort({
    variant: "bulkhead",
    chain: { bulkheadConcurrency: 2, bulkheadQueue: 3 },
    sayHello: handler.sayHello,
  });
  const answers = Promise.all(Array.from({ length: 9 }, (_, i) => port.hello(String(i))));
  await until("four refusals", () => port.counted.length === 4);
  assert.deepEqual(port.counted, Array(4).fill("resource_exhausted"));
  assert.equal(handler.running(), 2);
  handler.open();
  const statuses = (await answers).map((answer) => answer.status).sort();
  assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429, 429, 429, 429]);
});

test("the default size lets 2,000 calls at once through", async () => {
  const handler = gate();
  await using port = await openRpcPort({
    variant: "full",
    chain: { retryAttempts: 0 },
    sayHello: handler.sayHello,
  });
  const clients = await Promise.all(Array.from({ length: 2000 }, () => rawClient(port.url)));
  for (const { socket } of clients) socket.write(helloBytes());
  await until("2,000 calls in the handler", () => handler.running() === 2000);
  handler.open();
  await until("2,000 answers", () => port.counted.length === 2000);
  assert.deepEqual(new Set(port.counted), new Set(["ok"]));
  for (const { socket } of clients) socket.destroy();
});

test("a client that leaves the queue is not called for", async () => {
  const handler = gate();
  await using port = await openRpcPort({
    variant: "bulkhead",
    chain: { bulkheadConcurrency: 1, bulkheadQueue: 1 },
    sayHello: handler.sayHello,
  });
  const first = port.hello("first");
  await until("the first call to run", () => handler.running() === 1);
  const client = await rawClient(port.url);
  client.socket.write(helloBytes());
  await until("the second to wait", () => port.inFlight() === 2);
  client.socket.destroy();
  await until("the second to be gone", () => port.inFlight() === 1);
  handler.open();
  assert.equal((await first).status, 200);
  assert.equal((await port.hello("third")).status, 200);
  assert.equal(handler.running(), 2, "the second never ran");
});
