import assert from "node:assert/strict";
import { test } from "node:test";
import { madeUp } from "./testing/trial.ts";
import { findingOf, signedPercent, troubleOf } from "./verdict.ts";

const NONE = { a: 0, b: 0 };

test("slower exits 3 and says by how much; faster and the same exit 0", () => {
  const slower = madeUp(1.2).ab;
  assert.deepEqual([slower.verdict, slower.exitCode], ["slower", 3]);
  assert.match(
    slower.reasons[0] ?? "",
    /^B is slower on each of 5 fresh pairs of processes: latency, mean \+(19|20)\.\d % \(\+[\d.]+ to \+[\d.]+ %\); latency, p50 /,
  );
  assert.deepEqual([madeUp(1 / 1.2).ab.verdict, madeUp(1 / 1.2).ab.exitCode], ["faster", 0]);
  assert.deepEqual([madeUp(1).ab.verdict, madeUp(1).ab.exitCode], ["same", 0]);
  assert.equal(madeUp(1).ab.reasons[0], "B is as fast as A, within 5 %");
});

test("a difference about as large as the band is inconclusive, and exits 0", () => {
  const { verdict, exitCode } = madeUp(1.045).ab;
  assert.deepEqual([verdict, exitCode], ["inconclusive", 0]);
});

test("of a build that dies there is no word on speed: B fails, without A there is no data", () => {
  const how = { exitCode: 7, signal: null, atMs: 0 };
  for (const [build, verdict, exitCode] of [
    ["b", "fail", 99],
    ["a", "no-data", 4],
  ] as const) {
    const end = {
      first: "a",
      dropped: 0,
      complaints: [],
      failed: NONE,
      asked: 1600,
      died: { build, how, said: "out of memory" },
    } as const;
    const { ab } = madeUp(1.2, { ends: [end] });
    assert.deepEqual([ab.verdict, ab.exitCode], [verdict, exitCode]);
    assert.equal(ab.reasons[0], `${build.toUpperCase()} died under the load (exit code 7): out of memory`);
  }
});

test("requests that fail are no quick answers: B fails when it does so in two rounds in turn, and A in neither", () => {
  const { ab } = madeUp(0.2, {}, 5);
  assert.deepEqual([ab.verdict, ab.exitCode], ["fail", 99]);
  assert.equal(
    ab.reasons[0],
    "requests failed: of A 0 %, then 0 %, of B 5.00 %, then 5.00 %; no word on speed",
  );
  // One in a hundred is let pass.
  assert.equal(madeUp(0.2, {}, 1).ab.verdict, "faster");
});

test("what fails once, or on both sides, may be the machine: no data", () => {
  const end = { first: "a", dropped: 0, complaints: ["a request failed: timeout"], asked: 1600 } as const;
  const failed = (a: number, b: number) => ({ ...end, failed: { a, b } });
  for (const ends of [
    [failed(0, 0.2), failed(0, 0)],
    [failed(0, 0), failed(0, 0.2)],
    [failed(0.2, 0), failed(0.2, 0)],
    [failed(0.1, 0.2), failed(0, 0.3)],
  ]) {
    const { ab } = madeUp(1, { ends });
    assert.deepEqual([ab.verdict, ab.exitCode], ["no-data", 4]);
    assert.deepEqual(ab.reasons.slice(1, 2), ["a request failed: timeout"]);
    assert.match(ab.reasons[2] ?? "", /^perhaps the builds or this machine are too slow/);
  }
  // Before the next round has spoken, it goes on.
  const { measured } = madeUp(1, { ends: [failed(0, 0.2)] });
  assert.equal(troubleOf(measured), undefined);
  assert.equal(troubleOf({ ...measured, over: true })?.[0], "no-data");
});

test("a load that was not made, or not to its end, decides nothing", () => {
  const end = { first: "a", dropped: 0, complaints: [], failed: NONE, asked: 1600 } as const;
  for (const [more, says] of [
    [{ ends: [{ ...end, dropped: 100 }] }, /^k6 could not make 100 of 1600 arrivals/],
    [{ ends: [{ ...end, k6Error: "k6 ended with exit code 1" }] }, /^k6 ended with exit code 1$/],
    [{ interrupted: true }, /^interrupted/],
    [{ looks: [] }, /^too little was measured/],
  ] as const) {
    const { ab } = madeUp(1.2, more);
    assert.deepEqual([ab.verdict, ab.exitCode], ["no-data", 4]);
    assert.match(ab.reasons[0] ?? "", says);
  }
  const { measured } = madeUp(1);
  const nothing = { ...measured, a: { ...measured.a, requests: 0 } };
  assert.deepEqual(findingOf(nothing).reasons, ["nothing was measured of A in 40 s"]);
});

test("what else there is to know: memory, a build that was busy, CPU that could not be read", () => {
  assert.deepEqual(madeUp(1).ab.notes, []);
  const { measured } = madeUp(1.5);
  assert.match(
    findingOf(measured).notes.join("\n"),
    /^memory of B is 1\.50 times that of A; it is not part of the verdict$/m,
  );
  assert.match(
    findingOf({ ...measured, b: { ...measured.b, cpuMsPerRequest: 9 } }).notes.join(),
    /B was busy 0\.900 of a core/,
  );
  assert.match(
    findingOf({ ...measured, a: { ...measured.a, cpuMsPerRequest: null } }).notes.join(),
    /CPU time could not be read/,
  );
});

test("ratios are written as what they add", () => {
  assert.deepEqual([1.094, 1, 0.9, 1.0004, 12.5].map(signedPercent), [
    "+9.4 %",
    "0.0 %",
    "−10.0 %",
    "0.0 %",
    "+1150 %",
  ]);
});
