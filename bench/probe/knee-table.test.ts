import assert from "node:assert/strict";
import { test } from "node:test";
import { KNEE_HEADER, kneeRow, kneeSentence } from "./knee-table.ts";
import type { Reading } from "./reading.ts";

const HELD: Reading = {
  ...{ outcome: "held", achieved: 100, p50Ms: 3.1, p99Ms: 8.2, p999Ms: 12.5, lateMs: 2.5, lost: 0 },
  cores: { A: 0.38, hub: 0.02, bob: 0.12, k6: 0.42, other: 0.1, stolen: 0.03 },
};

test("a row stands under its header", () => {
  assert.equal(KNEE_HEADER, " rate/s sent %   p50   p99 p99.9  late  lost   k6    A  bob  hub other");
  assert.equal(
    kneeRow(10_000, HELD),
    " 10,000  100.0  3.10  8.20  12.5  2.50     0 0.42 0.38 0.12 0.02  0.10 held",
  );
});

test("the worst that can come fits into 80 columns", () => {
  const cores = { A: 1.38, hub: 0.02, bob: 0.12, k6: 1.42, other: 0.1 };
  const worst: Reading = {
    ...{ outcome: "k6 late", achieved: 62.1, p50Ms: 2840, p99Ms: 9990, p999Ms: 9990, lateMs: 9990 },
    ...{ lost: 91_023, complaint: `a packet was not fulfilled: T04 ${"no room ".repeat(20)}`, cores },
  };
  const lines = kneeRow(25_000, worst, true).split("\n");
  assert.equal(lines.length, 2);
  for (const line of lines) assert.ok(line.length <= 80, line);
  assert.ok(lines[0]?.startsWith("  again"));
  assert.ok(lines[1]?.includes("T04"));
});

test("what nobody could see is a dash", () => {
  const nothing = { ...HELD, p50Ms: Number.NaN, cores: {} };
  assert.equal(
    kneeRow(10_000, nothing),
    " 10,000  100.0     –  8.20  12.5  2.50     0    –    –    –    –     – held",
  );
});

const LATENCY: Reading = { ...HELD, outcome: "latency", p99Ms: 10.9 };

test("the sentence: what held and what did not, how often, how far the tries are apart, and what it took", () => {
  const readings = new Map<number, Reading[]>([
    [16_500, [HELD, LATENCY, { ...HELD, p99Ms: 9.4 }]],
    [17_000, [LATENCY, LATENCY]],
    [17_500, [{ ...HELD, outcome: "rate", p99Ms: 30.5 }, LATENCY]],
  ]);
  const there = "at the knee k6 and the network used 0.94 of 2 cores, other work 0.10";
  assert.equal(
    kneeSentence({ held: 16_500, broke: 17_000 }, readings, 2),
    [
      "knee: 16,500 packets/s held in 2 of 3 tries, p99 8.20 to 10.9 ms; not: latency",
      "17,000 held in 0 of 2 tries, p99 10.9 ms; not: latency",
      there,
    ].join("\n"),
  );
  assert.equal(
    kneeSentence({ held: undefined, broke: 17_500 }, readings, 2),
    "knee: none of the rates was held\n17,500 held in 0 of 2 tries, p99 10.9 to 30.5 ms; not: rate, latency",
  );
  const all = new Map([[40_000, [HELD, HELD]]]);
  assert.equal(
    kneeSentence({ held: 40_000, broke: undefined }, all, 2),
    `knee: 40,000 packets/s held in 2 of 2 tries, p99 8.20 ms\n${there}`,
  );
});
