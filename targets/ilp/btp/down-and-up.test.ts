/** Links that end and come back: what was under way fails once, and the session goes on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { backOffMs } from "../back-off.ts";
import { until } from "../testing/until.ts";
import { Session } from "./btp.ts";
import { Dialer } from "./dialer.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { HandClock } from "./testing/hand-clock.ts";
import {
  clientNode,
  echo,
  ilpPacket,
  Keeper,
  pair,
  RawPeer,
  request,
  serverNode,
  Waiter,
} from "./testing/nodes.ts";
import { muteServer } from "./testing/raw-tcp.ts";

test("a request while the link is down is refused", async () => {
  await using client = await clientNode("ws://127.0.0.1:1");
  const hub = client.session("hub");
  assert.equal(request(hub, new Waiter()), "DOWN");
  assert.equal(hub.counters.refusedDown, 1);
  assert.equal(hub.pending, 0);
});

test("the client comes back when the server goes and comes", async () => {
  const first = await serverNode(new Keeper());
  const clientKeeper = new Keeper();
  await using client = await clientNode(first.url, clientKeeper);
  const hub = client.session("hub");
  await until("the link", () => hub.up);
  const waiters = [new Waiter(), new Waiter()];
  for (const waiter of waiters) request(hub, waiter);
  await first.close(0);
  await until("the loss to be seen", () => !hub.up);
  assert.deepEqual(
    waiters.map(({ outcome }) => outcome),
    ["LINK_LOST", "LINK_LOST"],
  );
  assert.deepEqual([hub.pending, hub.counters.lost], [0, 2]);
  await until("connects in vain", () => hub.counters.connectFailures >= 2);

  const port = Number(new URL(first.url).port);
  await using second = await serverNode(new Keeper(echo), { listen: { port } });
  await until("the link again", () => hub.up && second.session("ann").up);
  const waiter = new Waiter();
  request(hub, waiter);
  await until("an answer", () => waiter.outcome !== "waiting");
  assert.equal(waiter.outcome, "answer 1");
  assert.deepEqual([hub.counters.ups, clientKeeper.downs], [2, ["CLOSED"]]);
});

test("a second connection of a peer replaces the first", async () => {
  const keeper = new Keeper();
  await using server = await serverNode(keeper);
  const ann = server.session("ann");
  using first = await RawPeer.login(server.url, "ann's");
  const waiter = new Waiter();
  request(ann, waiter);
  first.send(ilpPacket(77));
  await until("a request each way", () => first.packets.length === 2 && keeper.messages.length === 1);
  using second = await RawPeer.login(server.url, "ann's");
  await until("the first to be closed", () => first.closed !== undefined);
  assert.equal(first.closed, 4000);
  assert.equal(waiter.outcome, "LINK_LOST");
  assert.deepEqual(
    [ann.up, ann.counters.ups, ann.counters.replaced, keeper.downs],
    [true, 2, 1, ["REPLACED"]],
  );

  // The second asks under the same id: the answer to the first must not reach it.
  second.send(ilpPacket(77));
  await until("the second's request", () => keeper.messages.length === 2);
  const [old, young] = keeper.messages.map(({ link }) => link);
  assert.equal(old!.acknowledge(77), false);
  assert.equal(young!.acknowledge(77), true);
  await until("one answer", () => second.packets.length === 2);
  assert.equal(ann.counters.unsentAnswers, 1);
});

test("a peer that vanishes without a word is pinged, and cut", async () => {
  const clock = new HandClock();
  const keeper = new Keeper();
  await using server = await serverNode(keeper, { clock });
  using peer = await RawPeer.login(server.url, "ann's");
  let pings = 0;
  peer.webSocket.on("ping", () => pings++);
  const { keepAliveMs } = DEFAULT_LIMITS;
  clock.turn(keepAliveMs);
  assert.equal(server.session("ann").up, true);
  clock.turn(keepAliveMs / 2);
  await until("a ping", () => pings === 1);
  // It answered, so it is there, and stays.
  peer.send(ilpPacket(1));
  await until("its message", () => keeper.messages.length === 1);
  clock.turn(1.25 * keepAliveMs);
  assert.equal(server.session("ann").up, true);
  await until("another ping", () => pings === 2);

  peer.webSocket.pause();
  clock.turn(3 * keepAliveMs);
  await until("the cut", () => !server.session("ann").up);
  assert.deepEqual([keeper.downs, server.session("ann").counters.silent], [["SILENT"], 1]);
});

test("back-off: a random part of a span that doubles up to its bound", () => {
  const spans = Array.from({ length: 9 }, (_, attempt) => backOffMs(attempt, 100, 10_000, 1));
  assert.deepEqual(spans, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
  assert.equal(backOffMs(2, 100, 10_000, 0), 0);
  assert.equal(backOffMs(2, 100, 10_000, 0.25), 100);
  assert.equal(backOffMs(1e9, 100, 10_000, 0.5), 5000);
});

test("connects are spaced by the back-off, which starts anew only after a link that lasted", async () => {
  const clock = new HandClock();
  const server = await serverNode(new Keeper());
  const session = new Session("hub", { handler: new Keeper(), limits: DEFAULT_LIMITS, clock });
  const dialer = new Dialer(session, server.url, "ann's", () => 0.5);
  dialer.start();
  await until("the link", () => session.up);
  const port = Number(new URL(server.url).port);

  const waitAfter = async (ended: () => boolean) => {
    await until("the end", ended);
    // The next connect is the only timer.
    await until("the back-off", () => clock.waits.length === 1);
    return clock.waits[0];
  };
  await server.close(0);
  assert.equal(await waitAfter(() => !session.up), 50);
  for (const [failures, wait] of [
    [1, 100],
    [2, 200],
    [3, 400],
  ] as const) {
    clock.turn(clock.waits[0]!);
    assert.equal(await waitAfter(() => session.counters.connectFailures === failures), wait);
  }

  const again = async () => {
    const server = await serverNode(new Keeper(), { listen: { port } });
    clock.turn(clock.waits[0]!);
    await until("the link", () => session.up);
    return server;
  };
  const brief = await again();
  clock.turn(1000);
  await brief.close(0);
  assert.equal(await waitAfter(() => !session.up), 800);
  const lasting = await again();
  clock.turn(DEFAULT_LIMITS.retryMaxMs);
  await lasting.close(0);
  assert.equal(await waitAfter(() => !session.up), 50);
  await dialer.close();
  assert.deepEqual(clock.waits, []);
});

test("a peer that does not come up is told of once, with why, and anew when it was up and is gone for long", async () => {
  const clock = new HandClock();
  const keeper = new Keeper();
  const before = await serverNode(new Keeper());
  const port = Number(new URL(before.url).port);
  await before.close(0);
  const session = new Session("hub", { handler: keeper, limits: DEFAULT_LIMITS, clock });
  const dialer = new Dialer(session, before.url, "ann's", () => 0.5);
  dialer.start();
  const { counters } = session;
  const failTo = async (total: number) => {
    while (counters.connectFailures < total) {
      const failed = counters.connectFailures;
      await until("the next try to fail", () => counters.connectFailures > failed);
      if (counters.connectFailures < total) clock.turn(clock.waits[0]!);
    }
  };
  // Waits of 50, 100, ... 800 ms: the sixth try is 1550 ms after the first.
  await failTo(5);
  assert.deepEqual(keeper.unreached, []);
  clock.turn(clock.waits[0]!);
  await failTo(6);
  assert.equal(keeper.unreached.length, 1);
  assert.match(keeper.unreached[0]!, /ECONNREFUSED/);
  clock.turn(clock.waits[0]!);
  await failTo(8);
  assert.equal(keeper.unreached.length, 1, "once");

  const server = await serverNode(new Keeper(), { listen: { port } });
  clock.turn(clock.waits[0]!);
  await until("the link", () => session.up);
  await server.close(0);
  await until("its end", () => !session.up);
  // The back-off is still long: the link was short.
  clock.turn(clock.waits[0]!);
  await failTo(9);
  assert.equal(keeper.unreached.length, 2, "once more");
  await dialer.close();
});

test("a peer that refuses the token is told of by that", async () => {
  const clock = new HandClock();
  await using server = await serverNode(new Keeper());
  const keeper = new Keeper();
  const session = new Session("hub", { handler: keeper, limits: DEFAULT_LIMITS, clock });
  const dialer = new Dialer(session, server.url, "nobody's", () => 1);
  dialer.start();
  for (let tries = 1; keeper.unreached.length === 0; tries++) {
    await until("a refusal", () => session.counters.connectFailures === tries);
    if (keeper.unreached.length === 0) clock.turn(clock.waits[0]!);
  }
  assert.deepEqual(keeper.unreached, ["it refuses our token"]);
  await dialer.close();
});

test("a server that accepts and says nothing is left after the time to authenticate", async () => {
  await using mute = await muteServer();
  await using client = await clientNode(mute.url, new Keeper(), { limits: { authMs: 30 } });
  await until("two tries", () => client.session("hub").counters.connectFailures >= 2);
});

test("an error of the handler is reported, answered with T00, and ends nothing", async () => {
  let calls = 0;
  const keeper = new Keeper((link, message) => {
    if (++calls === 1) throw new Error("a bug");
    echo(link, message);
  });
  await using nodes = await pair(keeper);
  const [first, second] = [new Waiter(), new Waiter()];
  request(nodes.hub, first);
  request(nodes.hub, second);
  await until("both answers", () => first.outcome !== "waiting" && second.outcome !== "waiting");
  assert.deepEqual([first.outcome, second.outcome], ["answer 2", "answer 1"]);
  assert.deepEqual([nodes.ann.counters.faults, String(keeper.faults[0])], [1, "Error: a bug"]);
});
