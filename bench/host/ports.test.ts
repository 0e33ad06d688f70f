import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { becomesFree, isFree } from "./ports.ts";

test("a port whose holder is about to end is waited for; one that is held on to is not", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  assert.equal(await isFree(port), false);
  assert.equal(await becomesFree(port, 100), false);
  const free = becomesFree(port, 10_000);
  setTimeout(() => server.close(), 100);
  assert.equal(await free, true);
});
