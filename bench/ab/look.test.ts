import assert from "node:assert/strict";
import { test } from "node:test";
import { type LogRatios, lookAt, type Metric } from "./look.ts";

const RULE = { alpha: 0.05, band: 0.05, seed: 1 };

/** Rounds of 12 pairs around these ratios, none of them further off than 2 %. */
function around(...ratios: number[]): LogRatios {
  return ratios.map((ratio, r) =>
    Array.from({ length: 12 }, (_, i) => Math.log(ratio) + 0.02 * Math.sin(7 * i + 3 * r)),
  );
}

const look = (measured: Partial<Record<Metric, LogRatios>>, level = 0.05) =>
  lookAt(new Map(Object.entries(measured) as [Metric, LogRatios][]), RULE, level);

test("a ratio beyond the band in all rounds is slower, below it faster, within it the same", () => {
  assert.equal(look({ cpu: around(1.1, 1.1) }).decision, "slower");
  assert.equal(look({ cpu: around(0.9, 0.9) }).decision, "faster");
  assert.equal(look({ cpu: around(1.01, 1.01, 1.01, 1.01) }).decision, "same");
});

test("two rounds that agree are not believed to a percent", () => {
  assert.equal(look({ cpu: around(1.01, 1.01) }).decision, "open");
});

test("one pair of processes decides nothing, however clear it looks", () => {
  assert.equal(look({ cpu: around(3) }).decision, "open");
  assert.equal(look({ cpu: around(1) }).decision, "open");
});

test("significant and small is not slower: at 3 % the p-value is small and the decision the same", () => {
  const [cpu] = look({ cpu: around(...Array(12).fill(1.03)) }).metrics;
  assert.ok(cpu && cpu.p < 0.02 && cpu.ratio > 1.02 && cpu.ratio < 1.04);
  assert.equal(cpu.decision, "same");
});

test("a second pair of processes that does not show it leaves it open", () => {
  const { metrics, decision } = look({ cpu: around(1.16, 0.999) });
  assert.ok((metrics[0]?.ratio ?? 0) > 1.05);
  assert.equal(decision, "open");
});

test("processes that differ widen the interval, beyond what their pairs show", () => {
  const width = ({ metrics: [cpu] }: ReturnType<typeof look>) => Math.log((cpu?.high ?? 0) / (cpu?.low ?? 0));
  assert.ok(width(look({ cpu: around(1, 1.1, 1.2) })) > 2 * width(look({ cpu: around(1.1, 1.1, 1.1) })));
});

test("one slower metric makes it slower, even beside a faster one; all have to be the same to be the same", () => {
  const [same, slow, fast] = [around(1, 1), around(1.2, 1.2), around(0.8, 0.8)];
  assert.equal(look({ "latency-mean": same, "latency-p50": fast, cpu: slow }).decision, "slower");
  assert.equal(look({ "latency-mean": same, cpu: fast }).decision, "faster");
  assert.equal(look({ "latency-mean": same, cpu: around(1.3, 0.7) }).decision, "open");
});

test("p is raised for the number of metrics, and held against the level of the look", () => {
  const alone = look({ cpu: around(1.1, 1.1) }).metrics[0]?.p ?? Number.NaN;
  const other = around(1.1, 1.1);
  const among = look({ "latency-mean": other, "latency-p50": other, cpu: other }).metrics[2]?.p ?? Number.NaN;
  assert.ok(Math.abs(among / alone - 3) < 1e-9, `${among} and ${alone}`);
  assert.equal(look({ cpu: around(1.1, 1.1) }, alone / 2).decision, "open");
});

test("nothing measured decides nothing", () => {
  assert.deepEqual(look({}), { rounds: 0, level: 0.05, metrics: [], decision: "open" });
});
