import assert from "node:assert/strict";
import { test } from "node:test";
import { requestsTable } from "./requests-table.ts";
import { packetsSample } from "./testing/packets-sample.ts";
import { sample } from "./testing/sample.ts";

test("each kind of request by its name, the busiest first, with how long it took on the wire", () => {
  const { run } = sample("basic-load");
  const table = requestsTable(run);
  assert.deepEqual(
    table?.columns.map(({ title }) => title),
    ["Scenario", "Phase", "Variant", "Name", "Requests", "p50", "p95", "p99", "max"],
  );
  assert.deepEqual(table?.rows[0]?.slice(0, 4), ["basic-load", "hold", "full", "SayHello"]);
  assert.equal(table?.rows.length, run.series.filter(({ metric }) => metric === "http_req_duration").length);
});

test("a run that made no requests of a name has no such table", () => {
  assert.equal(requestsTable(packetsSample().run), undefined);
});
