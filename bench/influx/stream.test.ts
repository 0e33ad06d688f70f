import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { freeBase } from "../../targets/ilp/testing/free-base.ts";
import type { Run } from "../results/run-schema.ts";
import { wholeRun } from "../results/testing/run.ts";
import { until } from "../run/testing/processes.ts";
import { requests, windowAt } from "../windows/testing/windows.ts";
import { addressOf } from "./address.ts";
import type { Deliver } from "./delivery.ts";
import { Outbox } from "./outbox.ts";
import { lineOf } from "./point.ts";
import { PointsOfRun } from "./points-of-run.ts";
import { InfluxStream } from "./stream.ts";
import { fakeInflux } from "./testing/fake-influx.ts";

const RUN = wholeRun();
const SECOND = windowAt(0, requests(10, 1, { phase: "hold" }));
const pushCommand = ({ run }: Run) => `npx plimsoll push ${run}`;

function stream(url: string) {
  const said: string[] = [];
  const it = new InfluxStream({ address: addressOf(url), pushCommand });
  it.begin(RUN, (line) => said.push(line));
  return { it, said };
}

test("a run that went well says in a line how many points arrived, and where", async (t) => {
  const fake = await fakeInflux(t, (response) => response.writeHead(204).end());
  const { it, said } = stream(`${fake.origin}/plimsoll`);
  it.window(SECOND);
  const line = await it.end(RUN);
  const points = fake.writes.flat().length;
  assert.equal(line, `InfluxDB: ${points} points written to ${fake.origin}/plimsoll`);
  assert.deepEqual(said, []);
  const start = 1 + RUN.sla.length;
  // Its totals, and that a phase began.
  const window = SECOND.series.length + 2;
  const end = RUN.sla.length + 2;
  assert.equal(points, start + window + end);
});

test("a database that is away is told in one line while the run goes, and counted in one at its end", async (t) => {
  const fake = await fakeInflux(t, (response) => response.writeHead(500).end('{"error":"disk is full"}'));
  const { it, said } = stream(`${fake.origin.replace("//", "//ann:s3cret@")}/plimsoll`);
  await until(() => fake.writes.length >= 2, "it was tried again");
  it.window(SECOND);
  const line = await it.end(RUN);
  const push = `npx plimsoll push ${RUN.run}`;
  assert.deepEqual(said, [
    `InfluxDB at ${fake.origin}/plimsoll does not take points (disk is full); the run goes on. Later: ${push}`,
  ]);
  assert.match(line, /^InfluxDB: 0 points written to \S+, \d+ dropped \(disk is full\); all of them: /);
  assert.ok(line.endsWith(push));
  assert.doesNotMatch(`${said} ${line}`, /s3cret|ann/);
});

test("a database that is away until the queue is full still gets how the run started, before all else", async () => {
  const sent: (readonly string[])[] = [];
  let away = true;
  const deliver: Deliver = async (lines) => {
    if (away) return { taken: false, why: "ECONNREFUSED" };
    sent.push(lines);
    return { taken: true, written: lines.length, refused: 0, why: "" };
  };
  const it = new InfluxStream({
    address: addressOf("http://127.0.0.1:8086/plimsoll"),
    pushCommand,
    outbox: (onTrouble) => new Outbox({ deliver, onTrouble, mostWaiting: { lines: 20, bytes: 10_000 } }),
  });
  it.begin(RUN, () => {});
  for (let second = 0; second < 60; second++) it.window(windowAt(second, requests(10, 1, { phase: "hold" })));
  away = false;
  assert.match(await it.end(RUN), /InfluxDB: \d+ points written to \S+, \d+ dropped/);
  const [first = [], ...later] = sent;
  assert.deepEqual(first, new PointsOfRun(RUN).start().map(lineOf));
  assert.match(first[0] ?? "", /^annotations,.*kind=start/);
  assert.ok(later.flat().length > 0 && later.flat().length <= 20);
});

test("what happens to the database when the run is over is told in the closing line alone", async () => {
  const { it, said } = stream(`http://127.0.0.1:${await freeBase()}/plimsoll`);
  const line = await it.end(RUN);
  assert.deepEqual(said, []);
  assert.match(line, / 0 points written .*\(ECONNREFUSED\)/);
});

test("user and password go with each write", async (t) => {
  const seen: (string | undefined)[] = [];
  const fake = await fakeInflux(t, (response) => {
    seen.push(response.req.headers.authorization);
    response.writeHead(204).end();
  });
  const { it } = stream(`${fake.origin.replace("//", "//ann:s3cret@")}/plimsoll`);
  await it.end(RUN);
  assert.ok(seen.length > 0);
  assert.ok(seen.every((one) => one === `Basic ${Buffer.from("ann:s3cret").toString("base64")}`));
});

test("of a run that could not be finished nothing more is sent", async () => {
  const sent: string[] = [];
  const deliver: Deliver = async (lines) => {
    sent.push(...lines);
    return { taken: true, written: lines.length, refused: 0, why: "" };
  };
  const it = new InfluxStream({
    address: addressOf("http://127.0.0.1:8086/plimsoll"),
    pushCommand,
    outbox: (onTrouble) => new Outbox({ deliver, onTrouble }),
  });
  it.begin(RUN, () => {});
  it.window(SECOND);
  await it.abandon();
  const before = sent.length;
  assert.ok(before > 0);
  it.window(SECOND);
  // What is added is delivered, if at all, before the event loop turns.
  await setImmediate();
  assert.equal(sent.length, before);
});
