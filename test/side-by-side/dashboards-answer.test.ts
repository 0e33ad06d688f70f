/**
 * Every query of every dashboard, as Grafana would send it, of real runs in a real influxd: none fails, no panel is empty
 * for a run that its dashboard offers, and no query, and no column of one, is there for nothing.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { influxd, noInfluxd } from "../../bench/influx/testing/influxd.ts";
import { dataSource } from "../../grafana/testing/data-source.ts";
import { dataPanels, generated } from "../../grafana/testing/generated.ts";
import { type Answered, emptyPanels, idleQueries, variablesOf, view } from "../../grafana/testing/view.ts";
import { freeBase } from "../../targets/ilp/testing/free-base.ts";
import { runScenario } from "../plimsoll.ts";
import { startTarget } from "../start-target.ts";

/**
 * A run of every kind, healthy ones and those in which something fails, those over HTTP at once and then those of packets:
 * it is of no interest here how fast they are, and a machine that is too busy for a verdict still has points.
 */
type Flags = readonly [scenario: string, ...flags: string[]];
const HTTP: readonly Flags[] = [
  ["basic-load", "--rate", "60", "--fault", "error-rate=20%"],
  ["stress", "--vus", "20"],
  ["interceptor-overhead", "--rate", "120"],
];
const PACKETS: readonly Flags[] = [
  ["soak", "--rate", "100"],
  // No packet of a sender with another secret is fulfilled.
  ["latency-ladder", "--rate", "100", "-e", "SECRET=another"],
  ["chain", "--rate", "50"],
  ["burst", "--rate", "100"],
];
const SECONDS = ["--seconds", "5"];

/** What a dashboard is told of a run: its name, when it was, and of what kind its target. */
interface Told {
  readonly run: string;
  readonly range: { readonly fromMs: number; readonly toMs: number };
  readonly kind: string;
}

/** Sails some at once into a database. */
function sailAll(t: TestContext, url: string, runs: readonly Flags[]): Promise<Told[]> {
  return Promise.all(
    runs.map(async ([scenario, ...flags]) => {
      const base = runs === PACKETS ? ["--port-base", String(await freeBase())] : [];
      const { run, stderr } = await runScenario(t, scenario, ...flags, ...base, ...SECONDS, "--influx", url);
      assert.equal(run.state, "complete", stderr);
      assert.match(stderr, /InfluxDB: [\d,]+ points written to \S+\n/, `${run.run} lost points`);
      const [fromMs, toMs] = [Date.parse(run.startedAt), Date.parse(run.endedAt ?? "")];
      return { run: run.run, range: { fromMs, toMs }, kind: run.target.kind };
    }),
  );
}

/** Runs against servers that were there before: neither their processes nor their admin addresses are known. */
async function ownServers(t: TestContext): Promise<readonly Flags[]> {
  const urls = await startTarget(t, "connector", "--port-base", "0");
  const { ilp = "" } = await startTarget(t, "ilp", "--port-base", String(await freeBase()));
  const variants = Object.entries(urls).map(([name, url]) => `${name}=${url}`);
  const packets = ["TOKEN=alice-token", "DESTINATION=test.a.bob", "SECRET=plimsoll"];
  return [
    ["basic-load", "--rate", "60", "--url", urls.full ?? ""],
    ["interceptor-overhead", "--rate", "120", "--url", urls.full ?? "", "--variants", variants.join(",")],
    ["soak", "--rate", "100", "--url", ilp, ...packets.flatMap((pair) => ["-e", pair])],
  ];
}

const ofOwn = ({ kind }: Told) => kind === "url";

/** What cannot be seen of some runs: these panels say so, and why. */
const UNSEEN: Readonly<Record<string, Readonly<Record<string, (run: Told) => boolean>>>> = {
  interceptors: { "CPU of a request, by variant": ofOwn, "CPU by variant": ofOwn },
  "ilp-network": {
    "Fulfilled a second, by connector": ofOwn,
    "Rejected a second, by connector": ofOwn,
    "Time in each connector, p50": ofOwn,
    "p50 by connector": ofOwn,
    "p99 by connector": ofOwn,
    "Held packets": ofOwn,
    "Ledger queue": ofOwn,
    "Time of a commit": ofOwn,
    "Entries a commit": ofOwn,
    "Telemetry in time, p95": ofOwn,
    "Packets with all their telemetry": ({ run }) => !run.includes("-chain-"),
    "Telemetry dropped a second": ofOwn,
    "Telemetry waiting": ofOwn,
    Heap: ofOwn,
  },
  soak: { Heap: ofOwn },
  "compare-runs": { "CPU of the target": ofOwn, "Memory of the target": ofOwn },
};

/** Which of the runs above a dashboard is for. */
const OFFERS: Readonly<Record<string, RegExp>> = {
  "run-overview": /./,
  interceptors: /interceptor-overhead/,
  "ilp-network": /soak|latency-ladder|chain|burst/,
  soak: /./,
  "compare-runs": /./,
};

test("a run's dashboards: every panel, variable and annotation has an answer", {
  skip: noInfluxd,
}, async (t) => {
  const { origin } = await influxd(t);
  const source = dataSource(origin, "plimsoll");
  const url = `${origin}/plimsoll`;
  const own = await ownServers(t);
  const sailed: Told[] = [];
  for (const some of [HTTP, PACKETS, own]) sailed.push(...(await sailAll(t, url, some)));
  // In the order of their names, which begin with when they started.
  const runs = sailed.toSorted((a, b) => (a.run < b.run ? -1 : 1));
  for (const [name, dashboard] of generated()) {
    // Another test is about the points that k6 itself writes.
    if (name === "raw-k6") continue;
    const offers = OFFERS[name];
    assert.ok(offers, `no test knows which runs ${name} is for`);
    await t.test(name, async () => {
      const variable = name === "compare-runs" ? "runB" : "run";
      const anyRange = runs[0]?.range as (typeof runs)[number]["range"];
      const { offered, chosen } = await variablesOf(dashboard, source, anyRange);
      const expected = runs.map(({ run }) => run).filter((run) => offers.test(run));
      assert.deepEqual(offered[variable]?.toSorted(), expected);
      assert.equal(chosen[variable], expected.at(-1), "the newest run is chosen at first");
      for (const [one, values] of Object.entries(offered)) assert.notEqual(values.length, 0, one);

      const all: Answered[] = [];
      for (const told of runs.filter((one) => offers.test(one.run))) {
        const { run, range } = told;
        // Beside itself, so that what it lacks is not hidden by what another has.
        const picked: Record<string, string> = name === "compare-runs" ? { runA: run, runB: run } : { run };
        const { chosen: variables } = await variablesOf(dashboard, source, range, picked);
        const answered = await view(dashboard, source, range, variables);
        const unseen = dataPanels(dashboard).filter(({ title }) => UNSEEN[name]?.[title]?.(told));
        for (const { title, fieldConfig } of unseen)
          assert.match(fieldConfig.defaults.noValue ?? "", /^not (measured|told): /, title);
        const expectedEmpty = unseen.map(({ title, id }) => `${title} (${id})`);
        assert.deepEqual(emptyPanels(answered), expectedEmpty, `panels without a value for ${run}`);
        all.push(...answered);
      }
      assert.deepEqual(idleQueries(all), [], "queries, or columns of them, that no run answers");
    });
  }
});
