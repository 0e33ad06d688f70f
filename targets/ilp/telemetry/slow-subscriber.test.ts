/** A subscriber that reads slowly loses batches, is told how many, and delays nobody; one that is stuck is cut. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { WebSocket } from "ws";
import type { Hub } from "./hub.ts";
import { batchText, disposableHub, next, publish, subscribe, until } from "./testing/sockets.ts";

const PADDING = 100_000;

/** Sends batches until the one that does not read has missed some, and the other has them all. */
async function fill(hub: Hub, publisher: WebSocket, quick: { texts: string[] }): Promise<number> {
  let sent = 0;
  // Until the kernel's buffers are full, and the hub's for the slow one.
  await until("batches to be missed", async () => {
    for (let i = 0; i < 10; i++) publisher.send(batchText("A", sent++, ["LOG"], PADDING));
    await until("the quick one to have them", () => quick.texts.length === sent);
    return hub.counts.missed >= 5;
  });
  return sent;
}

test("one that stops reading misses batches, another gets them all; when it reads again it is told", async () => {
  await using hub = await disposableHub({ limits: { waitingBytes: 500_000, sweepMs: 20 } });
  using a = await publish(hub.url, "A");
  using slow = await subscribe(hub.url);
  using quick = await subscribe(hub.url);
  slow.socket.pause();
  const sent = await fill(hub, a.socket, quick);
  const { missed } = hub.counts;
  slow.socket.resume();
  await until("the notice", () => slow.frames().some((frame) => frame.missed !== undefined));
  a.socket.send(batchText("A", sent));
  await until("the next batch", () => slow.batches().at(-1)?.from === sent);

  const frames = slow.frames();
  const notices = frames.flatMap((frame) => frame.missed ?? []);
  assert.equal(
    notices.reduce((sum, count) => sum + count, 0),
    missed,
  );
  assert.equal(slow.batches().length + missed, sent + 1, "every batch came or was counted");
  const at = frames.findIndex((frame) => frame.missed !== undefined);
  assert.equal(
    frames[at + 1]?.from,
    frames[at - 1]!.from + 1 + notices[0]!,
    "the notice stands where they are missing",
  );
  assert.deepEqual(
    quick
      .batches()
      .slice(0, sent)
      .map(({ from }) => from),
    Array.from({ length: sent }, (_, i) => i),
  );
  assert.ok(quick.frames().every((frame) => frame.missed === undefined));
});

test("it is told before the next batch, not only now and then", async () => {
  await using hub = await disposableHub({ limits: { waitingBytes: 500_000, sweepMs: 1_000_000 } });
  using a = await publish(hub.url, "A");
  using slow = await subscribe(hub.url);
  using quick = await subscribe(hub.url);
  slow.socket.pause();
  let sent = await fill(hub, a.socket, quick);
  slow.socket.resume();
  const isNotice = (text: string) => text.startsWith('{"v":1,"missed":');
  await until("a batch after those it missed", () => {
    if (quick.texts.length === sent) a.socket.send(batchText("A", sent++));
    const notice = slow.texts.findIndex(isNotice);
    return notice >= 0 && notice < slow.texts.length - 1;
  });
  assert.equal(slow.texts.filter(isNotice).length, 1);
  assert.equal(slow.frames().find((frame) => frame.missed !== undefined)?.missed, hub.counts.missed);
});

test("one that does not read its answers gets none", async () => {
  await using hub = await disposableHub({ limits: { waitingBytes: 500_000 } });
  using a = await publish(hub.url, "A");
  using slow = await subscribe(hub.url);
  using quick = await subscribe(hub.url);
  slow.socket.pause();
  await fill(hub, a.socket, quick);
  for (let i = 0; i < 50; i++) slow.socket.send(`{"ping":${i}}`);
  await until("its pings", () => hub.counts.pings === 50);
  slow.socket.resume();
  await until("room for the notice", () => slow.frames().some((frame) => frame.missed !== undefined));
  slow.socket.send('{"ping":"now"}');
  await until("an answer", () => slow.frames().some(({ pong }) => pong !== undefined));
  assert.deepEqual(
    slow.frames().flatMap(({ pong }) => pong ?? []),
    ["now"],
  );
});

test("one that stays stuck is cut, and its memory is free again", async () => {
  await using hub = await disposableHub({ limits: { waitingBytes: 500_000, stuckMs: 100, sweepMs: 20 } });
  using a = await publish(hub.url, "A");
  using stuck = await subscribe(hub.url);
  stuck.socket.pause();
  await until("it to be cut", () => {
    if (a.socket.bufferedAmount === 0) a.socket.send(batchText("A", 0, ["LOG"], PADDING));
    return hub.counts.cut === 1;
  });
  const closed = next(stuck.socket, "close");
  stuck.socket.resume();
  await closed;
  const health = await (await fetch(`${hub.url.replace("ws:", "http:")}/health`)).json();
  assert.equal((health as { subscribers: number }).subscribers, 0);
});
