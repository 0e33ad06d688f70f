/** Routes of a node in use are replaced as a whole or not at all. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { PrepareView, readPrepare, sizeOfPrepare, writePrepare } from "../../../wire/ilp.ts";
import { RouteError } from "./route.ts";
import { Router } from "./router.ts";

function prepareTo(destination: string): PrepareView {
  const prepare = {
    amount: 1,
    expiresAtMs: 1_790_000_000_000,
    condition: new Uint8Array(32),
    destination,
    data: new Uint8Array(0),
  };
  const bytes = new Uint8Array(sizeOfPrepare(prepare));
  writePrepare(prepare, bytes);
  return readPrepare(bytes, new PrepareView());
}

test("a Prepare finds its peer", () => {
  const router = new Router([
    { prefix: "test.e", peer: "e" },
    { prefix: "test.e.bob", peer: "bob" },
  ]);
  assert.equal(router.lookup(prepareTo("test.e.bob.1"))?.peer, "bob");
  assert.equal(router.lookup(prepareTo("test.e.alice"))?.peer, "e");
  assert.equal(router.lookup(prepareTo("test.d"))?.peer, undefined);
});

test("new routes replace the old ones, those that were cached too", () => {
  const router = new Router([{ prefix: "test.e", peer: "old" }]);
  const packet = prepareTo("test.e.bob");
  assert.equal(router.lookup(packet)?.peer, "old");
  assert.equal(router.lookup(packet)?.peer, "old");
  router.replace([
    { prefix: "test.e", peer: "new" },
    { prefix: "g", peer: "g" },
  ]);
  assert.equal(router.lookup(packet)?.peer, "new");
  assert.equal(router.size, 2);
});

test("routes that are refused change nothing", () => {
  const router = new Router([{ prefix: "test.e", peer: "old" }]);
  assert.throws(
    () =>
      router.replace([
        { prefix: "test.e", peer: "new" },
        { prefix: "test.e", peer: "newer" },
      ]),
    RouteError,
  );
  assert.equal(router.lookup(prepareTo("test.e.bob"))?.peer, "old");
  assert.equal(router.size, 1);
});
