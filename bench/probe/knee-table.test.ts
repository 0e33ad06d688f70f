import assert from "node:assert/strict";
import { test } from "node:test";
import { KNEE_HEADER, kneeRow, kneeSentence } from "./knee-table.ts";
import type { Reading } from "./reading.ts";

const HELD: Reading = {
  ...{ outcome: "held", achieved: 100, p50Ms: 3.1, p99Ms: 8.2, p999Ms: 12.5, lateMs: 2.5, lost: 0 },
  cores: { A: 0.38, hub: 0.02, bob: 0.12, k6: 0.42, other: 0.1 },
};

test("a row stands under its header", () => {
  assert.equal(KNEE_HEADER, " rate/s sent %   p50   p99 p99.9  late  lost   k6    A  bob  hub other");
  assert.equal(
    kneeRow(10_000, HELD, 1),
    " 10,000  100.0  3.10  8.20  12.5  2.50     0 0.42 0.38 0.12 0.02  0.10 held",
  );
});

test("the worst that can come fits into 80 columns", () => {
  const cores = { A: 1.38, hub: 0.02, bob: 0.12, k6: 1.42, other: 0.1 };
  const worst: Reading = {
    ...{ outcome: "k6 late", achieved: 62.1, p50Ms: 2840, p99Ms: 9990, p999Ms: 9990, lateMs: 9990 },
    ...{ lost: 91_023, complaint: `a packet was not fulfilled: T04 ${"no room ".repeat(20)}`, cores },
  };
  const lines = kneeRow(25_000, worst, 2).split("\n");
  assert.equal(lines.length, 2);
  for (const line of lines) assert.ok(line.length <= 80, line);
  assert.ok(lines[0]?.startsWith("  again"));
  assert.ok(lines[1]?.includes("T04"));
});

test("what nobody could see is a dash", () => {
  const nothing = { ...HELD, p50Ms: Number.NaN, cores: {} };
  assert.equal(
    kneeRow(10_000, nothing, 1),
    " 10,000  100.0     –  8.20  12.5  2.50     0    –    –    –    –     – held",
  );
});

test("the sentence: what held, what did not and why, and how much of the machine it took", () => {
  const last = new Map<number, Reading>([
    [16_500, HELD],
    [17_000, { ...HELD, outcome: "latency" }],
  ]);
  const facts = { tries: 2, hostCores: 2 };
  assert.equal(
    kneeSentence({ held: 16_500, broke: 17_000 }, last, facts),
    "knee: 16,500 packets/s held, p99 8.20 ms; 17,000 did not in 2 tries: latency\n" +
      "there k6 and the network used 0.94 of 2 cores, other work 0.10",
  );
  assert.match(
    kneeSentence({ held: undefined, broke: 17_000 }, last, facts),
    /^knee: none .* 17,000 did not in 2 tries: latency$/,
  );
  assert.match(kneeSentence({ held: 16_500, broke: undefined }, last, facts), /^knee: 16,500 .* 8\.20 ms\n/);
});
