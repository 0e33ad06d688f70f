/** A hub that stops reading costs a publisher a bounded buffer, and then its connection. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Publisher } from "./publisher.ts";
import { deafHub, until } from "./testing/sockets.ts";

test("it is not ready while too much waits, and comes back by a new connection", async () => {
  using deaf = await deafHub();
  const publisher = new Publisher(deaf.url, "A", 100);
  try {
    const batch = Buffer.alloc(100_000, " ");
    await until("a connection", () => publisher.ready());
    let sent = 0;
    // In one turn of the event loop: nothing leaves meanwhile, so what was sent is what waits.
    for (; publisher.ready(); sent += batch.length) publisher.send(batch, () => {});
    assert.ok(sent > 1_000_000 && sent < 12_000_000, `${sent} bytes, what waits and what the kernel took`);
    await until("the hub to be given up", () => {
      if (publisher.ready()) publisher.send(batch, () => {});
      return publisher.connections === 2;
    });
  } finally {
    await publisher.close(100);
  }
});
