import assert from "node:assert/strict";
import { test } from "node:test";
import { openRpcPort } from "../testing/rpc-port.ts";
import { rateLimitInterceptor } from "./rate-limit.ts";

/** A port whose rate limiter runs on a clock of the test's. */
async function limited(perSecond: number) {
  const clock = { ms: 0 };
  const port = await openRpcPort({ interceptors: [rateLimitInterceptor(perSecond, () => clock.ms)] });
  const statuses = async (calls: number) => {
    const list: number[] = [];
    for (let i = 0; i < calls; i++) list.push((await port.hello("Ada")).status);
    return list;
  };
  return { clock, port, statuses };
}

test("a burst of one second's worth passes, the next is resource_exhausted and told when to come back", async () => {
  const { port, statuses } = await limited(3);
  await using _ = port;
  assert.deepEqual(await statuses(4), [200, 200, 200, 429]);
  const answer = await port.hello("Ada");
  assert.deepEqual(answer.body, { code: "resource_exhausted", message: "more than 3 calls a second" });
  assert.equal(answer.headers.get("retry-after"), "1");
});

test("afterwards calls pass at the rate, and unused time is not saved beyond the burst", async () => {
  const { clock, port, statuses } = await limited(2);
  await using _ = port;
  assert.deepEqual(await statuses(3), [200, 200, 429]);
  clock.ms = 500;
  assert.deepEqual(await statuses(2), [200, 429]);
  clock.ms = 60_000;
  assert.deepEqual(await statuses(3), [200, 200, 429]);
});

test("less than one a second is a rate too", async () => {
  const { clock, port, statuses } = await limited(0.1);
  await using _ = port;
  assert.deepEqual(await statuses(2), [200, 429]);
  clock.ms = 9_999;
  assert.deepEqual(await statuses(1), [429]);
  clock.ms = 10_000;
  assert.deepEqual(await statuses(1), [200]);
});

test("alone and without a limit it refuses nothing", async () => {
  await using port = await openRpcPort({ variant: "rate-limit" });
  const answers = await Promise.all(Array.from({ length: 200 }, () => port.hello("Ada")));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
});

test("in the full chain it stands before the retry: a refusal is not tried again", async () => {
  await using port = await openRpcPort({ variant: "full", chain: { rateLimit: 1, retryInitialMs: 60_000 } });
  assert.equal((await port.hello("Ada")).status, 200);
  assert.equal((await port.hello("Ada")).status, 429);
});
