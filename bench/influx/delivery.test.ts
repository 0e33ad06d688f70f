/** What a real influxd says to points, and what we make of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { freeBase } from "../../targets/ilp/testing/free-base.ts";
import { addressOf } from "./address.ts";
import { type Delivery, deliverTo } from "./delivery.ts";
import { openDatabase } from "./open-database.ts";
import { fakeInflux } from "./testing/fake-influx.ts";
import { influxd, noInfluxd } from "./testing/influxd.ts";
import { dump } from "./testing/query.ts";

const deliver = (url: string, ...lines: string[]): Promise<Delivery> =>
  deliverTo(addressOf(url))(lines, AbortSignal.timeout(5_000));

test("of points that InfluxDB partly refuses the others are written, and counted", {
  skip: noInfluxd,
}, async (t) => {
  const { origin } = await influxd(t);
  const url = `${origin}/x`;
  await openDatabase(addressOf(url), () => {});
  assert.deepEqual(await deliver(url, "m f=1 1", "m f=2 2"), {
    taken: true,
    written: 2,
    refused: 0,
    why: "",
  });
  const { why, ...rest } = await deliver(url, "m f=3 3", 'm f="text" 4', "m f=5 5");
  assert.deepEqual(rest, { taken: true, written: 2, refused: 1 });
  assert.match(why, /field type conflict/);
  assert.equal((await dump(origin, "x")).length, 4);
});

test("what cannot be read as points is refused, and is not sent again", { skip: noInfluxd }, async (t) => {
  const { origin } = await influxd(t);
  const url = `${origin}/x`;
  await openDatabase(addressOf(url), () => {});
  const { why, ...rest } = await deliver(url, "this is no point");
  assert.deepEqual(rest, { taken: true, written: 0, refused: 1 });
  assert.match(why, /unable to parse/);
});

test("a write that is too large is not a fault of its points, unless it is one point", async (t) => {
  const { origin } = await fakeInflux(t, (response) => response.writeHead(204).end(), { mostBytes: 6 });
  const why = "<html><head><title>413 Request Entity Too Large</title></head></html>";
  assert.deepEqual(await deliver(`${origin}/x`, "m f=1 1", "m f=2 2"), { taken: false, why, tooLarge: true });
  assert.deepEqual(await deliver(`${origin}/x`, "m f=1 1"), { taken: true, written: 0, refused: 1, why });
});

test("a database that was dropped meanwhile, and a server that is gone, are tried again", {
  skip: noInfluxd,
}, async (t) => {
  const { origin } = await influxd(t);
  assert.deepEqual(await deliver(`${origin}/gone`, "m f=1 1"), {
    taken: false,
    why: 'database not found: "gone"',
  });
  const nobody = `http://127.0.0.1:${await freeBase()}`;
  assert.deepEqual(await deliver(`${nobody}/x`, "m f=1 1"), { taken: false, why: "ECONNREFUSED" });
});
