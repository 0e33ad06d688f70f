/**
 * The dashboard of k6's own points: a `k6 run --out influxdb=...`, in stock k6, of an HTTP script and of one that sends packets
 * over WebSocket, into a real influxd, and every query of the dashboard as Grafana would send it.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { influxd, noInfluxd } from "../../bench/influx/testing/influxd.ts";
import { dataSource } from "../../grafana/testing/data-source.ts";
import { generated } from "../../grafana/testing/generated.ts";
import { emptyPanels, idleQueries, variablesOf, view } from "../../grafana/testing/view.ts";
import { freeBase } from "../../targets/ilp/testing/free-base.ts";
import { startTarget } from "../start-target.ts";
import { rawK6 } from "./raw-k6.ts";

/** Runs a script as docs/grafana.md says, tagged with a run's name and its target. */
const rawRun = (
  t: TestContext,
  origin: string,
  { run, target, script }: { readonly run: string; readonly target: string; readonly script: string },
  tell: Record<string, string>,
) =>
  rawK6(t, {
    script,
    out: `influxdb=${origin}/k6`,
    flags: ["--tag", `run=${run}`, "--tag", `target=${target}`],
    tell: { SECONDS: "3", RATE: "100", ...tell },
    env: { K6_INFLUXDB_PUSH_INTERVAL: "500ms" },
    // The thresholds of the scripts are crossed on purpose where something is made to fail, or on a busy machine.
    exitCodes: [0, 99],
  });

test("k6's own points: every panel and variable has an answer, over HTTP and of packets", {
  skip: noInfluxd,
}, async (t) => {
  const { origin } = await influxd(t);
  const http = await startTarget(t, "connector", "--port-base", "0", "--fault", "error-rate=20%");
  const { ilp = "" } = await startTarget(t, "ilp", "--port-base", String(await freeBase()));
  const fromMs = Date.now();
  await rawRun(
    t,
    origin,
    { run: "http", target: "greeter", script: "basic-load" },
    { BASE_URL: http.full as string },
  );
  await rawRun(t, origin, { run: "packets", target: "alice", script: "soak" }, { BASE_URL: ilp });
  // No packet of a sender with another secret is fulfilled.
  await rawRun(
    t,
    origin,
    { run: "refused", target: "alice", script: "soak" },
    { BASE_URL: ilp, SECRET: "another" },
  );

  const source = dataSource(origin, "k6");
  const dashboard = generated().get("raw-k6");
  assert.ok(dashboard);
  const range = { fromMs, toMs: Date.now() };
  const { offered, chosen } = await variablesOf(dashboard, source, range);
  // InfluxDB lists them by measurement; Grafana sorts.
  const sorted = Object.fromEntries(
    Object.entries(offered).map(([name, values]) => [name, values.toSorted()]),
  );
  assert.deepEqual(sorted, {
    target: ["alice", "greeter"],
    run: ["http", "packets", "refused"],
    scenario: ["basic-load", "soak", "warm-up"],
  });
  const { offered: narrowed } = await variablesOf(dashboard, source, range, { target: "greeter" });
  assert.deepEqual(narrowed.run, ["http"]);
  const all = await view(dashboard, source, range, chosen);
  assert.deepEqual(idleQueries(all), [], "queries, or columns of them, that nothing answers");
  for (const run of ["http", "packets"]) {
    const { chosen: variables } = await variablesOf(dashboard, source, range, { run });
    const answered = await view(dashboard, source, range, variables);
    assert.deepEqual(emptyPanels(answered), [], `panels without a value of ${run}`);
  }
});
