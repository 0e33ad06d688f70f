/**
 * Every query of every dashboard, as Grafana would send it, against a real influxd: none fails, no panel is empty for a
 * run that its dashboard offers, and no query, and no column of one, is there for nothing.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { dataSource } from "../grafana/testing/data-source.ts";
import { generated } from "../grafana/testing/generated.ts";
import { influxd, noInfluxd } from "../grafana/testing/influxd.ts";
import { fixtureRuns, pointsOf } from "../grafana/testing/points.ts";
import { type Answered, emptyPanels, idleQueries, variablesOf, view } from "../grafana/testing/view.ts";

/** Fills a database with runs of every kind; gives their names, and when they were. */
async function runsOfEveryKind(origin: string, database: string) {
  const runs = fixtureRuns(Date.now());
  await fetch(`${origin}/query`, {
    method: "POST",
    body: new URLSearchParams({ q: `CREATE DATABASE "${database}"` }),
  });
  for (const run of runs) {
    const body = pointsOf(run).join("\n");
    const written = await fetch(`${origin}/write?db=${database}&precision=ms`, { method: "POST", body });
    assert.equal(written.status, 204, await written.text());
  }
  return runs.map(({ run, startMs, seconds }) => ({
    run,
    range: { fromMs: startMs - 1_000, toMs: startMs + seconds * 1_000 + 1_000 },
  }));
}

/** Which of the runs above a dashboard is for. */
const OFFERS: Readonly<Record<string, RegExp>> = {
  "run-overview": /./,
  interceptors: /interceptor-overhead/,
  "ilp-network": /soak/,
  soak: /./,
  "compare-runs": /./,
};

test("a run's dashboards: every panel, variable and annotation has an answer", {
  skip: noInfluxd,
}, async (t) => {
  const { origin } = await influxd(t);
  const source = dataSource(origin, "plimsoll");
  const runs = await runsOfEveryKind(origin, "plimsoll");
  for (const [name, dashboard] of generated()) {
    const offers = OFFERS[name];
    if (!offers) continue;
    await t.test(name, async () => {
      const variable = name === "compare-runs" ? "runB" : "run";
      const anyRange = runs[0]?.range as (typeof runs)[number]["range"];
      const { offered, chosen } = await variablesOf(dashboard, source, anyRange);
      const expected = runs.map(({ run }) => run).filter((run) => offers.test(run));
      assert.deepEqual(offered[variable]?.toSorted(), expected.toSorted());
      assert.equal(chosen[variable], expected.at(-1), "the newest run is chosen at first");
      for (const [one, values] of Object.entries(offered)) assert.notEqual(values.length, 0, one);

      const all: Answered[] = [];
      for (const { run, range } of runs.filter((one) => offers.test(one.run))) {
        const variables = (await variablesOf(dashboard, source, range, { [variable]: run })).chosen;
        const answered = await view(dashboard, source, range, variables);
        assert.deepEqual(emptyPanels(answered), [], `panels without a value for ${run}`);
        all.push(...answered);
      }
      assert.deepEqual(idleQueries(all), [], "queries, or columns of them, that no run answers");
    });
  }
});
