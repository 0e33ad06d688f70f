/** A node's events reach a subscriber whole and in order; while there is no hub they cost no memory, and are counted. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { packetId } from "../../../wire/packet-id.ts";
import { epochMs } from "./event.ts";
import { Telemetry, type TelemetryOptions } from "./telemetry.ts";
import { deafHub, disposableHub, subscribe, until } from "./testing/sockets.ts";

const condition = Uint8Array.from({ length: 32 }, (_, i) => i);
const defaults: TelemetryOptions = {
  nodeId: "A",
  hub: undefined,
  batchMs: 10,
  batchEvents: 100,
  queue: 1024,
};

function node(options: Partial<TelemetryOptions>) {
  const telemetry = new Telemetry({ ...defaults, ...options });
  return Object.assign(telemetry, { [Symbol.asyncDispose]: () => telemetry.close() });
}

test("a packet's way through a node, as a subscriber sees it", async () => {
  await using hub = await disposableHub();
  using seen = await subscribe(hub.url);
  await using telemetry = node({ hub: hub.url });
  const [alice, bob] = [telemetry.peer("alice"), telemetry.peer("bob")];
  const before = epochMs();
  telemetry.received(condition, 0, alice, 100, epochMs());
  telemetry.routed(condition, 0, bob, 100, epochMs());
  telemetry.sent(condition, 0, bob, 99, epochMs());
  telemetry.fulfilled(condition, 0, alice, 100, epochMs());
  telemetry.rejected(condition, 0, alice, 100n, epochMs(), "T04");
  telemetry.status("ready", { routes: 4 });
  telemetry.log("warn", `peer "b" is gone${"!".repeat(1000)}`);
  await until("all events", () => seen.events().length === 7);
  const id = packetId(condition);
  const about = { packetId: id, peer: "alice", amount: "100" };
  assert.deepEqual(
    seen.events().map(({ timestamp, ...rest }) => rest),
    [
      { type: "PACKET_RECEIVED", ...about },
      { type: "ROUTE_LOOKUP", ...about, peer: "bob" },
      { type: "PACKET_SENT", ...about, peer: "bob", amount: "99" },
      { type: "PACKET_FULFILLED", ...about },
      { type: "PACKET_REJECTED", ...about, code: "T04" },
      { type: "NODE_STATUS", status: "ready", routes: 4 },
      { type: "LOG", level: "warn", message: `peer "b" is gone${"!".repeat(484)}` },
    ],
  );
  const times = seen.events().map(({ timestamp }) => timestamp);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  assert.ok(times[0]! >= before - 0.001 && times[6]! <= epochMs());
});

test("batches join: each begins where the one before ended, full ones leave before their time", async () => {
  await using hub = await disposableHub();
  using seen = await subscribe(hub.url);
  await using telemetry = node({ hub: hub.url, batchMs: 60_000 });
  await until("a connection", () => telemetry.counts().connected);
  const peer = telemetry.peer("alice");
  for (let i = 0; i < 250; i++) telemetry.received(condition, 0, peer, i, epochMs());
  await until("two full batches", () => seen.batches().length === 2);
  assert.equal(telemetry.counts().waiting, 50);
  telemetry.flush();
  await until("the rest", () => seen.batches().length === 3);
  assert.deepEqual(
    seen.batches().map(({ from, dropped, events }) => [from, dropped, events.length]),
    [
      [0, 0, 100],
      [100, 0, 100],
      [200, 0, 50],
    ],
  );
  const amounts = seen.events().map((event) => ("amount" in event ? Number(event.amount) : -1));
  assert.deepEqual(
    amounts,
    Array.from({ length: 250 }, (_, i) => i),
  );
});

test("every full batch leaves before its time, not the first alone", async () => {
  await using hub = await disposableHub();
  using seen = await subscribe(hub.url);
  await using telemetry = node({ hub: hub.url, batchMs: 60_000 });
  await until("a connection", () => telemetry.counts().connected);
  const peer = telemetry.peer("alice");
  for (let round = 1; round <= 3; round++) {
    for (let i = 0; i < 100; i++) telemetry.received(condition, 0, peer, i, epochMs());
    await until(`batch ${round}`, () => seen.batches().length === round);
  }
});

test("without a hub events wait up to the queue, then drop; the next batch says how many", async () => {
  const probe = await disposableHub();
  await probe.close();
  await using telemetry = node({ hub: probe.url, queue: 64, batchEvents: 10 });
  const peer = telemetry.peer("alice");
  for (let i = 0; i < 100; i++) telemetry.received(condition, 0, peer, i, epochMs());
  assert.deepEqual([telemetry.counts().waiting, telemetry.counts().dropped], [64, 36]);

  await using hub = await disposableHub({ port: probe.port });
  using seen = await subscribe(hub.url);
  await until("what waited", () => seen.events().length === 64);
  telemetry.received(condition, 0, peer, 100, epochMs());
  await until("what came later", () => seen.events().length === 65);
  const dropped = seen.batches().map(({ dropped }) => dropped);
  assert.deepEqual(dropped, [36, 0, 0, 0, 0, 0, 0, 0]);
  const amounts = seen.events().map((event) => ("amount" in event ? Number(event.amount) : -1));
  assert.deepEqual(amounts, [...Array.from({ length: 64 }, (_, i) => i), 100]);
  assert.deepEqual(
    { ...telemetry.counts(), connected: true },
    { recorded: 101, published: 65, batches: 8, dropped: 36, waiting: 0, connected: true, connections: 1 },
  );
});

test("a hub that went and came back is found again", async () => {
  const first = await disposableHub();
  await using telemetry = node({ hub: first.url });
  const peer = telemetry.peer("alice");
  await until("a connection", () => telemetry.counts().connected);
  await first.close();
  await until("its end", () => !telemetry.counts().connected);
  telemetry.received(condition, 0, peer, 1, epochMs());
  await using second = await disposableHub({ port: first.port });
  using seen = await subscribe(second.url);
  await until("the event", () => seen.events().length === 1);
  assert.equal(telemetry.counts().connections, 2);
});

test("closing sends what waits", async () => {
  await using hub = await disposableHub();
  using seen = await subscribe(hub.url);
  const telemetry = new Telemetry({ ...defaults, hub: hub.url, batchMs: 60_000 });
  await until("a connection", () => telemetry.counts().connected);
  telemetry.status("stopping");
  await telemetry.close();
  await until("the last event", () => seen.events().length === 1);
  assert.equal(telemetry.counts().connected, false);
});

test("turned off, it records nothing and waits for nothing", async () => {
  const telemetry = new Telemetry(defaults);
  telemetry.received(condition, 0, telemetry.peer("alice"), 1, epochMs());
  telemetry.log("info", "x");
  assert.deepEqual([telemetry.counts().recorded, telemetry.counts().dropped], [0, 0]);
  await telemetry.close();
});

test("a status of too many words is dropped and counted", async () => {
  await using hub = await disposableHub();
  await using telemetry = node({ hub: hub.url });
  telemetry.status("ready", { much: "x".repeat(3000) });
  assert.equal(telemetry.counts().dropped, 1);
});

test("what a connection had not taken when it was lost is dropped: counted, and told with the next batch", async () => {
  using deaf = await deafHub();
  // More than a kernel keeps for a connection, and than may wait for one.
  const EVENTS = 120_000;
  await using telemetry = node({ hub: deaf.url, queue: EVENTS, batchEvents: 1_000 });
  const peer = telemetry.peer("alice");
  await until("a connection", () => telemetry.counts().connected);
  for (let i = 0; i < EVENTS; i++) telemetry.received(condition, 0, peer, i, epochMs());
  let batches = 0;
  await until("it to take no more", () => {
    const before = batches;
    batches = telemetry.counts().batches;
    return batches > 0 && batches === before;
  });
  const full = telemetry.counts();
  assert.deepEqual([full.recorded, full.published + full.waiting, full.dropped], [EVENTS, EVENTS, 0]);
  assert.ok(full.published > 0 && full.published < batches * 1_000, JSON.stringify(full));

  deaf.end();
  await until("what was sent to be one or the other", () => {
    const { dropped, published } = telemetry.counts();
    return published + dropped === batches * 1_000;
  });
  const { dropped, waiting } = telemetry.counts();
  assert.equal(waiting, EVENTS - batches * 1_000);
  // The system may have taken another batch meanwhile, but not what had no place in it before.
  const unsent = full.waiting - waiting;
  assert.ok(dropped > unsent / 2 && dropped <= unsent, `${dropped} of ${unsent}`);

  await using hub = await disposableHub({ port: deaf.port });
  using seen = await subscribe(hub.url);
  await until("what waited", () => seen.events().length === waiting);
  const [first, ...others] = seen.batches();
  assert.deepEqual([first?.from, first?.dropped], [batches * 1_000, dropped]);
  assert.ok(others.every((batch) => batch.dropped === 0));
  const last = telemetry.counts();
  assert.deepEqual([last.published, last.dropped, last.waiting], [EVENTS - dropped, dropped, 0]);
});

test("what a lost batch was to tell of dropped events is told by the next that is not lost", async () => {
  using deaf = await deafHub();
  const FULL = 1024;
  // Batches of a full ring, when it is full and at no other time.
  await using telemetry = node({ hub: deaf.url, queue: FULL, batchEvents: FULL, batchMs: 60_000 });
  const peer = telemetry.peer("alice");
  await until("a connection", () => telemetry.counts().connected);
  let batches = 0;
  for (let sent = true; sent; batches += Number(sent)) {
    // As many are dropped as are sent.
    for (let i = 0; i < 2 * FULL; i++) telemetry.received(condition, 0, peer, i, epochMs());
    await new Promise((resolve) => setImmediate(resolve));
    sent = telemetry.counts().batches > batches;
  }
  const dropped = (batches + 1) * FULL;
  assert.equal(telemetry.counts().dropped, dropped, "of each batch, and of what found no room at last");

  deaf.end();
  await until("what was sent to be one or the other", () => telemetry.counts().waiting === FULL);
  const taken = telemetry.counts().published / FULL;
  const lost = batches - taken;
  assert.ok(taken > 0 && lost > 0, `${taken} taken, ${lost} lost`);
  await using hub = await disposableHub({ port: deaf.port });
  using seen = await subscribe(hub.url);
  await until("a connection", () => telemetry.counts().connected);
  telemetry.flush();
  await until("what waited", () => seen.batches().length === 1);
  const [first] = seen.batches();
  // Those that were lost, those they were to tell of, and those since.
  assert.deepEqual([first?.events.length, first?.dropped], [FULL, (lost + lost + 1) * FULL]);
  assert.equal(telemetry.counts().dropped, dropped + lost * FULL);
});
