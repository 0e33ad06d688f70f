import assert from "node:assert/strict";
import { test } from "node:test";
import { emptySample, sample } from "../report/testing/sample.ts";
import { gatheredRun } from "./testing/gathered.ts";

test("figures are those of the SLA table: same p95, same share of the asked rate", async () => {
  const { run, figures } = await gatheredRun();
  const row = (id: string) => run.sla.find((one) => one.id === id)?.value ?? assert.fail(id);
  assert.ok(Math.abs((figures.p95Ms ?? 0) - row("latency-p95")) < 1e-9);
  assert.equal(figures.askedPerSecond, 500);
  const achieved = run.sla.find(({ stat }) => stat === "achieved")?.value ?? assert.fail();
  assert.ok(Math.abs((100 * (figures.ratePerSecond ?? 0)) / 500 - achieved) < 0.01, `${achieved}`);
  assert.equal(figures.failedPercent, 0);
  assert.equal(figures.rssBytesMax, run.target.rssBytes?.max);
});

test("callers of a closed model ask for no rate", async () => {
  const { figures } = await gatheredRun(sample("stress"));
  assert.equal(figures.askedPerSecond, null);
  assert.ok((figures.ratePerSecond ?? 0) > 100);
});

test("a run that was killed at once has no figure, and none is zero", async () => {
  const { figures } = await gatheredRun(emptySample("basic-load"));
  assert.deepEqual(
    [figures.ratePerSecond, figures.p95Ms, figures.failedPercent, figures.cpuCoresMean],
    [null, null, null, null],
  );
});
