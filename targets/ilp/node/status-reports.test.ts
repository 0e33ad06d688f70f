/** A node says how it is: at once, again and again, when its ledger changes, and at its end. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LedgerStats } from "../ledger/ledger.ts";
import { faultsIn } from "../ledger/testing/faults.ts";
import type { NodeStatusEvent } from "../telemetry/event.ts";
import { disposableHub, subscribe } from "../telemetry/testing/sockets.ts";
import { until } from "../testing/until.ts";
import { StatusReports } from "./status-reports.ts";
import { nodeBetween } from "./testing/node-between.ts";

/** Reports of a ledger that is as the test says. */
function reportsOf() {
  const stats = { state: "up" as LedgerStats["state"], outages: 0 };
  const told: string[] = [];
  const reports = new StatusReports({
    telemetry: {
      status: (status, fields) => told.push(`${status} ${Object.values(fields ?? {}).join(" ")}`),
    },
    ledger: { stats: () => stats as LedgerStats },
    fields: () => ({ held: 3 }),
  });
  return { stats, told, reports };
}

test("who subscribes later is told within five seconds; a stop is told once, and nothing after it", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { told, reports } = reportsOf();
  assert.deepEqual(told, ["ready up 0 3"]);
  t.mock.timers.tick(4_999);
  assert.equal(told.length, 1);
  t.mock.timers.tick(10_001);
  assert.deepEqual(told, Array(4).fill("ready up 0 3"));
  reports.stop();
  reports.stop();
  t.mock.timers.tick(60_000);
  assert.deepEqual(told.slice(4), ["stopping up 0 3"]);
});

test("a ledger that went down or came back is told at once, also one that did both between two looks", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { stats, told, reports } = reportsOf();
  Object.assign(stats, { state: "down", outages: 1 });
  t.mock.timers.tick(250);
  Object.assign(stats, { state: "up" });
  t.mock.timers.tick(250);
  Object.assign(stats, { outages: 2 });
  t.mock.timers.tick(250);
  assert.deepEqual(told.slice(1), ["degraded down 1 3", "ready up 1 3", "ready up 2 3"]);
  // From the last one on, the next is five seconds away.
  t.mock.timers.tick(4_750);
  assert.equal(told.length, 4);
  t.mock.timers.tick(250);
  assert.equal(told.length, 5);
  reports.stop();
});

test("a subscriber of the hub sees a node come, lose its ledger, find it again, and go", async () => {
  const faults = faultsIn();
  await using hub = await disposableHub();
  using seen = await subscribe(hub.url, "?types=NODE_STATUS");
  const place = await nodeBetween({ hub: hub.url, ledger: { patienceMs: 200 }, faults });
  await using _ = place;
  const statuses = () =>
    (seen.events() as NodeStatusEvent[]).map(({ status, ledger }) => `${status} ${ledger}`);
  const changes = () => statuses().filter((status, i, all) => status !== all[i - 1]);
  await until("it to be ready", () => changes().at(-1) === "ready up");
  faults.crash = true;
  // What is to be written is what a dead thread is noticed by.
  const told = place.alice.send({ destination: "test.a.bob.wallet" });
  await until("its ledger to be down", () => changes().at(-1) === "degraded down");
  faults.crash = false;
  await until("it to be ready again", () => changes().at(-1) === "ready up");
  await told;
  await place.node.close();
  await until("its end", () => changes().at(-1)?.startsWith("stopping") ?? false);
  assert.deepEqual([changes()[0], changes().at(-1)], ["ready up", "stopping up"]);
  const [first] = seen.events() as NodeStatusEvent[];
  const { timestamp, type, status, ...fields } = first!;
  assert.deepEqual(fields, { ledger: "up", ledgerOutages: 0, routes: 1, peers: 2, peersUp: 0, held: 0 });
});
