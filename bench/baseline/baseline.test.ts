import assert from "node:assert/strict";
import { test } from "node:test";
import { planned } from "../judge/testing/evidence.ts";
import { runOf, sample } from "../report/testing/sample.ts";
import type { Run } from "../results/run-schema.ts";
import { baselineOf, LEAST_BLOCKS } from "./baseline.ts";
import { baselineSchema } from "./baseline-schema.ts";
import { summaryOf } from "./summary.ts";

const SAMPLE = sample("basic-load");

function made(change: Partial<Run> = {}, windows = SAMPLE.windows) {
  return baselineOf({ ...SAMPLE.run, ...change }, windows, SAMPLE.resources);
}

test("a baseline says where its figures are from, and is the same after it was saved", async () => {
  const baseline = await made();
  const { run, host, commit, versions } = SAMPLE.run;
  assert.deepEqual(
    [baseline.run, baseline.host, baseline.commit, baseline.versions],
    [run, host, commit, versions],
  );
  assert.deepEqual(baselineSchema.parse(JSON.parse(JSON.stringify(baseline))), baseline);
});

test("its blocks hold the p95 that the run's own SLA was judged by", async () => {
  const { sla } = SAMPLE.run;
  const { blocks } = await made();
  assert.equal(summaryOf(blocks).latency.percentile(95), sla.find(({ id }) => id === "latency-p95")?.value);
});

for (const [what, change, code, says] of [
  ["was killed", { state: "running", verdict: null }, "USAGE", /was cut before its end/],
  ["was interrupted", { state: "interrupted" }, "USAGE", /was interrupted: only whole runs compare$/],
  ["measured the generator", { verdict: "invalid", reasons: ["late"] }, "NO_DATA", /is invalid: late$/],
  ["lacked what its SLA names", { verdict: "no-data", reasons: ["none"] }, "NO_DATA", /is no-data: none$/],
] as const) {
  test(`a run that ${what} is no baseline`, async () => {
    await assert.rejects(made({ ...change, reasons: [...("reasons" in change ? change.reasons : [])] }), {
      code,
      message: says,
    });
  });
}

test("what other work and the machine's host took goes into the baseline", async () => {
  const spread = (cores: number) => ({ avg: cores, p95: cores, max: cores });
  const [otherCpuCores, stolenCpuCores] = [spread(0.4), spread(0.1)];
  const { generator } = SAMPLE.run;
  const seen = await made({ generator: { ...generator, otherCpuCores, stolenCpuCores } });
  assert.deepEqual([seen.otherCpuCores, seen.stolenCpuCores], [otherCpuCores, stolenCpuCores]);
  const unseen = await made({ generator: { ...generator, stolenCpuCores: null } });
  assert.equal("stolenCpuCores" in unseen, false);
});

test("a run without windows, or with too few, has no data", async () => {
  const none = { code: "NO_DATA", exitCode: 4, message: /^no data: \S+ has no window with an answer/ };
  await assert.rejects(made({}, []), none);
  const few = sample("basic-load", { seconds: 9 });
  await assert.rejects(baselineOf(few.run, few.windows, few.resources), {
    code: "NO_DATA",
    message: new RegExp(`has \\d blocks of 1 s, and it takes ${LEAST_BLOCKS}`),
  });
});

for (const [what, windows, seconds] of [
  ["cut at the end of a line", SAMPLE.windows.slice(0, -8), 8],
  ["cut in its warm-up", SAMPLE.windows.slice(1), 1],
  ["without a line in its midst", SAMPLE.windows.toSpliced(12, 1), 1],
] as const) {
  test(`a file of windows that was ${what} is refused: run.json knows of more`, async () => {
    await assert.rejects(made({}, windows), {
      code: "USAGE",
      exitCode: 2,
      message: new RegExp(`lacks ${seconds.toFixed(1)} s of what it measured: its windows.ndjson was cut`),
    });
  });
}

test("a run whose target ended is whole as far as it went, and says so", async () => {
  const windows = SAMPLE.windows.slice(0, -6);
  const ended = runOf(planned("basic-load"), windows, SAMPLE.resources);
  const died = { exitCode: 1, signal: null, atSeconds: 20, lastLog: [] };
  const baseline = await made({ phases: ended.phases, target: { ...ended.target, died } }, windows);
  assert.equal(baseline.died, true);
  assert.equal((await made()).died, undefined);
});

test("a histogram in its windows that is none is told in one line", async () => {
  const windows = structuredClone(SAMPLE.windows);
  for (const series of windows.at(12)?.series ?? []) if (series.type === "trend") series.hdr = "HISTFAAAA\n";
  await assert.rejects(made({}, windows), {
    code: "USAGE",
    message: /^windows\.ndjson of \S+: a histogram cannot be read: [^\n]+$/,
  });
});
